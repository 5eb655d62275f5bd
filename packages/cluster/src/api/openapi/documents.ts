/**
 * OpenAPI v3, one document per group and version, and v2, one for all: which kinds there are, what is in them (`kubectl explain`),
 * and that writes take `dryRun` and `fieldValidation`. @spec https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition
 */
import { messageNameOf, toApiVersion, type StructuralSchema } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import { createDefinitions, type Definition, type Definitions } from './definitions.ts';
import { encodeSwagger, type SwaggerDocument, type SwaggerOperation, type SwaggerPath } from './swagger-message.ts';
import { toSwaggerSchema } from './swagger-schema.ts';

/** Makes documents; each is made once for the kinds that were served then. */
export interface OpenApiDocuments {
  /** `/openapi/v3` */
  index(kinds: readonly ServedKind[]): unknown;
  /** `/openapi/v3/api/v1` and `/openapi/v3/apis/GROUP/VERSION`; `undefined` when nobody serves it. */
  document(kinds: readonly ServedKind[], path: string): unknown;
  /** `/openapi/v2` */
  swagger(kinds: readonly ServedKind[]): SwaggerDocument;
  /** The same as client-go asks for it: as a protobuf message. */
  swaggerMessage(kinds: readonly ServedKind[]): Uint8Array;
}

const INFO = { title: 'Kubernetes', version: 'v1.32.0' } as const;

/** Creates the documents of one server. */
export const createOpenApiDocuments = (): OpenApiDocuments => {
  let made: { readonly kinds: readonly ServedKind[]; readonly byPath: Map<string, unknown> } | undefined;
  const remembered = (kinds: readonly ServedKind[], path: string, make: () => unknown): unknown => {
    if (made?.kinds !== kinds) made = { kinds, byPath: new Map() };
    const { byPath } = made;
    if (!byPath.has(path)) byPath.set(path, make());
    return byPath.get(path);
  };
  return {
    index: (kinds) => ({
      paths: Object.fromEntries(
        [...new Set(kinds.map(pathOf))].map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}` }] as const),
      ),
    }),
    document: (kinds, path) => {
      const served = kinds.filter((kind) => pathOf(kind) === path);
      if (served.length === 0) return undefined;
      return remembered(kinds, path, () => {
        const prefix = '#/components/schemas/';
        const definitions = createDefinitions(prefix);
        return {
          openapi: '3.0.0',
          info: INFO,
          paths: Object.fromEntries(served.map((kind) => [objectPath(kind), describePath(kind, definitions, prefix)])),
          components: { schemas: definitionsOf(served, definitions) },
        };
      });
    },
    swagger: (kinds) => remembered(kinds, 'v2', () => describeAll(kinds)) as SwaggerDocument,
    swaggerMessage: (kinds) => remembered(kinds, 'v2 message', () => encodeSwagger(describeAll(kinds))) as Uint8Array,
  };
};

const describeAll = (kinds: readonly ServedKind[]): SwaggerDocument => {
  const prefix = '#/definitions/';
  const definitions = createDefinitions(prefix);
  const described = Object.entries(definitionsOf(kinds, definitions));
  const open = new Set(kinds.filter(isOpen).map((kind) => nameOf(kind, definitions)));
  return {
    swagger: '2.0',
    info: INFO,
    paths: Object.fromEntries(
      kinds.map(
        (kind) => [objectPath(kind), describeSwaggerPath(kind, `${prefix}${nameOf(kind, definitions)}`)] as const,
      ),
    ),
    definitions: Object.fromEntries(
      described.map(([name, of]) => [name, toSwaggerSchema(open.has(name) ? withoutMembers(of) : of)] as const),
    ),
  };
};

/** Whether an object may have any members. */
const isOpen = (kind: ServedKind): boolean =>
  kind.custom && (!kind.schema || kind.schema['x-kubernetes-preserve-unknown-fields'] === true);

/** Clients take members that v2 does not name for wrong, so a kind that may have any is an object and no more. @upstream apiextensions-apiserver pkg/controller/openapi/builder */
const withoutMembers = ({
  properties: _members,
  required: _required,
  'x-kubernetes-preserve-unknown-fields': _open,
  ...definition
}: Definition): Definition => definition;

const pathOf = (kind: ServedKind): string =>
  kind.group === '' ? `api/${kind.version}` : `apis/${kind.group}/${kind.version}`;

const objectPath = (kind: ServedKind): string =>
  `/${pathOf(kind)}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}/{name}`;

const gvkOf = (kind: ServedKind) => ({ group: kind.group, version: kind.version, kind: kind.kind });

const messageOf = (kind: ServedKind): string => messageNameOf(toApiVersion(kind), kind.kind);

/** Custom kinds are named by their group, turned around. */
const nameOf = (kind: ServedKind, definitions: Definitions): string =>
  (kind.custom ? undefined : definitions.nameOf(messageOf(kind))) ??
  `${kind.group.split('.').toReversed().join('.')}.${kind.version}.${kind.kind}`;

const definitionsOf = (
  kinds: readonly ServedKind[],
  definitions: Definitions,
): Readonly<Record<string, Definition>> => {
  const builtin = kinds.filter((kind) => !kind.custom && definitions.nameOf(messageOf(kind)) !== undefined);
  const all = new Map(definitions.of([...builtin.map(messageOf), 'meta.ObjectMeta', 'meta.DeleteOptions']));
  for (const kind of kinds) {
    const name = nameOf(kind, definitions);
    const known = all.get(name) ?? (kind.schema as Definition | undefined) ?? ANYTHING;
    all.set(name, asKind(kind, known));
  }
  return Object.fromEntries(all);
};

const ANYTHING: Definition = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** Adds what every object has. */
const asKind = (kind: ServedKind, definition: Definition): Definition => {
  const metadata = definition.properties?.['metadata'] ?? {
    type: 'object',
    description: `Metadata of a ${toApiVersion(kind)} object.`,
    'x-kubernetes-preserve-unknown-fields': true,
  };
  return {
    ...definition,
    properties: { ...definition.properties, apiVersion: API_VERSION, kind: KIND, metadata },
    'x-kubernetes-group-version-kind': [gvkOf(kind)],
  };
};

const API_VERSION: StructuralSchema = { type: 'string', description: 'Group and version of the kind.' };
const KIND: StructuralSchema = { type: 'string', description: 'Name of the kind.' };

/** What says how a write is meant; clients look here whether a server knows dry runs and field validation. */
const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation', 'force'] as const;
const typeOfParameter = (name: (typeof WRITE_PARAMETERS)[number]): string => (name === 'force' ? 'boolean' : 'string');

const describePath = (kind: ServedKind, definitions: Definitions, prefix: string): unknown => {
  const schema = { $ref: `${prefix}${nameOf(kind, definitions)}` };
  const operation = (action: string) => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvkOf(kind),
    parameters: WRITE_PARAMETERS.map((name) => ({
      name,
      in: 'query',
      schema: { type: typeOfParameter(name), uniqueItems: true },
    })),
    responses: { 200: { description: 'OK', content: { 'application/json': { schema } } } },
  });
  return { get: operation('get'), put: operation('put'), patch: operation('patch'), delete: operation('delete') };
};

const describeSwaggerPath = (kind: ServedKind, reference: string): SwaggerPath => {
  const operation = (action: string): SwaggerOperation => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvkOf(kind),
    parameters: WRITE_PARAMETERS.map((name) => ({
      name,
      in: 'query',
      type: typeOfParameter(name),
      uniqueItems: true,
    })),
    responses: { 200: { description: 'OK', schema: { $ref: reference } } },
  });
  return { get: operation('get'), put: operation('put'), patch: operation('patch'), delete: operation('delete') };
};
