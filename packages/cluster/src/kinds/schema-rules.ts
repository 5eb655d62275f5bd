/** What a built-in kind's schema asks of its objects, added to its strategy: defaults, validation and warnings. */
import { isEmpty, isObject } from '@argosy/base';
import {
  BUILTIN_DEFAULTS,
  BUILTIN_SCHEMAS,
  BUILTIN_VALIDATIONS,
  BUILTIN_WARNINGS,
  emptyObjectOf,
  messageNameOf,
  MESSAGES,
  MOST_FINDINGS,
  OBJECT_PROPERTIES,
  pruneUnknown,
  shownWhenEmpty,
  toApiVersion,
  validateAgainstSchema,
  withoutNulls,
  withoutZeros,
  type FieldError,
  type KubeObject,
  type StructuralSchema,
} from '@argosy/kube';

import type { KindStrategy, ServedKind } from './served-kind.ts';

/**
 * A built-in kind with its schema, defaults and rules. Fields it does not have are lost, whatever the validation a client
 * asks for; the schemas have every field of the version they follow.
 */
export const withBuiltinRules = (kind: ServedKind): ServedKind => {
  const schema = BUILTIN_SCHEMAS[identityOf(kind)];
  const empty = emptyObjectOf(kind);
  const shown = shownWhenEmpty(empty);
  return {
    ...kind,
    ...(schema ? { schema } : {}),
    ...(isEmpty(empty) ? {} : { empty }),
    ...(isEmpty(shown) ? {} : { shownWhenEmpty: shown }),
    strategy: {
      ...kind.strategy,
      ...builtinReading(kind, schema),
      ...builtinWarnings(kind),
      validate: builtinValidation(kind, schema),
    },
  };
};

const builtinWarnings = (kind: ServedKind): Pick<KindStrategy, 'warn'> => {
  // As the defaults: over drafts.
  const warnings = BUILTIN_WARNINGS[identityOf(kind)] as KindStrategy['warn'];
  const own = kind.strategy.warn;
  return warnings ? { warn: (object) => [...(own?.(object) ?? []), ...warnings(object)] } : {};
};

/** A kind has one row in the tables, unless a version of it differs. */
const identityOf = ({ group, version, kind }: ServedKind): string => {
  const versioned = `${group}/${version}/${kind}`;
  return Object.hasOwn(BUILTIN_SCHEMAS, versioned) ? versioned : `${group}/${kind}`;
};

const builtinReading = (
  kind: ServedKind,
  schema: StructuralSchema | undefined,
): Required<Pick<KindStrategy, 'default' | 'prepareStatus'>> => {
  const { strategy } = kind;
  // The tables are over drafts of objects; what they return has the kind's shape again.
  const defaults = BUILTIN_DEFAULTS[identityOf(kind)] as ((object: KubeObject) => KubeObject) | undefined;
  const message = MESSAGES.find(messageNameOf(toApiVersion(kind), kind.kind));
  const readAsDeclared = (object: KubeObject): KubeObject =>
    schema ? declaredParts(schema, withoutNulls(schema, object) as KubeObject) : object;
  return {
    default: (object) => {
      const declared = readAsDeclared(object);
      const given = message ? withoutZeros(MESSAGES, message, declared, isSettled) : declared;
      const own = strategy.default?.(given) ?? given;
      return defaults?.(own) ?? own;
    },
    // Who writes a status may name fields nobody declares, and nulls for what is not there, as well.
    prepareStatus: (object, previous, of) => {
      // What else there is, a spec of any size, is not theirs.
      const { status, metadata } = readAsDeclared({ ...object, spec: undefined });
      const given = withStatus({ ...object, metadata }, status);
      return strategy.prepareStatus?.(given, previous, of) ?? given;
    },
  };
};

const builtinValidation = (
  kind: ServedKind,
  schema: StructuralSchema | undefined,
): NonNullable<KindStrategy['validate']> => {
  // As the defaults: over drafts.
  const rules = BUILTIN_VALIDATIONS[identityOf(kind)] as KindStrategy['validate'];
  const schemaFor = schema && schemaOfChanges(schema);
  return (object, previous) => {
    const shape = schemaFor ? validateAgainstSchema(schemaFor(object, previous), object) : [];
    // Rules between fields read fields as their types say: only an object of the right shape is shown to them.
    // Where more is wrong than is told, rules have nothing to add.
    if (shape.length > MOST_FINDINGS || shape.some(isOfType)) return shape;
    const found = [...(kind.strategy.validate?.(object, previous) ?? []), ...(rules?.(object, previous) ?? [])];
    return shape.length === 0 ? found : [...found, ...withoutSpokenOf(shape, found)];
  };
};

/** An object with this status; without one where it is none. */
export const withStatus = ({ status: _given, ...object }: KubeObject, status: unknown): KubeObject =>
  status === undefined ? object : { ...object, status };

/** What stays: a part of the stored object was looked through before; who writes a status counts, and finds what it wrote. */
const isSettled = (part: unknown, name: string): boolean =>
  // Deviates: kube-apiserver leaves out zeros of a status as well.
  name === 'status' || (typeof part === 'object' && part !== null && Object.isFrozen(part));

/**
 * A schema that asks nothing of the parts of an object that are the stored one's themselves: those were judged when they were
 * stored. Most writes are of a status, beside a spec many times its size. One is made for each set of parts, of which a kind
 * sees two or three.
 */
const schemaOfChanges = (schema: StructuralSchema) => {
  const made = new Map<string, StructuralSchema>();
  return (object: KubeObject, previous: KubeObject | undefined): StructuralSchema => {
    if (!previous) return schema;
    const [parts, before] = [Object.entries(object), previous as unknown as Readonly<Record<string, unknown>>];
    const kept = parts.filter(([name, part]) => isObject(part) && part === before[name]).map(([name]) => name);
    if (kept.length === 0) return schema;
    const key = kept.join();
    const known = made.get(key);
    if (known) return known;
    const asksNothing = Object.fromEntries(kept.map((name) => [name, {}]));
    const created = { ...schema, properties: { ...schema.properties, ...asksNothing } };
    made.set(key, created);
    return created;
  };
};

/** An object of a built-in kind has no fields but those of its kind: others are lost when it is read. */
const declaredParts = (schema: StructuralSchema, object: KubeObject): KubeObject => {
  const declared = pruneUnknown(schema, object);
  // Every object's metadata is the same, whatever the schema of its kind says of it.
  const metadata = pruneUnknown(OBJECT_PROPERTIES.metadata, declared.metadata);
  return metadata === declared.metadata ? declared : { ...declared, metadata };
};

/** What is missing or stands twice still has the types rules expect. */
const isOfType = ({ reason }: FieldError): boolean =>
  reason !== 'FieldValueRequired' && reason !== 'FieldValueDuplicate';

/** Where a rule speaks of a field or of what is below it, it says more than its schema can. */
const withoutSpokenOf = (shape: readonly FieldError[], found: readonly FieldError[]): readonly FieldError[] => {
  const spokenOf = new Set<string>();
  for (const { field } of found) {
    spokenOf.add(field);
    for (const { index } of field.matchAll(/[.[]/g)) spokenOf.add(field.slice(0, index));
  }
  return shape.filter(({ field }) => !spokenOf.has(field));
};
