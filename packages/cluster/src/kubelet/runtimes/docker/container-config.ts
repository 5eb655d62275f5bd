/**
 * A container as the engine is told to create it. @spec https://docs.docker.com/reference/api/engine/ ContainerCreate
 */
import { isObject, parseQuantity } from '@argosy/base';
import type { Container, Pod } from '@argosy/kube';

import { allContainersOf } from '../../pod-containers.ts';
import type { ContainerLaunch } from '../../pod-runtime.ts';
import { hostnameOf } from '../pod-hostname.ts';
import { isMessageFromLog } from '../termination-message.ts';
import { LABELS, toPodLabels, type InstanceLabels } from './container-labels.ts';
import type { ImageFacts } from './image-store.ts';
import { usesHostNetwork } from './sandbox-config.ts';
import { toSecurityConfig } from './security-config.ts';

/** What a container's creation depends on besides the launch. */
export interface ContainerSurroundings {
  readonly image: ImageFacts;
  readonly instance: InstanceLabels;
  /** Id of the pod's sandbox, whose network the container joins. */
  readonly sandboxId: string;
  /** Whether the container has the sandbox's host name without being told. */
  readonly sharesHostname: boolean;
  /** Files a supervisor placed, and the file of the termination message: path in the container → path on this machine. */
  readonly placed: readonly { readonly containerPath: string; readonly hostPath: string }[];
  /** Paths copied out after the end. */
  readonly collects: readonly string[];
}

/** Logs of one container kept by the engine, besides ours: enough to read them anew after a restart. */
const LOG_CONFIG = { Type: 'json-file', Config: { 'max-size': '20m', 'max-file': '2' } };
/** @upstream kubernetes pkg/kubelet/cm/helpers_linux.go#MilliCPUToShares */
const SHARES_PER_CPU = 1024;
const FEWEST_SHARES = 2;
const NANO_PER_UNIT = 1_000_000_000n;
/** Least memory engines accept, in bytes. */
const LEAST_MEMORY = 6 * 1024 * 1024;

/** The container of a pod's spec that is launched. Pure. */
export const findContainer = (pod: Pod, name: string): Container =>
  allContainersOf(pod).find((one) => one.name === name) ?? { name };

/** The body of the engine's create request. Throws a Failure CreateContainerConfigError. Pure. */
export const toContainerConfig = (
  launch: ContainerLaunch,
  around: ContainerSurroundings,
): Readonly<Record<string, unknown>> => {
  const { pod } = launch;
  const container = findContainer(pod, launch.name);
  const flags = container as unknown as Readonly<Record<string, unknown>>;
  const security = toSecurityConfig(pod, container, around.image.user);
  return {
    Image: around.image.id,
    ...(around.sharesHostname || usesHostNetwork(pod) ? {} : { Hostname: hostnameOf(pod) }),
    // An empty list would be taken for "nothing to run" rather than for what the image says.
    ...(launch.command.length > 0 ? { Entrypoint: launch.command } : {}),
    ...(launch.args.length > 0 ? { Cmd: launch.args } : {}),
    Env: Object.entries(launch.env).map(([name, value]) => `${name}=${value}`),
    ...(launch.workingDir ? { WorkingDir: launch.workingDir } : {}),
    ...(security.user === undefined ? {} : { User: security.user }),
    Tty: flags['tty'] === true,
    OpenStdin: flags['stdin'] === true,
    StdinOnce: flags['stdinOnce'] === true,
    Labels: toContainerLabels(launch, container, around),
    HostConfig: {
      NetworkMode: `container:${around.sandboxId}`,
      IpcMode: pod.spec?.['hostIPC'] === true ? 'host' : `container:${around.sandboxId}`,
      ...pidMode(launch, around.sandboxId),
      ...security.hostConfig,
      ...toResources(container),
      LogConfig: LOG_CONFIG,
      Mounts: [...toMounts(launch, container), ...around.placed.map((one) => bind(one, {}))],
    },
  };
};

const toContainerLabels = (
  launch: ContainerLaunch,
  container: Container,
  around: ContainerSurroundings,
): Readonly<Record<string, string>> => ({
  ...toPodLabels(launch.pod, around.instance),
  [LABELS.container]: launch.name,
  [LABELS.restartCount]: String(launch.restartCount),
  [LABELS.collects]: JSON.stringify(around.collects),
  [LABELS.terminationMessage]: isMessageFromLog(container) ? 'fallback' : 'file',
});

const pidMode = ({ pod, targetId }: ContainerLaunch, sandboxId: string): Readonly<Record<string, string>> => {
  if (targetId !== undefined) return { PidMode: `container:${targetId.replace(/^docker:\/\//, '')}` };
  if (pod.spec?.['hostPID'] === true) return { PidMode: 'host' };
  return pod.spec?.['shareProcessNamespace'] === true ? { PidMode: `container:${sandboxId}` } : {};
};

const toMounts = (launch: ContainerLaunch, container: Container): readonly unknown[] => {
  const propagationAt = (mountPath: string): unknown =>
    container.volumeMounts
      ?.map((mount) => mount as unknown as Readonly<Record<string, unknown>>)
      .find((mount) => mount['mountPath'] === mountPath)?.['mountPropagation'];
  return launch.mounts.map((mount) => {
    const asked = propagationAt(mount.containerPath);
    const propagation = asked === 'Bidirectional' ? 'rshared' : asked === 'HostToContainer' ? 'rslave' : undefined;
    return bind(mount, { isReadOnly: mount.readOnly, propagation });
  });
};

const bind = (
  mount: { readonly containerPath: string; readonly hostPath: string },
  how: { readonly isReadOnly?: boolean; readonly propagation?: string | undefined },
): unknown => ({
  Type: 'bind',
  Source: mount.hostPath,
  Target: mount.containerPath,
  ReadOnly: how.isReadOnly ?? false,
  ...(how.propagation ? { BindOptions: { Propagation: how.propagation } } : {}),
});

const toResources = (container: Container): Readonly<Record<string, number>> => {
  const { limits, requests } = container.resources ?? {};
  const cpu = nanoOf(limits?.['cpu']);
  const memory = nanoOf(limits?.['memory']);
  const share = nanoOf(requests?.['cpu']) ?? cpu;
  const bytes = memory === undefined ? undefined : Math.max(LEAST_MEMORY, Number(memory / NANO_PER_UNIT));
  return {
    ...(cpu === undefined ? {} : { NanoCpus: Number(cpu) }),
    // The same with swap: a limit that swap can exceed is none, and Kubernetes gives no swap.
    ...(bytes === undefined ? {} : { Memory: bytes, MemorySwap: bytes }),
    ...(share === undefined
      ? {}
      : { CpuShares: Math.max(FEWEST_SHARES, Number((share * BigInt(SHARES_PER_CPU)) / NANO_PER_UNIT)) }),
  };
};

const nanoOf = (quantity: string | undefined): bigint | undefined => {
  const nano = quantity === undefined ? undefined : parseQuantity(quantity);
  return nano !== undefined && nano > 0n ? nano : undefined;
};

/** Whether the container's output is a terminal's: one raw stream instead of two. Pure. */
export const isTerminal = (config: unknown): boolean => isObject(config) && config['Tty'] === true;

/** Whether the container's input ends with the first who joins it. Pure. */
export const endsInput = (config: unknown): boolean => isObject(config) && config['StdinOnce'] === true;

/** Whether the container reads input. Pure. */
export const takesInput = (config: unknown): boolean => isObject(config) && config['OpenStdin'] === true;
