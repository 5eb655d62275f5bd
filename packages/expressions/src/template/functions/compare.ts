/**
 * Comparisons of templates: Go's types decide what may be compared.
 * @spec text/template/funcs.go eq, lt
 */
import { compareText } from '../go-text.ts';
import { PLAIN } from '../format/pieces.ts';
import { formatValue, printArgument } from '../format/print.ts';
import { GoError, goKindOf, GoList, GoMap, GoNumber, goTypeOf, type GoValue } from '../values.ts';

type BasicKind = 'bool' | 'int' | 'uint' | 'float' | 'string' | 'none';

const basicKind = (value: GoValue): BasicKind => {
  const kind = goKindOf(value);
  if (kind === 'bool' || kind === 'string') return kind;
  if (kind.startsWith('int') && kind !== 'invalid') return 'int';
  if (kind.startsWith('uint')) return 'uint';
  return kind.startsWith('float') ? 'float' : 'none';
};

const raw = (value: GoValue): GoValue => (value instanceof GoNumber ? value.value : value);
const isNil = (value: GoValue): boolean =>
  value === null || value === undefined || ((value instanceof GoList || value instanceof GoMap) && value.isNil);

const incompatible = (left: GoValue, right: GoValue): GoError =>
  new GoError(`incompatible types for comparison: ${goTypeOf(left)} and ${goTypeOf(right)}`);

/** Whether a value equals one of the others. */
export const isEqualToAny = (left: GoValue, others: readonly GoValue[]): boolean => {
  if (others.length === 0) throw new GoError('missing argument for comparison');
  return others.some((other) => isEqualTo(left, other));
};

const isEqualTo = (left: GoValue, right: GoValue): boolean => {
  const [a, b] = [basicKind(left), basicKind(right)];
  if (a !== b) {
    if ((a === 'int' && b === 'uint') || (a === 'uint' && b === 'int')) return raw(left) === raw(right);
    if (goKindOf(left) !== 'invalid' && goKindOf(right) !== 'invalid') throw incompatible(left, right);
    return false;
  }
  if (a !== 'none') return raw(left) === raw(right);
  const [leftKind, rightKind] = [goKindOf(left), goKindOf(right)];
  if (leftKind !== rightKind && leftKind !== 'invalid' && rightKind !== 'invalid')
    throw new GoError(
      `non-comparable types ${printArgument(left, 's', PLAIN)}: ${goTypeOf(left)}, ${goTypeOf(right)}: ${formatValue(right)}`,
    );
  if (isNil(left) || isNil(right)) return isNil(left) === isNil(right);
  if (right instanceof GoList || right instanceof GoMap)
    throw new GoError(`non-comparable type ${printArgument(right, 's', PLAIN)}: ${goTypeOf(right)}`);
  return left === right;
};

/** Whether left is before right. */
export const isLess = (left: GoValue, right: GoValue): boolean => {
  const [a, b] = [basicKind(left), basicKind(right)];
  if (a === 'none' || b === 'none') throw new GoError('invalid type for comparison');
  if (a !== b && !((a === 'int' && b === 'uint') || (a === 'uint' && b === 'int'))) throw incompatible(left, right);
  if (a === 'bool') throw new GoError('invalid type for comparison');
  const [x, y] = [raw(left), raw(right)];
  if (typeof x === 'string' && typeof y === 'string') return compareText(x, y) < 0;
  return (typeof x === 'bigint' || typeof x === 'number') && (typeof y === 'bigint' || typeof y === 'number') && x < y;
};

/** Whether left is before or the same as right. */
export const isLessOrEqual = (left: GoValue, right: GoValue): boolean => isLess(left, right) || isEqualTo(left, right);
