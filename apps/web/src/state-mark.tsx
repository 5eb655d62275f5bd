/**
 * A shape, a tone and a word for every state (UI §3.3): colour is never alone.
 */
import type { ReactElement } from 'react';

type Tone = 'ok' | 'run' | 'drift' | 'bad' | 'hold' | 'none';
type Shape = 'check' | 'warn' | 'cross' | 'arc' | 'dots' | 'dashed' | 'pause' | 'question' | 'equal' | 'unequal';

const STATES: Readonly<Record<string, readonly [Tone, Shape, string?]>> = {
  Healthy: ['ok', 'check'],
  Succeeded: ['ok', 'check'],
  Complete: ['ok', 'check'],
  Successful: ['ok', 'check'],
  Paused: ['hold', 'pause'],
  Inconclusive: ['hold', 'question'],
  Running: ['run', 'arc'],
  Ready: ['ok', 'check'],
  Progressing: ['run', 'arc'],
  Degraded: ['bad', 'warn'],
  Failed: ['bad', 'cross'],
  Error: ['bad', 'cross'],
  Missing: ['drift', 'dashed'],
  Suspended: ['hold', 'pause'],
  Pending: ['none', 'dots'],
  Synced: ['ok', 'equal'],
  OutOfSync: ['drift', 'unequal', 'Out of sync'],
  Unknown: ['none', 'question'],
};

const SHAPES: Readonly<Record<Shape, ReactElement>> = {
  check: (
    <>
      <circle cx="8" cy="8" r="6.75" fill="currentColor" />
      <path d="M5 8.2l2.1 2.1L11 6.2" fill="none" stroke="var(--surface)" strokeWidth="1.8" strokeLinecap="round" />
    </>
  ),
  warn: (
    <>
      <path d="M8 1.6l6.9 12.2H1.1z" fill="currentColor" />
      <path d="M8 6v3.6M8 11.6v.2" stroke="var(--surface)" strokeWidth="1.7" strokeLinecap="round" />
    </>
  ),
  cross: (
    <>
      <path d="M5.2 1.2h5.6l4 4v5.6l-4 4H5.2l-4-4V5.2z" fill="currentColor" />
      <path d="M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8" stroke="var(--surface)" strokeWidth="1.7" strokeLinecap="round" />
    </>
  ),
  arc: (
    <>
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeOpacity=".3" strokeWidth="1.8" />
      <path d="M8 2a6 6 0 0 1 6 6" fill="none" stroke="currentColor" strokeWidth="1.8" />
      <circle cx="8" cy="8" r="1.8" fill="currentColor" />
    </>
  ),
  dots: (
    <circle
      cx="8"
      cy="8"
      r="6"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeDasharray="1 2.8"
      strokeLinecap="round"
    />
  ),
  dashed: <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.8" strokeDasharray="3 2.2" />,
  pause: (
    <>
      <rect x="1.5" y="1.5" width="13" height="13" rx="3.5" fill="currentColor" />
      <path d="M6.2 5.2v5.6M9.8 5.2v5.6" stroke="var(--surface)" strokeWidth="1.8" strokeLinecap="round" />
    </>
  ),
  question: (
    <>
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.8" />
      <path
        d="M6.3 6.4a1.8 1.8 0 1 1 2.4 1.7c-.5.2-.7.5-.7 1M8 11.3v.1"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
      />
    </>
  ),
  equal: (
    <>
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.8" />
      <path d="M5.5 6.7h5M5.5 9.3h5" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
    </>
  ),
  unequal: (
    <>
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.8" />
      <path d="M5.5 6.7h5M5.5 9.3h5M9.6 4.8l-3.2 6.4" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
    </>
  ),
};

/** A state: its shape and its word, or the name of what is in it. A state nobody knows is shown as it is. */
export const StateMark = ({ state, label }: { readonly state: string; readonly label?: string }): ReactElement => {
  const [tone, shape, word] = STATES[state] ?? ['none', 'question'];
  return (
    <span className={`mark ${tone}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {SHAPES[shape]}
      </svg>
      {label ?? word ?? state}
      {label && <span className="sr-only">, {word ?? state}</span>}
    </span>
  );
};
