/** Operators between two values. Pure. @upstream prometheus promql/engine.go#VectorBinop, #VectorscalarBinop */
import type { Labels } from '../measure/sample-store.ts';
import {
  ExecutionError,
  type BinaryOperator,
  type Expression,
  type SetOperator,
  type VectorMatching,
} from './syntax.ts';
import { isComparison, isSetOperator } from './type-of.ts';
import {
  formatLabels,
  labelsKey,
  onlyLabels,
  withoutLabels,
  withoutName,
  type QueryValue,
  type VectorSample,
} from './value.ts';

/** How two values are combined. */
export type BinaryOperation = Pick<Extract<Expression, { kind: 'binary' }>, 'operator' | 'isBool' | 'matching'>;

/** Combines two values. Throws ExecutionError when series cannot be paired one to one. */
export const combine = (operation: BinaryOperation, left: QueryValue, right: QueryValue): QueryValue => {
  const { operator } = operation;
  if (left.kind === 'scalar' && right.kind === 'scalar')
    return { kind: 'scalar', value: compute(operator, left.value, right.value) };
  if (left.kind === 'vector' && right.kind === 'vector') {
    const samples = isSetOperator(operator)
      ? combineSets(operator as SetOperator, operation.matching, [left.samples, right.samples])
      : combineVectors(operation, left.samples, right.samples);
    return { kind: 'vector', samples };
  }
  if (left.kind === 'vector' && right.kind === 'scalar')
    return overVector(operation, left.samples, (value) => [value, right.value]);
  if (left.kind === 'scalar' && right.kind === 'vector')
    return overVector(operation, right.samples, (value) => [left.value, value]);
  throw new ExecutionError('binary operation on a range vector');
};

const overVector = (
  { operator, isBool }: BinaryOperation,
  samples: readonly VectorSample[],
  sides: (value: number) => readonly [number, number],
): QueryValue => ({
  kind: 'vector',
  samples: samples.flatMap(({ labels, value }) => {
    const result = compute(operator, ...sides(value));
    if (!isComparison(operator) || isBool) return [{ labels: withoutName(labels), value: result }];
    // A comparison that filters keeps the series as it is.
    return result === 1 ? [{ labels, value }] : [];
  }),
});

const combineVectors = (
  { operator, isBool, matching }: BinaryOperation,
  left: readonly VectorSample[],
  right: readonly VectorSample[],
): readonly VectorSample[] => {
  const others = new Map<string, VectorSample>();
  for (const sample of right) {
    const group = groupOf(sample.labels, matching);
    if (others.has(labelsKey(group)))
      throw new ExecutionError(
        `found duplicate series for the match group ${formatLabels(group)} on the right hand-side of the operation; many-to-many matching not allowed: matching labels must be unique on one side`,
      );
    others.set(labelsKey(group), sample);
  }
  const paired = new Set<string>();
  return left.flatMap((sample) => {
    const key = labelsKey(groupOf(sample.labels, matching));
    const other = others.get(key);
    if (!other) return [];
    const isFilter = isComparison(operator) && !isBool;
    const result = compute(operator, sample.value, other.value);
    if (isFilter && result !== 1) return [];
    if (paired.has(key))
      throw new ExecutionError(
        'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
      );
    paired.add(key);
    const kept = isFilter ? sample.labels : withoutName(sample.labels);
    const labels = matching.kind === 'on' ? onlyLabels(kept, matching.labels) : withoutLabels(kept, matching.labels);
    return [{ labels, value: isFilter ? sample.value : result }];
  });
};

const combineSets = (
  operator: SetOperator,
  matching: VectorMatching,
  [left, right]: readonly [readonly VectorSample[], readonly VectorSample[]],
): readonly VectorSample[] => {
  const keyOf = ({ labels }: VectorSample): string => labelsKey(groupOf(labels, matching));
  const ofLeft = new Set(left.map(keyOf));
  const ofRight = new Set(right.map(keyOf));
  if (operator === 'or') return [...left, ...right.filter((sample) => !ofLeft.has(keyOf(sample)))];
  return left.filter((sample) => ofRight.has(keyOf(sample)) === (operator === 'and'));
};

const groupOf = (labels: Labels, matching: VectorMatching): Labels =>
  matching.kind === 'on'
    ? onlyLabels(labels, matching.labels)
    : withoutLabels(labels, ['__name__', ...matching.labels]);

const compute = (operator: BinaryOperator, left: number, right: number): number => {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '^':
      return power(left, right);
    case '==':
      return Number(left === right);
    case '!=':
      return Number(left !== right);
    case '<':
      return Number(left < right);
    case '<=':
      return Number(left <= right);
    case '>':
      return Number(left > right);
    case '>=':
      return Number(left >= right);
    default:
      throw new ExecutionError(`set operator ${operator} between scalars`);
  }
};

/** As Go and C have it; JavaScript alone says NaN for 1 to the power of NaN and of ±Inf. */
const power = (base: number, exponent: number): number =>
  base === 1 || (base === -1 && Math.abs(exponent) === Infinity) ? 1 : base ** exponent;
