/**
 * The story: each step on one axis of time, as it is told.
 */
import type { CSSProperties, ReactElement } from 'react';

import { text, type Fields } from './fields.ts';
import type { LiveObject } from './live.ts';
import { StateMark } from './state-mark.tsx';

interface Step {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly from: number;
  /** Absent while it is being told. */
  readonly to?: number;
}

/** The section; nothing where no story was told. */
export const Story = ({
  story,
  now,
}: {
  readonly story: LiveObject | undefined;
  readonly now: number;
}): ReactElement | undefined => {
  const steps = stepsOf(story);
  const first = steps[0];
  if (!first) return undefined;
  const isOpen = steps.some(({ to }) => to === undefined);
  const end = Math.max(isOpen ? now : 0, ...steps.map(({ from, to }) => to ?? from));
  const span = Math.max(1, end - first.from);
  return (
    <section aria-label="Story">
      <h2>
        Story
        <small>how a commit travels to all of the traffic, and how one with a mistake does not</small>
      </h2>
      <ol className="card story">
        {steps.map((step) => (
          <li key={step.id}>
            <span className="what">
              <StateMark
                state={step.to === undefined ? 'Running' : isBad(step) ? 'Failed' : 'Succeeded'}
                label={step.title}
              />
            </span>
            <span className="plot" aria-hidden="true">
              <span
                className={step.to === undefined ? 'run' : isBad(step) ? 'bad' : 'ok'}
                style={placeOf(step, { from: first.from, span, now })}
              />
            </span>
            <span className="took">{(((step.to ?? now) - step.from) / 1000).toFixed(1)} s</span>
            <span className="dim detail">{step.detail || 'going on'}</span>
          </li>
        ))}
      </ol>
    </section>
  );
};

/** The step in which the mistake was found. */
const isBad = ({ id }: Step): boolean => id === 'cache-analysis';

const placeOf = (
  step: Step,
  axis: { readonly from: number; readonly span: number; readonly now: number },
): CSSProperties => {
  const left = ((step.from - axis.from) / axis.span) * 100;
  const width = (((step.to ?? axis.now) - step.from) / axis.span) * 100;
  return { left: `${left}%`, width: `max(3px, ${width}%)` };
};

const stepsOf = (story: LiveObject | undefined): readonly Step[] => {
  try {
    const told: unknown = JSON.parse(text(story?.data, 'story') || '{}');
    const steps = (told as { readonly steps?: readonly Fields[] }).steps ?? [];
    return steps.map((step) => ({
      id: text(step, 'id'),
      title: text(step, 'title'),
      detail: text(step, 'detail'),
      from: Date.parse(text(step, 'startedAt')),
      ...(text(step, 'finishedAt') ? { to: Date.parse(text(step, 'finishedAt')) } : {}),
    }));
  } catch {
    return [];
  }
};
