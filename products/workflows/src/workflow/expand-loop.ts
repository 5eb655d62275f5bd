/**
 * A step or task with a loop as its items; without one, itself. @spec WF-LOOP-01 … WF-LOOP-06
 */
import { fail, ok, type Json, type Result } from '@argosy/base';

import type { Step } from '../api/template-schema.ts';
import { expandedName, parameterItems, sequenceItems, substituteItem } from '../nodes/loop-items.ts';

/** One item of a loop, ready to run. */
export interface Expanded<T extends Step> {
  readonly name: string;
  readonly step: T;
}

/** Whether a step loops. */
export const isLoop = (step: Step): boolean =>
  step.withItems !== undefined || step.withParam !== undefined || step.withSequence !== undefined;

/** Items of a step whose other tags have been replaced. */
export const itemsOf = (step: Step): Result<readonly Json[]> => {
  if (step.withItems !== undefined) return ok(step.withItems);
  if (step.withParam !== undefined) return parameterItems(step.withParam);
  return step.withSequence ? sequenceItems(step.withSequence) : ok([]);
};

/** Expands. */
export const expandLoop = <T extends Step>(step: T, now: number): Result<readonly Expanded<T>[]> => {
  const items = itemsOf(step);
  if (!items.ok) return items;
  const { withItems: _items, withParam: _param, withSequence: _sequence, ...body } = step;
  const expanded: Expanded<T>[] = [];
  for (const [index, item] of items.value.entries()) {
    const name = expandedName(step.name ?? '', index, item);
    const replaced = substituteItem(body, item, now);
    if (!replaced.ok) return fail(replaced.error);
    expanded.push({ name, step: { ...replaced.value, name } as unknown as T });
  }
  return ok(expanded);
};
