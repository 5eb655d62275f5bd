/**
 * The most an expression can cost, told before it runs from how large its variables may be. What is reckoned with, and
 * where it is off, is cel-go's: definitions that one API server takes, another must take too.
 * @spec github.com/google/cel-go/checker/cost.go
 */
import type { CelNode } from '../syntax/ast.ts';
import { BOOL, DYN, type CelType } from '../values/cel-type.ts';
import { CelUint, type CelValue } from '../values/cel-value.ts';
import type { CelProgram } from '../cel.ts';
import { estimateCall } from './estimate-call.ts';
import { estimateLoop, estimateOptionalMap } from './estimate-loop.ts';
import {
  estimateChoice,
  estimateList,
  madeOf,
  MAP_COST,
  sizeOfType,
  sizeOrAny,
  type CostEstimator,
  type Estimate,
  type LocalSizes,
  type SizedType,
} from './part.ts';
import { add, sizeOf, sumOf, unionOf, type Size } from './size.ts';

/** The most an expression costs whose variables are all of this type. Pure. */
export const estimateCost = (program: CelProgram, variable: SizedType): bigint => {
  const estimator: CostEstimator = {
    typeOf: (node) => program.types.get(node) ?? DYN,
    sizeAt: (path) => sizeWithin(variable, path),
    estimate(node, locals) {
      return estimateNode(this, node, locals);
    },
  };
  return estimator.estimate(program.root, undefined).cost;
};

const sizeWithin = (variable: SizedType, path: readonly string[]): Size | undefined => {
  if (path.length === 0) return undefined;
  let at: SizedType | undefined = variable;
  // The first part is the variable's own name. It counts as one even where the path began elsewhere, as in cel-go.
  for (const part of path.slice(1)) {
    if (part === '@items' || part === '@values') at = at.element;
    else at = part === '@keys' ? at.key : at.fields?.get(part);
    if (!at) return undefined;
  }
  return { least: 0n, most: at.most };
};

const estimateNode = (estimator: CostEstimator, node: CelNode, locals: LocalSizes | undefined): Estimate => {
  const type = estimator.typeOf(node);
  const of = (part: CelNode): Estimate => estimator.estimate(part, locals);
  switch (node.kind) {
    case 'literal':
      return { ...madeOf(type, 0n, literalSize(node.value)), literal: node.value };
    case 'identifier':
      return estimateName(estimator, type, lookUp(node.name, locals));
    case 'select':
      return estimateSelect(estimator, { ...node, type, target: of(node.target) });
    case 'has':
      return madeOf(BOOL, of(node.target).cost);
    case 'index':
      return estimateCall(estimator, {
        type,
        name: node.isOptional ? '_[?_]' : '_[_]',
        target: undefined,
        args: [of(node.target), of(node.key)],
      });
    case 'call':
      return estimateCall(estimator, {
        type,
        name: node.name,
        target: node.target && of(node.target),
        args: node.args.map(of),
      });
    case 'and':
    case 'or':
      return madeOf(BOOL, add(of(node.left).cost, of(node.right).cost));
    case 'conditional':
      return estimateChoice(type, [of(node.condition), of(node.whenTrue), of(node.whenFalse)]);
    case 'list':
      return estimateList(
        type,
        node.items.map(({ value }) => of(value)),
      );
    case 'map':
      return estimateMap(
        type,
        node.entries.map(({ key, value }) => [of(key), of(value)] as const),
      );
    case 'loop':
      return estimateLoop(estimator, node, locals);
    case 'optionalMap':
      return estimateOptionalMap(estimator, node, locals);
  }
};

const literalSize = (value: CelValue): Pick<Estimate, 'size'> => {
  if (typeof value === 'string') return { size: sizeOf([...value].length) };
  if (value instanceof Uint8Array) return { size: sizeOf(value.length) };
  const isOne = value === null || ['boolean', 'number', 'bigint'].includes(typeof value) || value instanceof CelUint;
  return { size: isOne ? sizeOf(1) : undefined };
};

const lookUp = (name: string, locals: LocalSizes | undefined): Omit<LocalSizes, 'outer'> => {
  for (let local = locals; local; local = local.outer) if (local.name === name) return local;
  return { name, path: [name], size: undefined, entry: undefined };
};

const estimateName = (estimator: CostEstimator, type: CelType, local: Omit<LocalSizes, 'outer'>): Estimate => ({
  cost: 1n,
  type,
  path: local.path,
  size: estimator.sizeAt(local.path) ?? sizeOfType(type) ?? local.size,
  entry: local.entry,
});

const estimateSelect = (
  estimator: CostEstimator,
  {
    type,
    target,
    field,
    isOptional,
  }: {
    readonly type: CelType;
    readonly target: Estimate;
    readonly field: string;
    readonly isOptional: boolean;
  },
): Estimate => {
  if (isOptional) return madeOf(type, add(target.cost, 1n));
  const path = [...target.path, field];
  const isKeyed = target.type.kind === 'map' || target.type.kind === 'object';
  const made = madeOf(type, add(target.cost, isKeyed ? 1n : 0n));
  return { ...made, path, size: estimator.sizeAt(path) ?? made.size };
};

const estimateMap = (type: CelType, entries: readonly (readonly [Estimate, Estimate])[]): Estimate =>
  madeOf(type, add(sumOf(entries.flat().map(({ cost }) => cost)), MAP_COST), {
    size: sizeOf(entries.length),
    entry: {
      container: 'map',
      key: unionOf(entries.map(([key]) => sizeOrAny(key))),
      value: unionOf(entries.map(([, value]) => sizeOrAny(value))),
    },
  });
