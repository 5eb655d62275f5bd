/** The functions spoken here: what they take and give. @spec https://prometheus.io/docs/prometheus/latest/querying/functions/ */
import type { ValueType } from './syntax.ts';

/** Types of a function's arguments; the last `optional` may be left out. */
export interface Signature {
  readonly takes: readonly ValueType[];
  readonly optional?: number;
  readonly gives: ValueType;
}

const overRange: Signature = { takes: ['range vector'], gives: 'instant vector' };
const overVector: Signature = { takes: ['instant vector'], gives: 'instant vector' };

/** By name. */
export const SIGNATURES: Readonly<Record<string, Signature>> = {
  rate: overRange,
  irate: overRange,
  increase: overRange,
  sum_over_time: overRange,
  avg_over_time: overRange,
  min_over_time: overRange,
  max_over_time: overRange,
  count_over_time: overRange,
  last_over_time: overRange,
  abs: overVector,
  ceil: overVector,
  floor: overVector,
  absent: overVector,
  round: { takes: ['instant vector', 'scalar'], optional: 1, gives: 'instant vector' },
  clamp: { takes: ['instant vector', 'scalar', 'scalar'], gives: 'instant vector' },
  clamp_min: { takes: ['instant vector', 'scalar'], gives: 'instant vector' },
  clamp_max: { takes: ['instant vector', 'scalar'], gives: 'instant vector' },
  histogram_quantile: { takes: ['scalar', 'instant vector'], gives: 'instant vector' },
  scalar: { takes: ['instant vector'], gives: 'scalar' },
  vector: { takes: ['scalar'], gives: 'instant vector' },
  time: { takes: [], gives: 'scalar' },
};

/** Tells whether a name is one of these. */
export const isFunction = (name: string): boolean => Object.hasOwn(SIGNATURES, name);
