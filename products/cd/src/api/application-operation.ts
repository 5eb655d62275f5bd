/**
 * Syncs that are asked for, and what came of them. @spec CD-APP-19 … CD-APP-25
 */
import { Type } from 'typebox';

import { Timestamp } from '@argosy/kube';

import { Source } from './application-source.ts';

const optional = Type.Optional;

/** How often a failed sync is tried again, and when. */
export const Retry = Type.Object({
  limit: optional(Type.Integer({ description: 'Retries of a failed sync; below 0 without end.' })),
  backoff: optional(
    Type.Object({
      duration: optional(Type.String()),
      factor: optional(Type.Integer()),
      maxDuration: optional(Type.String()),
    }),
  ),
});

const SelectedResource = Type.Object({
  group: optional(Type.String()),
  kind: Type.String(),
  name: Type.String(),
  namespace: optional(Type.String()),
});

/** A sync somebody asks for. */
export const Operation = Type.Object({
  sync: optional(
    Type.Object({
      revision: optional(Type.String()),
      revisions: optional(Type.Array(Type.String())),
      prune: optional(Type.Boolean()),
      dryRun: optional(Type.Boolean()),
      source: optional(Source),
      sources: optional(Type.Array(Source)),
      resources: optional(Type.Array(SelectedResource)),
      syncOptions: optional(Type.Array(Type.String())),
      autoHealAttemptsCount: optional(Type.Integer()),
    }),
  ),
  initiatedBy: optional(Type.Object({ username: optional(Type.String()), automated: optional(Type.Boolean()) })),
  info: optional(Type.Array(Type.Object({ name: Type.String(), value: Type.String() }))),
  retry: optional(Retry),
});

/** What a sync did to one object. */
export const ResourceResult = Type.Object({
  group: Type.String(),
  version: Type.String(),
  kind: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
  status: optional(Type.String()),
  message: optional(Type.String()),
  hookType: optional(Type.String()),
  hookPhase: optional(Type.String()),
  syncPhase: optional(Type.String()),
});

/** A sync that runs, or the last one. */
export const OperationState = Type.Object({
  operation: Operation,
  phase: Type.String(),
  message: optional(Type.String()),
  syncResult: optional(
    Type.Object({
      revision: Type.String(),
      revisions: optional(Type.Array(Type.String())),
      source: optional(Source),
      sources: optional(Type.Array(Source)),
      resources: optional(Type.Array(ResourceResult)),
    }),
  ),
  startedAt: Timestamp,
  finishedAt: optional(Timestamp),
  retryCount: optional(Type.Integer()),
});
