/**
 * What the parts of a pod's worker share.
 */
import type { Pod, PodSpec } from '@argosy/kube';

import type { PodSupervisor, RunningContainer } from '../pod-runtime.ts';
import type { TokenRequest } from '../volumes/volume-files.ts';
import type { KubeletDeps } from './kubelet-deps.ts';
import type { PodRecord } from './pod-record.ts';

/** How a container is ended. */
export interface StopOptions {
  /** What users are told. */
  readonly message?: string;
  readonly graceMs?: number;
  /** Resolves when it may be asked to end. */
  readonly turn?: Promise<unknown>;
}

/** One pod being run. */
export interface PodScope {
  readonly deps: KubeletDeps;
  readonly pod: Pod;
  readonly spec: PodSpec;
  readonly record: PodRecord;
  /** Nothing runs then: there is nothing to mount into and nothing that answers probes. */
  readonly isSimulated: boolean;
  /** Gives tokens of the pod's account; absent where none are issued. */
  readonly tokens?: (request: TokenRequest) => Promise<string>;
  readonly supervisors: readonly PodSupervisor[];
  /** Aborted when the pod is to end. */
  readonly stopping: AbortSignal;
  /** Containers that run right now. */
  readonly running: ReadonlyMap<string, RunningContainer>;
  /** Says that a container runs; returns what to call when it has ended. */
  enter(name: string, container: RunningContainer): () => void;
  /** Ends one container and tells of it; in the pod's grace period and words of its own unless others are given. */
  stop(name: string, how?: StopOptions): Promise<void>;
  /** Tells users, as an event of the pod, or of one of its containers by name. */
  tell(type: 'Normal' | 'Warning', reason: string, message: string, container?: string): void;
}
