/**
 * The ports around the kubelet: what runs containers, who may look over its shoulder, and what the API server asks it.
 */
import type { Duplex, Readable, Writable } from 'node:stream';

import type { ContainerState, ObjectKey, Pod, PodSpec } from '@argosy/kube';
import type { LogOptions } from '@argosy/client';

import type { PullCredentials } from './images/pull-credentials.ts';
import type { PodMounts } from './mounts/pod-mounts.ts';

/** A command or a container with its streams, as `kubectl exec` and `attach` want them. */
export interface ProcessStreams {
  /** Absent when no input was asked for or nobody reads it. */
  readonly stdin?: Writable;
  readonly stdout: Readable;
  /** Absent with a terminal, which has one output only. */
  readonly stderr?: Readable;
  /** Tells a terminal its size; without one nothing happens. */
  resize(size: { readonly columns: number; readonly rows: number }): void;
  /** Exit code, once it has ended and its output was read; never rejects. */
  readonly ended: Promise<number>;
  /** Ends a command; lets go of a container that is only attached to. */
  close(): void;
}

/** What is to run inside a container. */
export interface ExecRequest {
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** Whose streams are wanted; without a container the pod's default one. */
export interface StreamTarget {
  readonly container?: string;
}

/** What a node tells of itself under a path of its own. */
export interface NodeDocument {
  readonly contentType: string;
  readonly text: string;
}

/** The node behind `nodes/NAME/proxy`. */
export interface NodeAccess {
  readonly name: string;
  /** The document at a path such as `/stats/summary`; `undefined` where there is none. */
  read(path: string): Promise<NodeDocument | undefined>;
  /** Paths there is something at. */
  readonly paths: readonly string[];
}

/** What the API server asks of whoever runs the pods. */
export interface PodAccess {
  /** Runs a command inside a container; throws ApiStatusError NotFound, BadRequest, or MethodNotAllowed (runtime cannot). */
  exec?(pod: Pod, request: ExecRequest & StreamTarget): Promise<ProcessStreams>;
  /** Joins a running container; throws as `exec`. */
  attach?(
    pod: Pod,
    request: { readonly stdin: boolean; readonly tty: boolean } & StreamTarget,
  ): Promise<ProcessStreams>;
  /** Fields of a pod's spec that have no effect here, with the name of who runs it. */
  unapplied?(spec: PodSpec): readonly string[];
  /** The node the pods run on. */
  readonly node?: NodeAccess;
  /** Connects to a port of a pod; rejects with an Error whose message tells the user why. */
  connect?(pod: Pod, port: number): Promise<Duplex>;
  /** Streams a container's log; throws ApiStatusError NotFound or BadRequest (container unknown or not started). */
  logs(pod: Pod, options: LogOptions): AsyncIterable<Uint8Array>;
}

/** A container about to run or running, as a supervisor sees it. */
export interface ContainerContext {
  readonly pod: Pod;
  /** Name of the container. */
  readonly container: string;
  /**
   * Path on this machine of a path inside the container; creates nothing. Paths below volume mounts lead into the volume,
   * other paths into the container's own files, so nothing one pod writes is seen by another.
   */
  resolvePath(containerPath: string): string;
}

/** How a container ended. */
export interface ContainerOutcome {
  readonly exitCode: number;
  /** The whole of standard output and standard error interleaved, capped at 256 KiB from the end. */
  readonly log: string;
  /** Standard output alone, capped at 256 KiB from the end. */
  readonly stdout: string;
}

/**
 * Looks over the kubelet's shoulder: workflows use it to place inputs and collect outputs without containers of their
 * own inside the pod. All methods are called once per container start and end, in order; the pod's phase becomes terminal only
 * after `collect` has resolved for every container.
 */
export interface PodSupervisor {
  /** Whether this pod concerns the supervisor at all. */
  supervises(pod: Pod): boolean;
  /** Before the container starts: place files. A thrown error fails the container with exit code 64 and the message. */
  prepare(context: ContainerContext): Promise<void>;
  /** After it ended, before anybody is told. A thrown error fails the container with exit code 64 and the message. */
  collect(context: ContainerContext, outcome: ContainerOutcome): Promise<void>;
}

/** Tells users of a pod what is done with it, as an event. */
export type TellPod = (type: 'Normal' | 'Warning', reason: string, message: string) => void;

/** A folder or file of this machine that a container sees. */
export interface LaunchMount {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly readOnly: boolean;
  /** Folder of the pod's own volume it is of, whole; absent for what is not the pod's alone. */
  readonly ownVolume?: string;
}

/** One container to run, everything resolved: no reference to other objects is left in it. */
export interface ContainerLaunch {
  readonly pod: Pod;
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Mount path inside the container → folder or file on this machine. */
  readonly mounts: readonly LaunchMount[];
  /** Credentials for the image's registry among others; absent when the pod names none. */
  readonly pullCredentials?: readonly PullCredentials[];
  /** Id of the container whose processes this one sees. */
  readonly targetId?: string;
  /** Attempt number, from 0. */
  readonly restartCount: number;
  readonly isInit: boolean;
}

/** How a command inside a container ended. */
export interface ExecOutcome {
  readonly exitCode: number;
  readonly output: string;
  /** Set when it was ended for taking too long. */
  readonly timedOut?: boolean;
}

/** A container that was started. */
export interface RunningContainer {
  readonly id: string;
  readonly startedAt: string;
  /** What prevented the start of one that had ended before it began; absent for all others. */
  readonly startError?: string;
  /** Resolves when the container has ended, with its terminated state; never rejects. */
  readonly ended: Promise<NonNullable<ContainerState['terminated']>>;
  /** Asks it to end, then ends it after the grace period (milliseconds ≥ 0). Resolves when it has ended. */
  stop(gracePeriodMs: number): Promise<void>;
  /** Runs a command inside; for probes. Output is capped at 10 KiB. */
  exec(command: readonly string[], timeoutMs: number): Promise<ExecOutcome>;
  /** Starts a command inside, with its streams. Absent: this runtime has nothing to run it in. */
  open?(request: ExecRequest): Promise<ProcessStreams>;
  /** Joins it: its output from now on, and its input when the container takes any. */
  attach?(): ProcessStreams;
  /** What it has written so far, each capped at 256 KiB from the end; `log` interleaves both streams. */
  output(): Promise<{ readonly log: string; readonly stdout: string }>;
}

/** What a container uses at the moment. */
export interface ContainerUsage {
  readonly name: string;
  /** Processor time since the start, or a rate where that is what is known. */
  readonly cpu:
    | { readonly kind: 'total'; readonly seconds: number }
    | { readonly kind: 'rate'; readonly cores: number };
  /** What could not be given up without harm. */
  readonly memoryBytes: number;
}

/** Runs containers. Adapters: `process`, `simulated`, later `docker`. */
export interface PodRuntime {
  readonly name: 'process' | 'simulated' | 'docker';
  /** Where the files of pods lie on this machine, if there are any. */
  readonly directory?: string;
  /** What is mounted on this machine for pods. Absent: nothing ever is. */
  readonly mounts?: PodMounts;
  /** Whether containers are to be kept from leading each other's paths of volumes astray, as far as this machine permits. */
  readonly bindsPaths?: boolean;
  /** Paths of the fields of a pod's spec that have no effect here, e.g. `containers[0].resources.limits`. Pure. */
  unapplied?(spec: PodSpec): readonly string[];
  /** Address of this machine that pods with a network of their own reach; absent where pods are on the machine's. */
  bridgeAddress?(): Promise<string>;
  /** Gives the pod an address and a place for its files. Called once before its first container; idempotent. */
  preparePod(pod: Pod): Promise<{ readonly podIP: string; readonly podDirectory: string }>;
  /** Starts a container. Throws a Failure with code `CreateContainerError` or `ErrImagePull` when it cannot be started. */
  startContainer(launch: ContainerLaunch, tell?: TellPod): Promise<RunningContainer>;
  /** What the running containers of a pod use. Absent: nothing can be measured here. */
  measure?(pod: Pod): Promise<readonly ContainerUsage[]>;
  /** Path on this machine of a path inside a container of this pod. */
  resolvePath(launch: ContainerLaunch, containerPath: string): string;
  /** Opens a container's log. */
  logs(pod: ObjectKey & { readonly uid: string }, container: string, options: LogOptions): AsyncIterable<Uint8Array>;
  /** Ends what is left of a pod and frees its address and files. Idempotent. */
  removePod(pod: Pod): Promise<void>;
  /** Containers that are still running from before a restart of this program, by pod uid; they are adopted or ended. */
  recover(): Promise<
    readonly { readonly podUid: string; readonly container: string; readonly running: RunningContainer }[]
  >;
}
