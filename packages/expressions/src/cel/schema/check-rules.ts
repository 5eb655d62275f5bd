/**
 * Objects against the rules of their schema.
 * @spec k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go#Validate
 */
import { isEqual, type Json, type JsonObject } from '@argosy/base';

import { measureCel, type CelFailure } from '../cel.ts';
import { CelError } from '../cel-error.ts';
import { CelOptional, type CelValue } from '../values/cel-value.ts';
import { isJsonList, isJsonObject } from '../values/json-value.ts';
import { isCorrelatableMap, type CompiledRule, type RuleTree } from './compile-rules.ts';
import { valueOfSchema } from './schema-value.ts';

/** A rule an object breaks, as findings of validation are. */
export interface RuleFinding {
  readonly reason: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueDuplicate';
  readonly field: string;
  /** The sentence after the path. */
  readonly message: string;
}

/** What a check finds. What was broken before and did not change is only warned of. */
export interface RuleReport {
  readonly findings: readonly RuleFinding[];
  readonly warnings: readonly RuleFinding[];
}

/** Most cost of all rules of one object, and of one rule. */
const [TOTAL_COST, RULE_COST] = [10_000_000, 1_000_000];
/** Bytes a made message may have. */
const LONGEST_MESSAGE = 5120;

/** Checks an object, and on an update the one before; `cost` bounds all rules together. */
export const checkSchemaRules = (
  tree: RuleTree,
  value: Json,
  before?: Json,
  options: { readonly cost?: number; readonly path?: string } = {},
): RuleReport => {
  const run: Run = { findings: [], warnings: [], budget: options.cost ?? TOTAL_COST };
  const isAroundUnchanged = (): boolean => false;
  const isUnchanged = (): boolean => before !== undefined && isEqual(value, before);
  visit(run, tree, { path: options.path ?? '', value, before, isUnchanged, isAroundUnchanged, isWithinAll: false });
  return { findings: run.findings, warnings: run.warnings };
};

interface Run {
  readonly findings: RuleFinding[];
  readonly warnings: RuleFinding[];
  /** What is left to spend; negative once a rule went over. */
  budget: number;
}

/** A place in the object. */
interface Spot {
  readonly path: string;
  readonly value: Json;
  readonly before: Json | undefined;
  /** Whether this, or the nearest around it that can be told from before, is as it was. */
  readonly isUnchanged: () => boolean;
  /** The same of what is around. */
  readonly isAroundUnchanged: () => boolean;
  /** Whether this is within an `allOf`: what is there is not told from before. */
  readonly isWithinAll: boolean;
}

const visit = (run: Run, tree: RuleTree, spot: Spot): void => {
  const { value } = spot;
  if (value === null || run.budget < 0) return;
  if (tree.rules.length > 0) applyRules(run, tree, spot);
  for (const part of tree.allOf) visit(run, part, { ...spot, isUnchanged: spot.isAroundUnchanged, isWithinAll: true });
  if (isJsonList(value)) visitItems(run, tree, spot, value);
  else if (isJsonObject(value)) visitFields(run, tree, spot, value);
};

const childOf = (spot: Spot, path: string, value: Json, before: Json | undefined): Spot => ({
  path,
  value,
  before,
  isUnchanged: before === undefined || spot.isWithinAll ? spot.isUnchanged : (): boolean => isEqual(value, before),
  isAroundUnchanged: spot.isUnchanged,
  isWithinAll: spot.isWithinAll,
});

const visitItems = (run: Run, tree: RuleTree, spot: Spot, items: readonly Json[]): void => {
  const { items: inner, schema } = tree;
  if (!inner) return;
  const keys = schema['x-kubernetes-list-type'] === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : [];
  const partners = new Map<string, Json>();
  for (const item of isJsonList(spot.before) && keys.length > 0 ? spot.before : []) {
    const key = keyOf(item, keys);
    if (key !== undefined && !partners.has(key)) partners.set(key, item);
  }
  for (const [index, item] of items.entries()) {
    const key = keyOf(item, keys);
    visit(run, inner, childOf(spot, `${spot.path}[${index}]`, item, key === undefined ? undefined : partners.get(key)));
  }
};

/** What tells items of a keyed list apart. */
const keyOf = (item: Json, keys: readonly string[]): string | undefined => {
  if (keys.length === 0 || !isJsonObject(item)) return undefined;
  const values = keys.map((key) => item[key]);
  return values.some((value) => value === undefined || typeof value === 'object') ? undefined : JSON.stringify(values);
};

const visitFields = (run: Run, tree: RuleTree, spot: Spot, fields: JsonObject): void => {
  const before = isJsonObject(spot.before) && isCorrelatableMap(tree.schema) ? spot.before : {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    const property = tree.properties.get(name);
    const path = spot.path === '' ? name : `${spot.path}.${name}`;
    if (property) visit(run, property, childOf(spot, path, value, old));
    else if (tree.values) visit(run, tree.values, childOf(spot, `${spot.path}[${name}]`, value, old));
  }
};

const applyRules = (run: Run, tree: RuleTree, spot: Spot): void => {
  const { schema, isResource } = tree;
  const finding = (message: string): RuleFinding => invalid(spot.path, schema.type ?? '', message);
  if (run.budget <= 0) return stop(run, finding(OUT_OF_BUDGET));
  let values: Readonly<Record<string, CelValue>>;
  let before: CelValue | undefined;
  try {
    values = { self: valueOfSchema(spot.value, schema, isResource) };
    before = hasValue(spot.before) ? valueOfSchema(spot.before, schema, isResource) : undefined;
  } catch (thrown) {
    if (!(thrown instanceof CelError)) throw thrown;
    for (const { source } of tree.rules)
      run.findings.push(finding(`${thrown.message} evaluating rule: ${titleOf(source)}`));
    return undefined;
  }
  for (const rule of tree.rules) {
    const isOptional = rule.source.optionalOldSelf === true;
    if (rule.isTransition && before === undefined && !isOptional) continue;
    const oldSelf = isOptional
      ? new CelOptional(before === undefined ? undefined : { value: before })
      : (before ?? null);
    applyRule(run, rule, { spot, type: schema.type ?? '', values: { ...values, oldSelf } });
    if (run.budget < 0) return undefined;
  }
  return undefined;
};

const hasValue = (json: Json | undefined): json is Exclude<Json, null> => json !== undefined && json !== null;

const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

const stop = (run: Run, finding: RuleFinding): void => {
  run.findings.push(finding);
  run.budget = -1;
};

const invalid = (field: string, type: string, message: string): RuleFinding => ({
  reason: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${JSON.stringify(type)}: ${message}`,
});

const titleOf = ({ message, rule }: CompiledRule['source']): string => (message ?? '').trim() || rule.trim();

interface Situation {
  readonly spot: Spot;
  readonly type: string;
  readonly values: Readonly<Record<string, CelValue>>;
}

const applyRule = (run: Run, rule: CompiledRule, situation: Situation): void => {
  const { spot, type, values } = situation;
  const { result, cost } = measureCel(rule.program, values, { cost: RULE_COST });
  if (cost > run.budget) return stop(run, invalid(spot.path, type, OUT_OF_BUDGET));
  run.budget -= cost;
  if (!result.ok) return failRule(run, rule, situation, result.error);
  if (result.value === true) return undefined;
  const path = rule.path === '' ? spot.path : join(spot.path, rule.path);
  const finding = findingOf(rule, path, type, messageOf(run, rule, values));
  if (!rule.isTransition && spot.isUnchanged()) run.warnings.push(finding);
  else run.findings.push(finding);
  return undefined;
};

const join = (path: string, rest: string): string =>
  path === '' || rest.startsWith('[') ? `${path}${rest}` : `${path}.${rest}`;

const failRule = (run: Run, rule: CompiledRule, { spot, type }: Situation, { reason, message }: CelFailure): void => {
  const title = titleOf(rule.source);
  if (reason === 'budget')
    return stop(
      run,
      invalid(
        spot.path,
        type,
        `'${message}': no further validation rules will be run due to call cost exceeds limit for rule: ${title}`,
      ),
    );
  const said = message.startsWith('no such overload')
    ? `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${title}`
    : `${message} evaluating rule: ${title}`;
  run.findings.push(invalid(spot.path, type, said));
  return undefined;
};

const findingOf = (rule: CompiledRule, field: string, type: string, message: string): RuleFinding => {
  switch (rule.source.reason) {
    case 'FieldValueForbidden':
      return { reason: 'FieldValueForbidden', field, message: `Forbidden: ${message}` };
    case 'FieldValueRequired':
      return { reason: 'FieldValueRequired', field, message: `Required value: ${message}` };
    case 'FieldValueDuplicate':
      return { reason: 'FieldValueDuplicate', field, message: `Duplicate value: ${JSON.stringify(type)}` };
    default:
      return invalid(field, type, message);
  }
};

/** The message a rule makes; the one it has when that fails or is of no use. */
const messageOf = (run: Run, rule: CompiledRule, values: Readonly<Record<string, CelValue>>): string => {
  const plain = (rule.source.message ?? '').trim();
  const fallback = plain === '' ? `failed rule: ${rule.source.rule.trim()}` : plain;
  if (!rule.message) return fallback;
  const { result, cost } = measureCel(rule.message, values, { cost: Math.min(RULE_COST, Math.max(0, run.budget)) });
  run.budget -= cost;
  if (!result.ok || typeof result.value !== 'string') return fallback;
  const text = result.value.trim();
  const isFit = text !== '' && !text.includes('\n') && new TextEncoder().encode(text).length <= LONGEST_MESSAGE;
  return isFit ? text : fallback;
};
