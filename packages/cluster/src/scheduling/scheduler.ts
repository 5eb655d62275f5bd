/**
 * Puts pods on the node of this cluster, or tells them why not. @upstream kubernetes pkg/scheduler/schedule_one.go
 */
import { messageOf } from '@argosy/base';
import type { Client, InformerSet } from '@argosy/client';
import {
  createController,
  watchMapped,
  watchObjects,
  type Controller,
  type ControllerDeps,
  type Next,
  type Recorder,
} from '@argosy/controller';
import {
  findCondition,
  formatKey,
  isApiError,
  keyOf,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  withCondition,
  type Pod,
} from '@argosy/kube';

import { decidePlacement } from './decide-placement.ts';
import { takesNodeClaims } from './node-claims.ts';
import { hasPodTerms } from './pod-terms.ts';

/** Ports of the scheduler. */
export interface SchedulerDeps extends ControllerDeps {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly recorder: Recorder;
}

/** Pods that say something about their neighbours, or take what others cannot have; all others need not be looked at. */
const PARTICULAR = 'particular';
/** Pods bound at the same time. */
const CONCURRENCY = 16;

/** Creates the scheduler for one node. */
export const createScheduler = (deps: SchedulerDeps, options: { readonly nodeName: string }): Controller => {
  const { client } = deps;
  const recorder = deps.recorder.as('default-scheduler');
  const pods = deps.informers.of({
    resource: PODS,
    indexes: { [PARTICULAR]: (pod) => (isParticular(pod) ? [pod.spec?.nodeName ?? ''] : []) },
  });
  const nodes = deps.informers.of({ resource: NODES });
  const claims = deps.informers.of({ resource: PERSISTENT_VOLUME_CLAIMS });

  const podsOn = (pod: Pod): readonly Pod[] => {
    const near = hasPodTerms(pod) ? pods.list() : pods.byIndex(PARTICULAR, options.nodeName);
    const there = near.filter((other) => other.spec?.nodeName === options.nodeName && !hasEnded(other));
    const known = new Set(there.map(({ metadata }) => metadata.uid));
    return [...there, ...[...underway.values()].filter(({ metadata }) => !known.has(metadata.uid))];
  };
  /** Particular pods on their way to the node, which the informer does not know there yet. */
  const underway = new Map<string, Pod>();
  const bind = async (pod: Pod, signal: AbortSignal): Promise<Next> => {
    const bound: Pod = { ...pod, spec: { ...(pod.spec ?? { containers: [] }), nodeName: options.nodeName } };
    const uid = pod.metadata.uid ?? '';
    if (isParticular(pod)) underway.set(uid, bound);
    try {
      return await place(pod, bound, signal);
    } finally {
      underway.delete(uid);
    }
  };
  const place = async (pod: Pod, bound: Pod, signal: AbortSignal): Promise<Next> => {
    try {
      const { metadata } = await client.update(PODS, bound);
      if (isParticular(pod)) await pods.whenSeen(metadata.resourceVersion, signal);
    } catch (thrown) {
      // After a conflict the newer object arrives by the informer and is bound then.
      if (isApiError(thrown, 'Conflict', 'NotFound')) return { kind: 'settled' };
      throw new Error(`bind pod ${formatKey(keyOf(pod))}: ${messageOf(thrown)}`, { cause: thrown });
    }
    const message = `Successfully assigned ${formatKey(keyOf(pod))} to ${options.nodeName}`;
    recorder.event(pod, { type: 'Normal', reason: 'Scheduled', message });
    return { kind: 'settled' };
  };
  const refuse = async (pod: Pod, message: string): Promise<Next> => {
    const next: Next = { kind: 'waiting', reason: message };
    if (findCondition(pod.status?.conditions, 'PodScheduled')?.message === message) return next;
    recorder.event(pod, { type: 'Warning', reason: 'FailedScheduling', message });
    const condition = { type: 'PodScheduled', status: 'False' as const, reason: 'Unschedulable', message };
    const conditions = withCondition(pod.status?.conditions, condition, deps.clock.now());
    try {
      const patch = { metadata: { uid: pod.metadata.uid }, status: { conditions } };
      await client.patch(PODS, keyOf(pod), { kind: 'merge', patch }, { subresource: 'status' });
    } catch (thrown) {
      if (!isApiError(thrown, 'Conflict', 'NotFound')) throw thrown;
    }
    return next;
  };
  return createController(deps, {
    name: 'scheduler',
    concurrency: CONCURRENCY,
    sources: [
      watchObjects(pods, (change) => change.kind !== 'deleted' && isWaiting(change.object)),
      // Who waits is looked at again when a node, a claim or the neighbours change.
      watchMapped(nodes, () => pods.list().filter(isWaiting).map(keyOf)),
      watchMapped(claims, () => pods.list().filter(isWaiting).map(keyOf)),
      watchMapped(pods, (change) =>
        (change.kind === 'deleted' || hasEnded(change.object)) && isParticular(change.object)
          ? pods.list().filter(isWaiting).map(keyOf)
          : [],
      ),
    ],
    reconcile: async (key, signal) => {
      const pod = pods.get(key);
      if (!pod || !isWaiting(pod)) return { kind: 'settled' };
      const node = nodes.get({ name: options.nodeName });
      const namespace = key.namespace ?? '';
      const placement = decidePlacement(pod, {
        nodes: node ? [node] : [],
        podsOn: () => podsOn(pod),
        claim: (name) => claims.get({ namespace, name }),
      });
      return placement.kind === 'place' ? bind(pod, signal) : refuse(pod, placement.message);
    },
  });
};

/** A pod that is ours to place; gated ones and those of other schedulers are not. */
const isWaiting = ({ spec, metadata, status }: Pod): boolean => {
  if (spec?.nodeName || metadata.deletionTimestamp || status?.phase === 'Failed') return false;
  const gates = spec?.['schedulingGates'];
  const scheduler = spec?.['schedulerName'] ?? 'default-scheduler';
  return !(Array.isArray(gates) && gates.length > 0) && scheduler === 'default-scheduler';
};

/** Whether other pods may have to be elsewhere, or wait, because of this one. */
const isParticular = (pod: Pod): boolean => hasPodTerms(pod) || takesNodeClaims(pod);

const hasEnded = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
