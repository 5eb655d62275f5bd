/**
 * What a custom kind's schema and the rules in it ask of its objects, added to the kind's strategy.
 * @upstream kubernetes staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/strategy.go
 */
import {
  applyDefaults,
  hasDefaults,
  pruneUnknown,
  unsupportedFields,
  validateAgainstSchema,
  type FieldError,
  type KubeObject,
  type StructuralSchema,
} from '@argosy/kube';

import { holdsResources, resourceFindings, withKnownMetadata } from './embedded-resources.ts';
import { withStatus } from './schema-rules.ts';
import type { KindStrategy, ServedKind } from './served-kind.ts';
import { ratchetedFindings } from './unchanged-parts.ts';
import type { CheckRules } from './validation-rules.ts';

/** A custom kind's rules. A kind the program declares refuses unknown fields itself, others lose them (pruning). */
export const withCustomRules = (
  kind: ServedKind,
  options: { readonly isDeclared: boolean; readonly checkRules: CheckRules },
): ServedKind => {
  const { schema, strategy } = kind;
  if (!schema) return kind;
  const holdsOthers = holdsResources(schema);
  const rules: KindStrategy = {
    ...strategy,
    ...(hasDefaults(schema) && !options.isDeclared ? { fromStored: defaultedOnRead(schema, strategy) } : {}),
    default: (object) => {
      const pruned = options.isDeclared ? object : pruneUnknown(schema, object);
      const kept = holdsOthers ? withKnownMetadata(schema, pruned) : pruned;
      return applyDefaults(schema, strategy.default?.(kept) ?? kept);
    },
    validate: options.isDeclared
      ? declaredValidation(schema, strategy, options.checkRules)
      : customValidation(schema, { checkRules: options.checkRules, holdsOthers }),
  };
  return { ...kind, strategy: options.isDeclared ? rules : withCompletedStatus(rules) };
};

/** A status that is written by itself loses fields nobody declares and gets its defaults as well. */
const withCompletedStatus = (rules: KindStrategy): KindStrategy => ({
  ...rules,
  prepareStatus: (object, previous, of) => {
    const { status } = rules.default?.({ ...object, spec: previous.spec }) ?? object;
    const given = withStatus(object, status ?? undefined);
    return rules.prepareStatus?.(given, previous, of) ?? given;
  },
});

/** A kind the program declares has rules of its own, and refuses what its schema lacks. */
const declaredValidation =
  (
    schema: StructuralSchema,
    { validate }: KindStrategy,
    checkRules: CheckRules,
  ): NonNullable<KindStrategy['validate']> =>
  (object, previous) => {
    const shape = [...validateAgainstSchema(schema, object), ...unsupportedFields(schema, object)];
    const hasWrongTypes = shape.some(({ reason }) => reason === 'FieldValueTypeInvalid');
    // What looks deeper than a schema takes its types for granted.
    const own = hasWrongTypes ? [] : (validate?.(object, previous) ?? []);
    return [
      ...(shape.length === 0 ? checkRules(schema, object, previous) : []),
      ...new Map([...shape, ...own].map((found) => [`${found.field} ${found.message}`, found] as const)).values(),
    ];
  };

const customValidation = (
  schema: StructuralSchema,
  { checkRules, holdsOthers }: { readonly checkRules: CheckRules; readonly holdsOthers: boolean },
): NonNullable<KindStrategy['validate']> => {
  const hasRules = holdsRules(schema);
  return (object, previous) => {
    const found = [...validateAgainstSchema(schema, object), ...(holdsOthers ? resourceFindings(schema, object) : [])];
    const shape = previous ? ratchetedFindings(found, { schema, object, before: previous }) : found;
    if (!hasRules) return shape;
    // Rules read fields as the schema says: only an object they can be read from is shown to them.
    if (shape.some(({ reason }) => BLOCKING.has(reason))) return [...shape, UNCHECKED];
    return [...shape, ...checkRules(schema, object, previous).map(named)];
  };
};

/** @upstream kubernetes staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/strategy.go#hasBlockingErr */
const BLOCKING: ReadonlySet<string> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

/** How Go calls the path of the whole. */
const ROOT = '<nil>';

const UNCHECKED: FieldError = {
  reason: 'FieldValueInvalid',
  field: ROOT,
  message:
    'Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};

const named = (finding: FieldError): FieldError => (finding.field === '' ? { ...finding, field: ROOT } : finding);

const holdsRules = (schema: StructuralSchema): boolean => {
  const { properties, items, additionalProperties: values, 'x-kubernetes-validations': rules } = schema;
  return (
    (Array.isArray(rules) && rules.length > 0) ||
    Object.values(properties ?? {}).some(holdsRules) ||
    (items !== undefined && holdsRules(items)) ||
    (typeof values === 'object' && holdsRules(values))
  );
};

/**
 * Objects stored before their definition got a default show it all the same. What each stored object becomes is kept, so
 * that reading one again costs nothing.
 */
const defaultedOnRead = (schema: StructuralSchema, { fromStored }: KindStrategy) => {
  const shown = new WeakMap<KubeObject, KubeObject>();
  return (stored: KubeObject): KubeObject => {
    const known = shown.get(stored);
    if (known) return known;
    const object = applyDefaults(schema, fromStored?.(stored) ?? stored);
    shown.set(stored, object);
    return object;
  };
};
