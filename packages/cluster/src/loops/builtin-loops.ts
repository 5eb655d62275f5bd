/**
 * The loops every Kubernetes has, as far as the embedded one has them.
 */
import type { Controller } from '@argosy/controller';

import type { ServiceAccountTokens } from '../access/service-account-tokens.ts';
import type { PodMetrics } from '../kubelet/metrics/pod-metrics.ts';
import type { SignCertificate } from '../pki/sign-certificate.ts';
import { createAccountTokenLoop } from './account-token/controller.ts';
import { createApiServiceLoop } from './api-service/controller.ts';
import type { ApiServerAddress } from './api-service/decide.ts';
import { createAutoscalerLoop } from './autoscaler/controller.ts';
import { createCertificateApprovalLoop } from './certificate-approval/controller.ts';
import { createCertificateSigningLoop } from './certificate-signing/controller.ts';
import { createCronJobLoop } from './cronjob/controller.ts';
import { createDaemonSetLoop } from './daemonset/controller.ts';
import { createDeploymentLoop } from './deployment/controller.ts';
import { createDisruptionBudgetLoop } from './disruption-budget/controller.ts';
import { createEndpointSliceLoop } from './endpoint-slice/controller.ts';
import { createEndpointsLoop } from './endpoints/controller.ts';
import { createEventExpiryLoop } from './event-expiry/controller.ts';
import { createFlowSchemaLoop } from './flow-schema/controller.ts';
import { createGarbageCollector } from './garbage-collector/controller.ts';
import { createGroupVersionLoop } from './group-versions/controller.ts';
import { createJobLoop } from './job/controller.ts';
import type { LoopDeps } from './loop-deps.ts';
import { createNamespaceLoop, type NamespaceLoopOptions } from './namespace/controller.ts';
import { createQuotaLoop } from './quota/controller.ts';
import { createReplicaSetLoop, createReplicationControllerLoop } from './replicaset/controller.ts';
import { createRoleAggregationLoop } from './role-aggregation/controller.ts';
import { createStatefulSetLoop } from './statefulset/controller.ts';
import { createTaintEvictionLoop } from './taint-eviction/controller.ts';
import { createVolumeClaimLoop } from './volume-claim/controller.ts';
import { createVolumeLoop } from './volume-claim/volume-controller.ts';

/** What some of the loops need to know of the cluster; without it these have nothing to do. */
export interface BuiltinLoopOptions extends NamespaceLoopOptions {
  /** Issues the tokens that Secrets of service accounts are filled with. */
  readonly tokens?: Pick<ServiceAccountTokens, 'issue'>;
  /** What pods use, for autoscalers; without it these say that they know no metrics. */
  readonly metrics?: PodMetrics;
  /** Signs certificates on request; without it approved requests wait. */
  readonly signCertificate?: SignCertificate;
  /** Where this machine reaches the API server: what stands behind the Service `kubernetes`. */
  readonly apiServer?: ApiServerAddress;
}

/** Creates all built-in loops; nothing runs before each one's `run`. */
export const createBuiltinLoops = async (
  deps: LoopDeps,
  options: BuiltinLoopOptions = {},
): Promise<readonly Controller[]> => [
  createNamespaceLoop(deps, options),
  createDeploymentLoop(as(deps, 'deployment-controller')),
  createReplicaSetLoop(as(deps, 'replicaset-controller')),
  createReplicationControllerLoop(as(deps, 'replication-controller')),
  createStatefulSetLoop(as(deps, 'statefulset-controller')),
  createDaemonSetLoop(as(deps, 'daemonset-controller')),
  createJobLoop(as(deps, 'job-controller')),
  createCronJobLoop(as(deps, 'cronjob-controller')),
  createEndpointSliceLoop(as(deps, 'endpoint-slice-controller')),
  createEndpointsLoop(deps),
  createVolumeClaimLoop(as(deps, 'persistentvolume-controller')),
  createVolumeLoop(as(deps, 'persistentvolume-controller')),
  createDisruptionBudgetLoop(as(deps, 'controllermanager')),
  createTaintEvictionLoop(as(deps, 'taint-eviction-controller')),
  createQuotaLoop(as(deps, 'resourcequota-controller')),
  ...(options.tokens ? [createAccountTokenLoop(deps, { ...options, tokens: options.tokens })] : []),
  ...(options.apiServer ? [createApiServiceLoop(deps, options.apiServer)] : []),
  createCertificateApprovalLoop(deps),
  ...(options.signCertificate ? [createCertificateSigningLoop(deps, options.signCertificate)] : []),
  createRoleAggregationLoop(deps),
  createFlowSchemaLoop(deps),
  createEventExpiryLoop(deps),
  createGroupVersionLoop(deps),
  createAutoscalerLoop(as(deps, 'horizontal-pod-autoscaler'), options.metrics),
  await createGarbageCollector(deps),
];

/** Events name the loop that tells them, as upstream's controllers are called. */
const as = (deps: LoopDeps, component: string): LoopDeps => ({ ...deps, recorder: deps.recorder.as(component) });
