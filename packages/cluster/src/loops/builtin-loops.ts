/**
 * The loops every Kubernetes has, as far as the embedded one has them.
 */
import type { Controller } from '@argosy/controller';

import { createCronJobLoop } from './cronjob/controller.ts';
import { createDaemonSetLoop } from './daemonset/controller.ts';
import { createDeploymentLoop } from './deployment/controller.ts';
import { createDisruptionBudgetLoop } from './disruption-budget/controller.ts';
import { createEndpointSliceLoop } from './endpoint-slice/controller.ts';
import { createGarbageCollector } from './garbage-collector/controller.ts';
import { createJobLoop } from './job/controller.ts';
import type { LoopDeps } from './loop-deps.ts';
import { createNamespaceLoop, type NamespaceLoopOptions } from './namespace/controller.ts';
import { createQuotaLoop } from './quota/controller.ts';
import { createReplicaSetLoop } from './replicaset/controller.ts';
import { createStatefulSetLoop } from './statefulset/controller.ts';
import { createVolumeClaimLoop, createVolumeLoop } from './volume-claim/controller.ts';

/** Creates all built-in loops; nothing runs before each one's `run`. */
export const createBuiltinLoops = async (
  deps: LoopDeps,
  options: NamespaceLoopOptions = {},
): Promise<readonly Controller[]> => [
  createNamespaceLoop(deps, options),
  createDeploymentLoop(deps),
  createReplicaSetLoop(deps),
  createStatefulSetLoop(deps),
  createDaemonSetLoop(deps),
  createJobLoop(deps),
  createCronJobLoop(deps),
  createEndpointSliceLoop(deps),
  createVolumeClaimLoop(deps),
  createVolumeLoop(deps),
  createDisruptionBudgetLoop(deps),
  createQuotaLoop(deps),
  await createGarbageCollector(deps),
];
