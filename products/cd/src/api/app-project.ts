/**
 * The AppProject kind: what applications of a team may read and write.
 * @spec CD-PROJ-01 … CD-PROJ-09, CD-PROJ-17, CD-PROJ-19, CD-PROJ-20
 */
import { Type, type Static } from 'typebox';

import type { DeepReadonly } from '@argosy/base';
import {
  AnyObject,
  forbiddenField,
  resourceOf,
  toStructuralSchema,
  unsupportedFields,
  type FieldError,
  type KindDefinition,
  type KubeObject,
} from '@argosy/kube';

const optional = Type.Optional;

const Destination = Type.Object({
  server: optional(Type.String({ description: 'Address of a cluster; a glob, denied with a leading !.' })),
  name: optional(Type.String({ description: 'Name of a cluster; a glob, denied with a leading !.' })),
  namespace: optional(Type.String({ description: 'A glob, denied with a leading !.' })),
});

const GroupKind = Type.Object({ group: Type.String(), kind: Type.String() });
const ClusterResource = Type.Object({ group: Type.String(), kind: Type.String(), name: optional(Type.String()) });

const Spec = Type.Object({
  description: optional(Type.String({ maxLength: 255 })),
  sourceRepos: optional(
    Type.Array(Type.String({ description: 'Addresses applications may read; globs, denied with a leading !.' })),
  ),
  destinations: optional(Type.Array(Destination)),
  sourceNamespaces: optional(
    Type.Array(Type.String({ description: 'Namespaces beside the control namespace that may hold applications.' })),
  ),
  clusterResourceWhitelist: optional(Type.Array(ClusterResource)),
  clusterResourceBlacklist: optional(Type.Array(ClusterResource)),
  namespaceResourceWhitelist: optional(Type.Array(GroupKind)),
  namespaceResourceBlacklist: optional(Type.Array(GroupKind)),
});

export type AppProjectSpec = DeepReadonly<Static<typeof Spec>>;
export type AppProjectDestination = DeepReadonly<Static<typeof Destination>>;

/** A project. Upstream gives it no status subresource. */
export type AppProject = KubeObject<AppProjectSpec>;

const schema = toStructuralSchema(
  Type.Object({
    apiVersion: optional(Type.String()),
    kind: optional(Type.String()),
    spec: Spec,
    status: optional(AnyObject),
  }),
);

/** The definition. */
export const APP_PROJECT: KindDefinition<AppProject> = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'AppProject',
  plural: 'appprojects',
  singular: 'appproject',
  shortNames: ['appproj', 'appprojs'],
  scope: 'Namespaced',
  schema,
  statusSubresource: false,
  validate: (project) => [...unsupportedFields(schema, project), ...validateProject(project.spec ?? {})],
};

/** The client's name for projects. */
export const APP_PROJECTS = resourceOf(APP_PROJECT);

/** What is wrong with a project beyond its schema. */
export const validateProject = (spec: AppProjectSpec): readonly FieldError[] => [
  ...repeatedTexts(spec.sourceRepos ?? [], 'spec.sourceRepos'),
  ...(spec.sourceRepos ?? []).flatMap((repository, at) => refuseNothing(repository, `spec.sourceRepos[${at}]`)),
  ...repeatedTexts(spec.sourceNamespaces ?? [], 'spec.sourceNamespaces'),
  ...repeatedTexts((spec.destinations ?? []).map(identityOf), 'spec.destinations'),
  ...(spec.destinations ?? []).flatMap((destination, at) =>
    (['server', 'name', 'namespace'] as const).flatMap((key) =>
      refuseNothing(destination[key] ?? '', `spec.destinations[${at}].${key}`),
    ),
  ),
];

const identityOf = ({ server = '', name = '', namespace = '' }: AppProjectDestination): string =>
  [server, name, namespace].join(' ');

const refuseNothing = (pattern: string, field: string): readonly FieldError[] =>
  pattern === '!*' ? [forbiddenField(field, '"!*" permits nothing at all; remove it')] : [];

const repeatedTexts = (texts: readonly string[], field: string): readonly FieldError[] =>
  texts.flatMap((text, at) =>
    texts.indexOf(text) === at ? [] : [forbiddenField(`${field}[${at}]`, `${JSON.stringify(text)} is there already`)],
  );
