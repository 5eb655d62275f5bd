/**
 * The Application kind: its type, CRD and validation from one definition.
 * @spec CD-APP-01 … CD-APP-32
 */
import { Type, type Static } from 'typebox';

import type { DeepReadonly } from '@argosy/base';
import {
  forbiddenField,
  requiredField,
  resourceOf,
  toStructuralSchema,
  unsupportedFields,
  type FieldError,
  type KindDefinition,
  type KubeObject,
} from '@argosy/kube';

import { Source, type ApplicationSource } from './application-source.ts';
import { validateSources } from './validate-source.ts';
import type { ResourceStatus } from './application-status.ts';
import { Status } from './application-status.ts';
import type { OperationState, ResourceResult } from './application-operation.ts';
import { Operation, Retry } from './application-operation.ts';

const optional = Type.Optional;

const Spec = Type.Object({
  project: optional(Type.String()),
  destination: Type.Object({
    server: optional(Type.String()),
    name: optional(Type.String()),
    namespace: optional(Type.String()),
  }),
  source: optional(Source),
  sources: optional(Type.Array(Source)),
  syncPolicy: optional(
    Type.Object({
      automated: optional(
        Type.Object({
          enabled: optional(Type.Boolean()),
          prune: optional(Type.Boolean()),
          selfHeal: optional(Type.Boolean()),
          allowEmpty: optional(Type.Boolean()),
        }),
      ),
      syncOptions: optional(Type.Array(Type.String())),
      retry: optional(Retry),
    }),
  ),
  ignoreDifferences: optional(
    Type.Array(
      Type.Object({
        group: optional(Type.String()),
        kind: Type.String(),
        name: optional(Type.String()),
        namespace: optional(Type.String()),
        jsonPointers: optional(Type.Array(Type.String())),
      }),
    ),
  ),
  info: optional(Type.Array(Type.Object({ name: Type.String(), value: Type.String() }))),
  revisionHistoryLimit: optional(Type.Integer()),
});

export type { ApplicationSource };
export type ApplicationSpec = DeepReadonly<Static<typeof Spec>>;
export type ApplicationOperation = DeepReadonly<Static<typeof Operation>>;
export type ApplicationStatus = DeepReadonly<Static<typeof Status>>;
export type ApplicationOperationState = DeepReadonly<Static<typeof OperationState>>;
export type ApplicationResourceStatus = DeepReadonly<Static<typeof ResourceStatus>>;
export type ApplicationResourceResult = DeepReadonly<Static<typeof ResourceResult>>;

/** An application: what is in Git, kept true in a cluster. `operation` is a sync somebody asks for. */
export interface Application extends KubeObject<ApplicationSpec, ApplicationStatus> {
  readonly operation?: ApplicationOperation;
}

/** The one cluster an embedded platform has. */
export const IN_CLUSTER_SERVER = 'https://kubernetes.default.svc';
export const IN_CLUSTER_NAME = 'in-cluster';

const schema = toStructuralSchema(
  Type.Object({
    apiVersion: optional(Type.String()),
    kind: optional(Type.String()),
    spec: Spec,
    status: optional(Status),
    operation: optional(Operation),
  }),
);

/** The definition. Upstream gives Application no status subresource (CD-APP-01). */
export const APPLICATION: KindDefinition<Application> = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'Application',
  plural: 'applications',
  singular: 'application',
  shortNames: ['app', 'apps'],
  scope: 'Namespaced',
  schema,
  statusSubresource: false,
  printerColumns: [
    { name: 'Sync Status', type: 'string', jsonPath: '.status.sync.status' },
    { name: 'Health Status', type: 'string', jsonPath: '.status.health.status' },
    { name: 'Revision', type: 'string', jsonPath: '.status.sync.revision', priority: 10 },
    { name: 'Project', type: 'string', jsonPath: '.spec.project', priority: 10 },
  ],
  validate: (application) => [
    ...unsupportedFields(schema, application),
    ...validateDestination(application),
    ...validateSources(application.spec ?? {}),
  ],
};

/** The client's name for applications. */
export const APPLICATIONS = resourceOf(APPLICATION);

const validateDestination = ({ spec }: Application): readonly FieldError[] => {
  const destination = spec?.destination;
  if (!destination) return [requiredField('spec.destination')];
  const { server, name } = destination;
  if (server && name)
    return [forbiddenField('spec.destination', `can't have both name and server defined: ${name} ${server}`)];
  if (server && server !== IN_CLUSTER_SERVER)
    return [forbiddenField('spec.destination.server', `only ${IN_CLUSTER_SERVER} is supported yet`)];
  if (name && name !== IN_CLUSTER_NAME)
    return [forbiddenField('spec.destination.name', `only ${IN_CLUSTER_NAME} is supported yet`)];
  return server || name ? [] : [requiredField('spec.destination', `set server to ${IN_CLUSTER_SERVER}`)];
};
