/**
 * The input with the parts replaced that a filter names: `=`, `|=`, `+=` and the like.
 */
import type { JqNodeOf, UpdateOperator } from '../syntax/ast.ts';
import { isTruthy, type Jq } from '../values/jq-value.ts';
import { add, applyOperator } from '../values/operators.ts';
import { deletePaths, getPath, setPath, type JqPath } from '../values/paths.ts';
import { pathsOf, type JqPlace, type Machine } from './machine.ts';

/** One value for each of the right; `|=` gives one. */
export const updateValues = function* (machine: Machine, node: JqNodeOf<'update'>, at: JqPlace): Generator<Jq> {
  if (node.operator === '|=') {
    yield modify(machine, node, at);
    return;
  }
  for (const right of machine.values(node.right, at.scope, at.input)) {
    let value = at.input;
    for (const path of pathsOf(machine, node.left, at)) {
      const part = node.operator === '=' ? right : updated(machine, node.operator, [getPath(value, path), right]);
      value = setPath(value, path, part, machine);
    }
    yield value;
  }
};

const updated = (
  machine: Machine,
  operator: Exclude<UpdateOperator, '|=' | '='>,
  [left, right]: readonly [Jq, Jq],
): Jq => {
  if (operator === '//=') return isTruthy(left) ? left : right;
  if (operator === '+=') return add(left, right, (size) => machine.reserve(size));
  return applyOperator(operator[0] as '-' | '*' | '/' | '%', [left, right], (size) => machine.reserve(size));
};

/** `|=`: the first value of the right; none deletes. */
const modify = (machine: Machine, node: JqNodeOf<'update'>, at: JqPlace): Jq => {
  let value = at.input;
  const deleted: JqPath[] = [];
  for (const path of pathsOf(machine, node.left, at)) {
    const first = firstOf(machine.values(node.right, at.scope, getPath(value, path)));
    if (first) value = setPath(value, path, first.value, machine);
    else deleted.push(path);
  }
  return deleted.length === 0 ? value : deletePaths(value, deleted, machine);
};

const firstOf = (values: Iterable<Jq>): { readonly value: Jq } | undefined => {
  for (const value of values) return { value };
  return undefined;
};
