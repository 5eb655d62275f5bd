/**
 * What the rules of a definition may cost at most, and whether that is too much: judged when the definition is written,
 * so that no object is refused later because looking at it takes too long.
 * @spec k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go, cel_validation.go
 */
import { estimateCost } from '../cost/estimate.ts';
import { add, multiply } from '../cost/size.ts';
import { join, type CompiledRule, type RuleProblem, type RuleTree } from './compile-rules.ts';
import type { RuleSchema } from './rule-schema.ts';
import { LARGEST_REQUEST, sizeSchema } from './sized-schema.ts';

/** Most that one rule may cost, for all the places of an object it is asked of. */
const RULE_COST_LIMIT = 10_000_000n;
/** Most that all rules of a schema may cost together. */
const SCHEMA_COST_LIMIT = 100_000_000n;
/** Of the rules that are too dear together, so many are named, unless each is but a small part. */
const [MOST_NAMED, NAMED_FROM] = [4, SCHEMA_COST_LIMIT / 100n];

/**
 * What is wrong with the costs of rules, in the API server's words. Pure. `isUnchanged`: the schema was taken before,
 * so that no single rule of it is refused now.
 */
export const judgeRuleCosts = (
  tree: RuleTree,
  { isUnchanged }: { readonly isUnchanged: boolean },
): readonly RuleProblem[] => {
  const costs = costsOf(tree, { path: '', times: 1n });
  const alone = costs.filter(({ cost }) => cost > RULE_COST_LIMIT);
  return [
    ...(isUnchanged
      ? []
      : alone.map(({ field, what, cost }) => tooDear(field, `estimated ${what} cost`, [cost, RULE_COST_LIMIT]))),
    ...judgeTotal(costs),
  ];
};

interface RuleCost {
  readonly field: string;
  readonly what: 'rule' | 'messageExpression';
  readonly cost: bigint;
}

interface Place {
  readonly path: string;
  /** How often an object may hold what stands here; `undefined`: as often as fits into a request. */
  readonly times: bigint | undefined;
}

const costsOf = (tree: RuleTree, place: Place): readonly RuleCost[] => {
  const each = timesOf(tree.schema);
  const times = place.times === undefined || each === undefined ? undefined : multiply(place.times, each);
  const within = (part: RuleTree | undefined, step: string): readonly RuleCost[] =>
    part ? costsOf(part, { path: join(place.path, step), times }) : [];
  return [
    ...[...tree.properties].flatMap(([name, part]) => within(part, `properties[${name}]`)),
    ...within(tree.items, 'items'),
    ...within(tree.values, 'additionalProperties'),
    ...ownCosts(tree, place),
  ];
};

/** How often a value may hold what stands within. */
const timesOf = (schema: RuleSchema): bigint | undefined => {
  if (schema.type === 'array') return boundOf(schema.maxItems);
  if (schema.type !== 'object' || schema.additionalProperties === undefined) return 1n;
  return boundOf(schema.maxProperties);
};

const boundOf = (most: number | undefined): bigint | undefined =>
  most === undefined ? undefined : BigInt(Math.max(0, most));

const ownCosts = ({ rules, schema, isResource }: RuleTree, { path, times }: Place): readonly RuleCost[] => {
  const size = rules.length === 0 ? undefined : sizeSchema(schema, isResource);
  if (!size) return [];
  const asked = times ?? BigInt(Math.floor(LARGEST_REQUEST / (size.leastBytes + 1)));
  return rules.flatMap(({ program, message }: CompiledRule, index) => {
    const field = (part: string): string => join(path, `x-kubernetes-validations[${index}].${part}`);
    const rule: RuleCost = {
      field: field('rule'),
      what: 'rule',
      cost: multiply(estimateCost(program, size), asked),
    };
    // A message is made once, for the first that fails.
    const told = message && estimateCost(message, size);
    return told === undefined
      ? [rule]
      : [rule, { field: field('messageExpression'), what: 'messageExpression', cost: told }];
  });
};

const judgeTotal = (costs: readonly RuleCost[]): readonly RuleProblem[] => {
  const total = costs.map(({ cost }) => cost).reduce(add, 0n);
  if (total <= SCHEMA_COST_LIMIT) return [];
  const dearest = costs
    .filter(({ cost }) => cost >= NAMED_FROM)
    .sort((left, right) => (left.cost > right.cost ? -1 : left.cost < right.cost ? 1 : 0))
    .slice(0, MOST_NAMED);
  return [
    ...dearest.map(({ field }) =>
      forbidden(field, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'),
    ),
    tooDear('', 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema', [
      total,
      SCHEMA_COST_LIMIT,
    ]),
  ];
};

const tooDear = (field: string, what: string, [cost, limit]: readonly [bigint, bigint]): RuleProblem =>
  forbidden(
    field,
    `${what} exceeds budget by factor of ${describeFactor(Number(cost) / Number(limit))} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`,
  );

const describeFactor = (factor: number): string => {
  if (factor > 100) return 'more than 100x';
  // A factor of 1.0 would say nothing.
  return `${factor.toFixed(factor < 1.5 ? 6 : 1)}x`;
};

const forbidden = (field: string, message: string): RuleProblem => ({ field, reason: 'FieldValueForbidden', message });
