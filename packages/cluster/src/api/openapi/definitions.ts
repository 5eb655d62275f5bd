/**
 * Kubernetes' messages as OpenAPI definitions, each under the name it has upstream.
 * @upstream kubernetes api/openapi-spec
 */
import { fieldsOf, MESSAGES, type MessageField, type StructuralSchema } from '@argosy/kube';

import { DESCRIPTIONS } from './descriptions.ts';

/** A definition; references to others are by `$ref`. */
export type Definition = StructuralSchema & {
  readonly $ref?: string;
  readonly allOf?: readonly Definition[];
  readonly 'x-kubernetes-group-version-kind'?: readonly object[];
};

/** Gives definitions. */
export interface Definitions {
  /** The name of a message's definition, e.g. `io.k8s.api.core.v1.Pod`; `undefined` when there is no such message. */
  nameOf(message: string): string | undefined;
  /** The definitions of messages and of all they refer to, by name. */
  of(messages: readonly string[]): ReadonlyMap<string, Definition>;
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** Upstream keeps custom resource definitions in a module of their own. */
const EXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis';
const MODULES: Readonly<Record<string, string>> = { apiextensions: EXTENSIONS };

/** Forms of their own, with the names upstream gives them. */
const FORMS: Readonly<Record<string, readonly [name: string, definition: Definition]>> = {
  Time: [`${META}.Time`, { type: 'string', format: 'date-time' }],
  MicroTime: [`${META}.MicroTime`, { type: 'string', format: 'date-time' }],
  Quantity: [
    'io.k8s.apimachinery.pkg.api.resource.Quantity',
    { oneOf: [{ type: 'string' }, { type: 'number' }], description: 'An amount such as 500m or 1Gi.' },
  ],
  IntOrString: [
    'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string', 'x-kubernetes-int-or-string': true },
  ],
  Raw: [
    'io.k8s.apimachinery.pkg.runtime.RawExtension',
    { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  ],
  Json: [`${EXTENSIONS}.apiextensions.v1.JSON`, { description: 'Any JSON value.' }],
  SchemaOrList: [
    `${EXTENSIONS}.apiextensions.v1.JSONSchemaPropsOrArray`,
    { description: 'A schema, or a list of them.' },
  ],
  SchemaOrFlag: [
    `${EXTENSIONS}.apiextensions.v1.JSONSchemaPropsOrBool`,
    { description: 'A schema, or true or false.' },
  ],
  SchemaOrTexts: [
    `${EXTENSIONS}.apiextensions.v1.JSONSchemaPropsOrStringArray`,
    { description: 'A schema, or a list of names.' },
  ],
};

const SCALARS: Readonly<Record<string, Definition>> = {
  string: { type: 'string' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  bool: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  double: { type: 'number', format: 'double' },
  Duration: { type: 'string' },
  Items: { type: 'array', items: { type: 'string' } },
};

/** Creates the definitions; `prefix` is where references point, e.g. `#/components/schemas/`. */
export const createDefinitions = (prefix: string): Definitions => {
  const nameOf = (message: string): string | undefined => {
    if (!MESSAGES.find(message)) return undefined;
    const dot = message.lastIndexOf('.');
    const [group, name] = [message.slice(0, dot), message.slice(dot + 1)];
    const module = MODULES[group.split('/')[0] ?? ''] ?? 'io.k8s.api';
    return group === 'meta' ? `${META}.${name}` : `${module}.${group.replace('/', '.')}.${name}`;
  };
  const collect = (message: string, found: Map<string, Definition>): void => {
    const name = nameOf(message);
    const described = MESSAGES.find(message);
    if (name === undefined || !described || found.has(name)) return;
    // Entered before it is complete, so that messages that contain themselves end.
    found.set(name, {});
    const fields = fieldsOf(MESSAGES, described);
    const required = fields.filter((field) => field.isRequired).map((field) => field.name);
    found.set(name, {
      type: 'object',
      ...describe(message),
      properties: Object.fromEntries(fields.map((field) => [field.name, property(message, field, found)] as const)),
      ...(required.length > 0 ? { required } : {}),
      ...(described.isAtomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    });
  };
  const property = (message: string, field: MessageField, found: Map<string, Definition>): Definition => {
    const description = describe(`${message}.${field.name}`);
    const inner = typeOf(field.type.of, found);
    if (field.type.kind === 'map') return { type: 'object', additionalProperties: inner, ...description };
    if (field.type.kind === 'list') return { type: 'array', items: inner, ...description, ...mergingOf(field) };
    // Beside a reference nothing else counts, so the description stands around it.
    return inner.$ref ? { allOf: [inner], ...description } : { ...inner, ...description };
  };
  const typeOf = (type: string, found: Map<string, Definition>): Definition => {
    const scalar = Object.hasOwn(SCALARS, type) ? SCALARS[type] : undefined;
    if (scalar) return scalar;
    const form = Object.hasOwn(FORMS, type) ? FORMS[type] : undefined;
    if (form) {
      found.set(form[0], form[1]);
      return { $ref: `${prefix}${form[0]}` };
    }
    collect(type, found);
    return { $ref: `${prefix}${nameOf(type) ?? ''}` };
  };
  return {
    nameOf,
    of: (messages) => {
      const found = new Map<string, Definition>();
      for (const message of messages) collect(message, found);
      return found;
    },
  };
};

const describe = (what: string): { readonly description?: string } => {
  const own = Object.hasOwn(DESCRIPTIONS, what) ? DESCRIPTIONS[what] : undefined;
  const field = `*.${what.slice(what.lastIndexOf('.') + 1)}`;
  const common = Object.hasOwn(DESCRIPTIONS, field) ? DESCRIPTIONS[field] : undefined;
  const description = own ?? common;
  return description === undefined ? {} : { description };
};

const mergingOf = (field: MessageField): Definition => ({
  ...mergingOfType(field),
  ...(field.listMapKeys ? { 'x-kubernetes-list-map-keys': field.listMapKeys } : {}),
  ...(field.patchStrategy ? { 'x-kubernetes-patch-strategy': field.patchStrategy } : {}),
  ...(field.patchMergeKey ? { 'x-kubernetes-patch-merge-key': field.patchMergeKey } : {}),
});

const mergingOfType = ({ type, merging }: MessageField): Definition => {
  if (merging === 'atomic' || merging === 'granular')
    return type.kind === 'list' ? { 'x-kubernetes-list-type': 'atomic' } : { 'x-kubernetes-map-type': merging };
  return merging ? { 'x-kubernetes-list-type': merging } : {};
};
