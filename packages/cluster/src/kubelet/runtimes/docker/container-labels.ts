/**
 * What the engine remembers for us about a container, so that a restart of this program needs no other record.
 */
import type { ContainerLaunch } from '../../pod-runtime.ts';

/** Names of the labels. */
export const LABELS = {
  /** Which platform's container it is, so that two platforms on one engine leave each other alone. */
  instance: 'argosy.dev/instance',
  /** Process that is lost with all its pods, as `<pid>:<start time>`; only on platforms that keep nothing. */
  owner: 'argosy.dev/owner',
  podUid: 'argosy.dev/pod-uid',
  podName: 'argosy.dev/pod-name',
  podNamespace: 'argosy.dev/pod-namespace',
  /** Absent on a sandbox. */
  container: 'argosy.dev/container',
  restartCount: 'argosy.dev/restart-count',
  /** The pod's address; on a sandbox only. */
  podIP: 'argosy.dev/pod-ip',
  /** Paths that are copied out after the end, as a JSON list. */
  collects: 'argosy.dev/collects',
  /** Where the termination message is read, `fallback` when the log stands in for it. */
  terminationMessage: 'argosy.dev/termination-message',
} as const;

/** Labels every container of a platform has. */
export type InstanceLabels = Readonly<Record<string, string>>;

/** A container of ours as a list of the engine tells of it. */
export interface ListedContainer {
  readonly Id: string;
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** Labels of a pod's containers. Pure. */
export const toPodLabels = (
  pod: ContainerLaunch['pod'],
  instance: InstanceLabels,
): Readonly<Record<string, string>> => ({
  ...instance,
  [LABELS.podUid]: pod.metadata.uid ?? '',
  [LABELS.podName]: pod.metadata.name ?? '',
  [LABELS.podNamespace]: pod.metadata.namespace ?? '',
});

/** Name of a container in the engine, unique among all pods and attempts. Pure. */
export const toEngineName = (pod: ContainerLaunch['pod'], part: string): string =>
  ['argosy', part, pod.metadata.name, pod.metadata.namespace, pod.metadata.uid].join('_');
