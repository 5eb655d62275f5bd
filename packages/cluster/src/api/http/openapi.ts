/**
 * OpenAPI v3, as far as kubectl reads it: which kinds there are, their schemas (`explain`), and that writes take
 * `dryRun` and `fieldValidation`.
 */
import { toApiVersion, type StructuralSchema } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';

/** `/openapi/v3` */
export const openApiIndex = (kinds: readonly ServedKind[]): unknown => ({
  paths: Object.fromEntries(
    [...new Set(kinds.map(pathOf))].map(
      (path) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${kinds.length}` }] as const,
    ),
  ),
});

/** `/openapi/v3/api/v1` and `/openapi/v3/apis/GROUP/VERSION`; `undefined` when nobody serves it. */
export const openApiDocument = (kinds: readonly ServedKind[], path: string): unknown => {
  const served = kinds.filter((kind) => pathOf(kind) === path);
  if (served.length === 0) return undefined;
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.32.0' },
    paths: Object.fromEntries(served.map((kind) => [objectPath(kind), describePath(kind)] as const)),
    components: {
      schemas: Object.fromEntries(served.map((kind) => [schemaName(kind), describeSchema(kind)] as const)),
    },
  };
};

const pathOf = (kind: ServedKind): string =>
  kind.group === '' ? `api/${kind.version}` : `apis/${kind.group}/${kind.version}`;

const objectPath = (kind: ServedKind): string =>
  `/${pathOf(kind)}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}/{name}`;

const schemaName = (kind: ServedKind): string =>
  `${(kind.group === '' ? 'core' : kind.group).split('.').toReversed().join('.')}.${kind.version}.${kind.kind}`;

const gvkOf = (kind: ServedKind) => ({ group: kind.group, version: kind.version, kind: kind.kind });

const describePath = (kind: ServedKind): unknown => {
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
    name,
    in: 'query',
    schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
  }));
  const responses = {
    200: {
      description: 'OK',
      content: { 'application/json': { schema: { $ref: `#/components/schemas/${schemaName(kind)}` } } },
    },
  };
  const operation = (action: string) => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvkOf(kind),
    parameters,
    responses,
  });
  return { get: operation('get'), put: operation('put'), patch: operation('patch'), delete: operation('delete') };
};

const describeSchema = (kind: ServedKind): unknown => {
  const schema: StructuralSchema = kind.schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    ...schema,
    properties: {
      ...schema.properties,
      apiVersion: {
        type: 'string',
        description: 'APIVersion defines the versioned schema of this representation of an object.',
      },
      kind: {
        type: 'string',
        description: 'Kind is a string value representing the REST resource this object represents.',
      },
      metadata: {
        type: 'object',
        description: `Standard metadata of a ${toApiVersion(kind)} object.`,
        'x-kubernetes-preserve-unknown-fields': true,
      },
    },
    'x-kubernetes-group-version-kind': [gvkOf(kind)],
  };
};
