/**
 * The status of applications. @spec CD-APP-19 … CD-APP-32
 */
import { Type } from 'typebox';

import { AnyObject, Timestamp } from '@argosy/kube';

import { Source } from './application-source.ts';
import { OperationState } from './application-operation.ts';

const optional = Type.Optional;

/** How a resource or an application does. */
export const Health = Type.Object({
  status: optional(Type.String()),
  message: optional(Type.String()),
  lastTransitionTime: optional(Timestamp),
});

/** One resource of an application. */
export const ResourceStatus = Type.Object({
  group: optional(Type.String()),
  version: Type.String(),
  kind: Type.String(),
  namespace: optional(Type.String()),
  name: Type.String(),
  status: optional(Type.String()),
  health: optional(Health),
  hook: optional(Type.Boolean()),
  requiresPruning: optional(Type.Boolean()),
  syncWave: optional(Type.Integer()),
});

/** All of it. */
export const Status = Type.Object({
  sync: optional(
    Type.Object({
      status: Type.String(),
      revision: optional(Type.String()),
      revisions: optional(Type.Array(Type.String())),
      comparedTo: optional(
        Type.Object({
          source: optional(Source),
          sources: optional(Type.Array(Source)),
          destination: optional(AnyObject),
        }),
      ),
    }),
  ),
  health: optional(Health),
  resources: optional(Type.Array(ResourceStatus)),
  conditions: optional(
    Type.Array(Type.Object({ type: Type.String(), message: Type.String(), lastTransitionTime: optional(Timestamp) })),
  ),
  operationState: optional(OperationState),
  history: optional(
    Type.Array(
      Type.Object({
        id: Type.Integer(),
        revision: Type.String(),
        revisions: optional(Type.Array(Type.String())),
        deployedAt: Timestamp,
        deployStartedAt: optional(Timestamp),
        source: optional(Source),
        sources: optional(Type.Array(Source)),
        initiatedBy: optional(Type.Object({ username: optional(Type.String()), automated: optional(Type.Boolean()) })),
      }),
    ),
  ),
  summary: optional(Type.Object({ images: optional(Type.Array(Type.String())) })),
  sourceType: optional(Type.String()),
  sourceTypes: optional(Type.Array(Type.String())),
  reconciledAt: optional(Timestamp),
});
