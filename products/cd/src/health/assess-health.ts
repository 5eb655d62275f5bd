/**
 * The built-in health checks. One small function per kind; a kind without one has no health.
 * @upstream argo-cd gitops-engine/pkg/health/health.go @spec CD-HLTH-01 … CD-HLTH-22
 */
import { gvkOf, type KubeObject } from '@argosy/kube';

import { health, type Health } from './health.ts';
import { assessPod } from './assess-pod.ts';
import {
  assessApiService,
  assessHorizontalPodAutoscaler,
  assessIngress,
  assessPersistentVolumeClaim,
  assessService,
} from './assess-networking.ts';
import {
  assessDaemonSet,
  assessDeployment,
  assessJob,
  assessReplicaSet,
  assessStatefulSet,
} from './assess-workloads.ts';
import { assessAnalysisRun, assessRollout, assessWorkflow } from './assess-argo.ts';

type Assess = (object: KubeObject) => Health;

const CHECKS: Readonly<Record<string, Assess>> = {
  'apps/Deployment': assessDeployment,
  'apps/StatefulSet': assessStatefulSet,
  'apps/DaemonSet': assessDaemonSet,
  'apps/ReplicaSet': assessReplicaSet,
  '/Pod': assessPod,
  'batch/Job': assessJob,
  '/Service': assessService,
  'extensions/Ingress': assessIngress,
  'networking.k8s.io/Ingress': assessIngress,
  '/PersistentVolumeClaim': assessPersistentVolumeClaim,
  'autoscaling/HorizontalPodAutoscaler': assessHorizontalPodAutoscaler,
  'apiregistration.k8s.io/APIService': assessApiService,
  'argoproj.io/Workflow': assessWorkflow,
  'argoproj.io/Rollout': assessRollout,
  'argoproj.io/AnalysisRun': assessAnalysisRun,
};

/** Versions a built-in check understands; others are Unknown, as upstream's error. */
const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['v1'],
  'apps/StatefulSet': ['v1'],
  'apps/DaemonSet': ['v1'],
  'apps/ReplicaSet': ['v1'],
  '/Pod': ['v1'],
  'batch/Job': ['v1'],
};

/** An object's health; `undefined` for kinds nobody can judge. Never throws: what cannot be read is Unknown. */
export const assessHealth = (object: KubeObject): Health | undefined => {
  const { group, version, kind } = gvkOf(object);
  const identity = `${group}/${kind}`;
  if (object.metadata.deletionTimestamp && !holdsHookFinalizer(object))
    return health('Progressing', 'Pending deletion');
  const check = Object.hasOwn(CHECKS, identity) ? CHECKS[identity] : undefined;
  if (!check) return undefined;
  if (VERSIONS[identity] && !VERSIONS[identity].includes(version))
    return health('Unknown', `unsupported ${kind} version ${object.apiVersion}`);
  try {
    return check(object);
  } catch {
    // Live objects of odd shape (a CRD that took a built-in's name) must not stop the application.
    return health('Unknown', `the ${kind} has an unexpected shape`);
  }
};

const holdsHookFinalizer = (object: KubeObject): boolean =>
  object.metadata.finalizers?.includes('argocd.argoproj.io/hook-finalizer') ?? false;
