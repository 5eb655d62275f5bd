/**
 * Rules of schemas, `x-kubernetes-validations`, compiled: a tree beside the schema's.
 * @spec k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/compilation.go, validation.go
 */
import { fail, ok, type Result } from '@argosy/base';

import { compileCel, type CelProgram } from '../cel.ts';
import { formatType, optionalOf, type CelType } from '../values/cel-type.ts';
import { resolveRulePath } from './rule-path.ts';
import { valuesOf, withObjectMeta, type RuleSchema, type SchemaRule } from './rule-schema.ts';
import { typeOfSchema } from './schema-type.ts';

/** A compiled rule. */
export interface CompiledRule {
  readonly source: SchemaRule;
  readonly program: CelProgram;
  readonly message: CelProgram | undefined;
  /** Whether it compares with the object before: a transition rule. */
  readonly isTransition: boolean;
  /** The field it is about, from where it stands; empty for the very place. */
  readonly path: string;
}

/** Rules of a schema and of the schemas within. */
export interface RuleTree {
  readonly schema: RuleSchema;
  readonly isResource: boolean;
  readonly rules: readonly CompiledRule[];
  readonly allOf: readonly RuleTree[];
  readonly properties: ReadonlyMap<string, RuleTree>;
  readonly items: RuleTree | undefined;
  readonly values: RuleTree | undefined;
}

/** What is wrong with a rule. */
export interface RuleProblem {
  /** Where, from the schema's root: `properties[spec].x-kubernetes-validations[0].rule`; empty for the root. */
  readonly field: string;
  readonly reason: 'FieldValueRequired' | 'FieldValueInvalid' | 'FieldValueNotSupported' | 'FieldValueForbidden';
  readonly message: string;
}

/** Where a compilation stands. */
interface Place {
  readonly path: string;
  readonly isResource: boolean;
  /** The schema whose items have no partners before, if this is within one. */
  readonly uncorrelatable: string | undefined;
  /** The schema that has the shape, when rules stand within `allOf`. */
  readonly shape: RuleSchema;
}

/** Compiles the rules of a schema; `undefined` when it has none. */
export const compileSchemaRules = (
  schema: RuleSchema,
  isResource: boolean,
): Result<RuleTree | undefined, readonly RuleProblem[]> => {
  const problems: RuleProblem[] = [];
  const tree = compileTree(schema, { path: '', isResource, uncorrelatable: undefined, shape: schema }, problems);
  return problems.length === 0 ? ok(tree) : fail(problems);
};

const compileTree = (schema: RuleSchema, place: Place, problems: RuleProblem[]): RuleTree | undefined => {
  const { shape, isResource } = place;
  const within = (part: RuleSchema, shapeOfPart: RuleSchema | undefined, step: string): RuleTree | undefined =>
    shapeOfPart && compileTree(part, placeOf(place, shapeOfPart, step), problems);
  const properties = new Map<string, RuleTree>();
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const tree = within(property, shape.properties?.[name], `properties[${name}]`);
    if (tree) properties.set(name, tree);
  }
  const values = valuesOf(schema);
  const tree: RuleTree = {
    schema: shape,
    isResource,
    rules: compileRules(schema, place, problems),
    allOf: (schema.allOf ?? []).flatMap(
      (part, index) => compileTree(part, { ...place, path: join(place.path, `allOf[${index}]`) }, problems) ?? [],
    ),
    properties,
    items: schema.items && within(schema.items, shape.items, 'items'),
    values: values && within(values, valuesOf(shape), 'additionalProperties'),
  };
  const isEmpty = tree.rules.length + tree.allOf.length + properties.size === 0 && !tree.items && !tree.values;
  return isEmpty ? undefined : tree;
};

/** The place within another. */
export const join = (path: string, step: string): string => (path === '' ? step : `${path}.${step}`);

const placeOf = (outer: Place, shape: RuleSchema, step: string): Place => {
  const isUncorrelatable =
    (step === 'items' && outer.shape['x-kubernetes-list-type'] !== 'map') ||
    (step !== 'items' && !isCorrelatableMap(outer.shape));
  return {
    path: join(outer.path, step),
    isResource: shape['x-kubernetes-embedded-resource'] === true,
    uncorrelatable: outer.uncorrelatable ?? (isUncorrelatable ? outer.path : undefined),
    shape,
  };
};

/** Whether fields of an object before and after belong together. */
export const isCorrelatableMap = (schema: RuleSchema): boolean =>
  ['granular', 'atomic'].includes(schema['x-kubernetes-map-type'] ?? 'granular');

const compileRules = (schema: RuleSchema, place: Place, problems: RuleProblem[]): readonly CompiledRule[] => {
  const rules = schema['x-kubernetes-validations'] ?? [];
  const type = rules.length === 0 ? undefined : typeOfSchema(place.shape, place.isResource);
  return rules.flatMap((rule, index) => {
    const refuse = (part: string, message: string, reason: RuleProblem['reason'] = 'FieldValueInvalid'): void => {
      problems.push({ field: join(place.path, `x-kubernetes-validations[${index}].${part}`), reason, message });
    };
    if (!type) {
      refuse('rule', 'failed to convert to declType for CEL validation rules');
      return [];
    }
    return compileRule(rule, { type, place, refuse }) ?? [];
  });
};

interface RuleContext {
  readonly type: CelType;
  readonly place: Place;
  readonly refuse: (part: string, message: string, reason?: RuleProblem['reason']) => void;
}

const compileRule = (rule: SchemaRule, context: RuleContext): CompiledRule | undefined => {
  const { type, place, refuse } = context;
  checkWords(rule, refuse);
  if (isSilent(rule)) return undefined;
  const variables = { self: type, oldSelf: rule.optionalOldSelf === true ? optionalOf(type) : type };
  const program = compileCel(rule.rule, variables);
  if (!program.ok) {
    refuse('rule', `compilation failed: ${program.error.message}`);
    return undefined;
  }
  if (formatType(program.value.type) !== 'bool') refuse('rule', 'cel expression must evaluate to a bool');
  const isTransition = program.value.used.has('oldSelf');
  if (isTransition && place.uncorrelatable !== undefined)
    refuse('rule', `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelatable}`);
  if (!isTransition && rule.optionalOldSelf !== undefined)
    refuse('optionalOldSelf', 'may not be set if oldSelf is not used in rule');
  const path = rule.fieldPath === undefined || rule.fieldPath === '' ? '' : pathOf(rule.fieldPath, context);
  return { source: rule, program: program.value, message: compileMessage(rule, variables, refuse), isTransition, path };
};

const pathOf = (text: string, { place, refuse }: RuleContext): string => {
  const path = resolveRulePath(text, withObjectMeta(place.shape, place.isResource));
  if (path === undefined) refuse('fieldPath', 'must be a valid path');
  return path ?? '';
};

const compileMessage = (
  rule: SchemaRule,
  variables: Readonly<Record<string, CelType>>,
  refuse: RuleContext['refuse'],
): CelProgram | undefined => {
  const source = rule.messageExpression ?? '';
  if (source.trim() === '') return undefined;
  const program = compileCel(source, variables);
  if (!program.ok) {
    refuse('messageExpression', `messageExpression compilation failed: ${program.error.message}`);
    return undefined;
  }
  if (formatType(program.value.type) !== 'string')
    refuse('messageExpression', 'messageExpression must evaluate to a string');
  return program.value;
};

const REASONS: ReadonlySet<string> = new Set([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueInvalid',
  'FieldValueDuplicate',
]);

/** Schemas are users': a rule may have been left out. */
const isSilent = ({ rule }: SchemaRule): boolean => typeof rule !== 'string' || rule.trim() === '';

/** What must be said in words, and in one line. */
const checkWords = (source: SchemaRule, refuse: RuleContext['refuse']): void => {
  const { rule, message, messageExpression, reason } = source;
  const said = message?.trim() ?? '';
  if (isSilent(source)) refuse('rule', 'rule is not specified', 'FieldValueRequired');
  else if (message !== undefined && message !== '' && said === '') refuse('message', 'must be non-empty if specified');
  else if (said.includes('\n')) refuse('message', 'must not contain line breaks');
  else if (rule.trim().includes('\n') && said === '')
    refuse('message', 'message must be specified if rule contains line breaks', 'FieldValueRequired');
  if (messageExpression !== undefined && messageExpression !== '' && messageExpression.trim() === '')
    refuse('messageExpression', 'messageExpression must be non-empty if specified', 'FieldValueRequired');
  if (reason !== undefined && !REASONS.has(reason)) refuse('reason', reason, 'FieldValueNotSupported');
};
