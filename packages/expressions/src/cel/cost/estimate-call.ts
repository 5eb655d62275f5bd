/**
 * What calls cost: as much as the dearest of the functions that may be meant, where types are known only at run time.
 * @spec github.com/google/cel-go/checker/cost.go#functionCost
 */
import type { CelSignature, CelType } from '../values/cel-type.ts';
import { CEL_FUNCTIONS } from '../library/library.ts';
import { candidatesOf } from '../library/overloads.ts';
import { EXTENSION_COSTS } from './extension-costs.ts';
import { KUBERNETES_COSTS } from './kubernetes-costs.ts';
import { OPERATOR_COSTS } from './operator-costs.ts';
import { madeOf, type CostEstimator, type EntrySize, type Estimate } from './part.ts';
import { add, larger, sumOf, union, type Size } from './size.ts';

/** A call, its receiver and arguments estimated. */
export interface CallToEstimate {
  readonly type: CelType;
  readonly name: string;
  readonly target: Estimate | undefined;
  readonly args: readonly Estimate[];
}

/** What a function itself costs, without its arguments, and what it gives. */
export interface CallCost {
  readonly cost: bigint;
  readonly size?: Size | undefined;
  readonly entry?: EntrySize | undefined;
  /** Where what it gives stands in the variables. */
  readonly path?: readonly string[];
}

/** What a function costs; `undefined`: as much as any. */
export type CostOf = (call: CallToEstimate, signature: CelSignature, estimator: CostEstimator) => CallCost | undefined;

/** Estimates a call. */
export const estimateCall = (estimator: CostEstimator, call: CallToEstimate): Estimate => {
  const { name, target, args, type } = call;
  const [first] = args;
  // It only hides a type.
  if (name === 'dyn' && first) return { ...madeOf(type, add(first.cost, 1n)), size: first.size, entry: first.entry };
  const given = sumOf([...(target ? [target] : []), ...args].map(({ cost }) => cost));
  const costs = signaturesOf(call).map((signature) => costOf(call, signature, estimator));
  if (costs.length === 0) return madeOf(type, target?.cost ?? 0n);
  const path = costs.findLast((one) => one.path)?.path ?? [];
  const sizes = costs.flatMap(({ size }) => size ?? []);
  const made = madeOf(type, add(given, costs.map(({ cost }) => cost).reduce(larger)), {
    size: sizes.length > 0 ? sizes.reduce(union) : estimator.sizeAt(path),
    entry: costs.findLast(({ entry }) => entry)?.entry,
  });
  return { ...made, path };
};

/** Those that take values of these types. */
const signaturesOf = ({ name, target, args }: CallToEstimate): readonly CelSignature[] => {
  const types = [...(target ? [target] : []), ...args].map(({ type }) => type);
  return candidatesOf(CEL_FUNCTIONS, { name, isMember: target !== undefined, args: types }).map(
    ({ signature }) => signature,
  );
};

const costOf: (...args: Parameters<CostOf>) => CallCost = (call, signature, estimator) => {
  for (const table of [EXTENSION_COSTS, KUBERNETES_COSTS, OPERATOR_COSTS]) {
    const found = table.get(call.name)?.(call, signature, estimator);
    if (found) return found;
  }
  return { cost: 1n };
};
