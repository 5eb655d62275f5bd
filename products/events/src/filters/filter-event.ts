/**
 * All filters of a dependency together. @spec EV-FLT-01, EV-FLT-02
 */
import type { EventFilters } from '../api/sensor.ts';
import type { CloudEvent } from '../bus/cloud-event.ts';
import { filterContext } from './filter-context.ts';
import { filterData } from './filter-data.ts';
import { filterExpressions } from './filter-expressions.ts';
import { filterScript } from './filter-script.ts';
import { filterTime } from './filter-time.ts';
import { errorOf, PASS, verdictOf, type Verdict } from './verdict.ts';

/**
 * Judges an event. `and` (the default): every kind that is present must pass; `or`: one that is present suffices. An
 * error of any kind refuses the event either way.
 */
export const filterEvent = (
  filters: EventFilters | undefined,
  operator: string | undefined,
  event: CloudEvent,
): Verdict => {
  if (!filters) return PASS;
  const verdicts = [
    ...(filters.exprs ? [filterExpressions(filters.exprs, filters.exprLogicalOperator, event.data)] : []),
    ...(filters.data ? [filterData(filters.data, filters.dataLogicalOperator, event.data)] : []),
    ...(filters.context ? [filterContext(filters.context, event)] : []),
    ...(filters.time ? [filterTime(filters.time, event.time)] : []),
    ...(filters.script ? [filterScript(filters.script, event)] : []),
  ];
  const errors = verdicts.flatMap((verdict) => (verdict.kind === 'error' ? [verdict.message] : []));
  if (errors.length > 0) return errorOf(errors.join('; '));
  const passes = (verdict: Verdict): boolean => verdict.kind === 'pass';
  return verdictOf(operator === 'or' ? verdicts.some(passes) : verdicts.every(passes));
};
