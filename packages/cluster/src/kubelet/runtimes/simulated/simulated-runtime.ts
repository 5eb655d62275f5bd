/**
 * Moves containers through their stages without running anything: for scale tests and planning. A container is one
 * timer at most, so thousands of pods cost little.
 */
import {
  createSeededRandom,
  Failure,
  fnv1a32,
  parseGoDuration,
  parseTimestamp,
  quantityToNumber,
  toTimestamp,
  type Clock,
  type Instant,
} from '@argosy/base';
import type { ContainerState, Pod } from '@argosy/kube';

import type { ContainerLaunch, ContainerUsage, PodRuntime, RunningContainer } from '../../pod-runtime.ts';

/** How simulated containers behave unless their pod says otherwise. */
export interface SimulatedRuntimeOptions {
  /** Fixes all that is random. */
  readonly seed: number;
}

/**
 * Annotations: `argosy.dev/simulate-start-delay` and `argosy.dev/simulate-duration` (durations such as `1.5s`),
 * `argosy.dev/simulate-exit-code` (0–255). Without a duration, containers of pods with restartPolicy Always run until
 * stopped; init containers and all others end at once or within a second, by the seed. `argosy.dev/simulate-cpu` and
 * `argosy.dev/simulate-memory` (quantities) are what each container is measured to use.
 */
const PREFIX = 'argosy.dev/simulate-';

/** Creates the runtime; needs nothing of the machine. */
export const createSimulatedRuntime = (
  deps: { readonly clock: Clock },
  options: SimulatedRuntimeOptions,
): PodRuntime => {
  const addresses = new Map<string, string>();
  let count = 0;
  const addressOf = (uid: string): string => {
    const known = addresses.get(uid);
    if (known !== undefined) return known;
    count = (count % (2 ** 24 - 2)) + 1;
    const address = `10.${count >>> 16}.${(count >>> 8) & 255}.${count & 255}`;
    addresses.set(uid, address);
    return address;
  };
  return {
    name: 'simulated',
    preparePod: async (pod) => ({ podIP: addressOf(pod.metadata.uid ?? ''), podDirectory: '' }),
    startContainer: async (launch) => {
      const startDelay = durationOf(launch.pod, 'start-delay') ?? 0;
      if (startDelay > 0) await new Promise<void>((resolve) => deps.clock.setTimer(startDelay, resolve));
      return simulate(deps.clock, launch, options.seed);
    },
    resolvePath: (_launch, containerPath) => containerPath,
    async *logs() {
      // Nothing runs, so nothing is written.
    },
    measure: async (pod) => measure(pod),
    removePod: async (pod) => void addresses.delete(pod.metadata.uid ?? ''),
    recover: async () => [],
  };
};

/** A pod that says nothing of its use is one nobody has measured. */
const measure = (pod: Pod): readonly ContainerUsage[] => {
  const [cores, memoryBytes] = [quantityOf(pod, 'cpu'), quantityOf(pod, 'memory')];
  if (cores === undefined && memoryBytes === undefined) return [];
  const running = (pod.status?.containerStatuses ?? []).filter(({ state }) => state?.running);
  return running.map(({ name }) => ({ name, cpu: { kind: 'rate', cores: cores ?? 0 }, memoryBytes: memoryBytes ?? 0 }));
};

const quantityOf = (pod: Pod, name: string): number | undefined => {
  const text = annotation(pod, name);
  return text === undefined ? undefined : quantityToNumber(text);
};

const simulate = (clock: Clock, launch: ContainerLaunch, seed: number): RunningContainer => {
  const id = `simulated://${launch.pod.metadata.uid}-${launch.name}-${launch.restartCount}`;
  const begun = begunBefore(launch) ?? clock.now();
  const startedAt = toTimestamp(begun);
  let finish: (exitCode: number) => void = () => undefined;
  const ended = new Promise<NonNullable<ContainerState['terminated']>>((resolve) => {
    finish = (exitCode) =>
      resolve({
        exitCode,
        reason: exitCode === 0 ? 'Completed' : 'Error',
        startedAt,
        finishedAt: toTimestamp(clock.now()),
        containerID: id,
      });
  });
  const duration = durationOf(launch.pod, 'duration') ?? usualDuration(launch, seed);
  const exitCode = exitCodeOf(launch.pod);
  const cancel =
    duration === undefined
      ? () => undefined
      : clock.setTimer(Math.max(0, begun + duration - clock.now()), () => finish(exitCode));
  return {
    id,
    startedAt,
    ended,
    stop: async () => {
      cancel();
      finish(143);
      await ended;
    },
    exec: async () => ({ exitCode: 0, output: '' }),
    output: async () => ({ log: '', stdout: '' }),
  };
};

/** When a container that was simulated before a restart of this program began; the pod's status still says that it runs. */
const begunBefore = ({ pod, name, restartCount }: ContainerLaunch): Instant | undefined => {
  const all = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  const known = all.find((one) => one.name === name && one.restartCount === restartCount);
  return parseTimestamp(known?.state?.running?.startedAt);
};

const usualDuration = (launch: ContainerLaunch, seed: number): number | undefined => {
  if (!launch.isInit && (launch.pod.spec?.restartPolicy ?? 'Always') === 'Always') return undefined;
  const sidecar = launch.pod.spec?.initContainers?.some(
    (one) => one.name === launch.name && one.restartPolicy === 'Always',
  );
  if (sidecar) return undefined;
  const { namespace, name } = launch.pod.metadata;
  return Math.floor(createSeededRandom(seed ^ fnv1a32(`${namespace}/${name}/${launch.name}`)).next() * 1000);
};

const exitCodeOf = (pod: Pod): number => {
  const text = annotation(pod, 'exit-code') ?? '0';
  const code = Number(text);
  if (/^\d{1,3}$/.test(text) && code <= 255) return code;
  throw unreadable('exit-code', text, 'a number from 0 to 255');
};

const durationOf = (pod: Pod, name: string): number | undefined => {
  const text = annotation(pod, name);
  if (text === undefined) return undefined;
  const duration = parseGoDuration(text);
  if (duration !== undefined && duration >= 0) return duration;
  throw unreadable(name, text, 'a duration such as 1.5s');
};

const annotation = (pod: Pod, name: string): string | undefined => pod.metadata.annotations?.[`${PREFIX}${name}`];

const unreadable = (name: string, text: string, wanted: string): Failure =>
  new Failure(`metadata.annotations[${PREFIX}${name}]: ${JSON.stringify(text)}: use ${wanted}`, {
    code: 'CreateContainerError',
  });
