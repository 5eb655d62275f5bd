/**
 * A step or task with a loop as its items; without one, itself. @spec WF-LOOP-01 … WF-LOOP-06
 */
import { fail, ok, type Json, type Result } from '@argosy/base';

import type { Step } from '../../api/template-schema.ts';
import { expandedName, parameterItems, sequenceItems, substituteItem } from '../../nodes/loop-items.ts';

/** One item of a loop. */
export interface Expanded<T extends Step> {
  readonly name: string;
  /** The step with the item's tags replaced; made when it is needed, which is once for a node. */
  readonly step: () => Result<T>;
}

/** Whether a step loops. */
export const isLoop = (step: Step): boolean =>
  step.withItems !== undefined || step.withParam !== undefined || step.withSequence !== undefined;

/** Items of a step whose other tags have been replaced. */
const itemsOf = (step: Step): Result<readonly Json[]> => {
  if (step.withItems !== undefined) return ok(step.withItems);
  if (step.withParam !== undefined) return parameterItems(step.withParam);
  return step.withSequence ? sequenceItems(step.withSequence) : ok([]);
};

/** Expands; the names come at once, the steps when they are asked for. */
export const expandLoop = <T extends Step>(step: T, now: number): Result<readonly Expanded<T>[]> => {
  const items = itemsOf(step);
  if (!items.ok) return items;
  const { withItems: _items, withParam: _param, withSequence: _sequence, ...body } = step;
  return ok(
    items.value.map((item, index) => {
      const name = expandedName(step.name ?? '', index, item);
      return {
        name,
        step: (): Result<T> => {
          const replaced = substituteItem(body, item, now);
          return replaced.ok ? ok({ ...replaced.value, name } as unknown as T) : fail(replaced.error);
        },
      };
    }),
  );
};
