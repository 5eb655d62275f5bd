/**
 * The condition of a step or task. @spec WF-WHEN-01 … WF-WHEN-06
 */
import { evaluateWhen, substituteTags, type TagValues } from '@argosy/expressions';

import { scopeWithGlobals, type Run } from '../run.ts';

/** Why something is not run. */
export interface NotRun {
  readonly phase: 'Error' | 'Skipped';
  readonly message: string;
}

/** Why a condition whose tags are replaced keeps something from being run. */
export const notRunBy = (when: string): NotRun | undefined => {
  const verdict = evaluateWhen(when);
  if (!verdict.ok) return { phase: 'Error', message: verdict.error.message };
  return verdict.value ? undefined : skippedBy(when);
};

/**
 * A condition that is false whatever the item skips its loop even if the rest cannot be resolved; what cannot be read
 * yet is no reason.
 */
export const skippedBeforeLoop = (run: Run, values: TagValues, when: string | undefined): NotRun | undefined => {
  if (!when || when.includes('item')) return undefined;
  const options = { unresolved: { kind: 'refuse' }, now: run.now } as const;
  const text = substituteTags(when, scopeWithGlobals(run, values), options);
  const verdict = text.ok ? evaluateWhen(text.value) : undefined;
  return text.ok && verdict?.ok && !verdict.value ? skippedBy(text.value) : undefined;
};

const skippedBy = (when: string): NotRun => ({ phase: 'Skipped', message: `when '${when}' evaluated false` });
