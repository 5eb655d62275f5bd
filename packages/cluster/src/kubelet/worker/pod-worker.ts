/**
 * Brings one pod to life and to its end. Knows only its pod; whatever goes wrong here stays here.
 */
import { delay, Failure, isEqual, messageOf, parseTimestamp, toTimestamp } from '@argosy/base';
import {
  CONFIG_MAPS,
  isApiError,
  keyOf,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  SECRETS,
  SERVICES,
  type Container,
  type ContainerState,
  type Pod,
} from '@argosy/kube';

import { expandVariables } from '../environment/expand-variables.ts';
import { resolveEnvironment, type NamespaceObjects } from '../environment/resolve-environment.ts';
import type { ContainerContext, ContainerLaunch, RunningContainer } from '../pod-runtime.ts';
import { runProbe } from '../probes/run-probe.ts';
import { watchProbe } from '../probes/watch-probe.ts';
import { computePodStatus, isSidecar, type ContainerFacts } from '../status/compute-pod-status.ts';
import { prepareVolumes, toMounts } from '../volumes/prepare-volumes.ts';
import type { KubeletDeps } from './kubelet-deps.ts';
import { BACK_OFF_RESET_MS, backOffMs, restarts } from './restart-policy.ts';

/** One pod being run. */
export interface PodWorker {
  /** Ends the containers, then removes the pod from the API. Idempotent; a shorter grace shortens it. */
  terminate(graceMs: number): void;
  /** Ends the containers without touching the pod, e.g. when this program stops or the pod is gone. */
  abandon(): Promise<void>;
  /** A container that runs right now. */
  running(container: string): RunningContainer | undefined;
}

type Terminated = NonNullable<ContainerState['terminated']>;
const RETRY_MS = 2000;
const LONGEST_RETRY_MS = 30_000;

/** Starts to run a pod. */
export const startPodWorker = (deps: KubeletDeps, pod: Pod): PodWorker => {
  const { clock, runtime, client } = deps;
  const key = keyOf(pod);
  const spec = pod.spec ?? { containers: [] };
  const policy = spec.restartPolicy ?? 'Always';
  // Nothing runs then, so there is nothing to mount into and nothing that answers probes.
  const isSimulated = runtime.name === 'simulated';
  const supervisors = deps.supervisors.filter((one) => one.supervises(pod));
  const facts = new Map<string, ContainerFacts>(recoverFacts(pod, toTimestamp(clock.now())));
  const running = new Map<string, RunningContainer>();
  const stopping = new AbortController();
  const giveUp = new AbortController();
  let graceMs = (spec.terminationGracePeriodSeconds ?? 30) * 1000;
  let podIP: string | undefined = pod.status?.podIP;
  let settled = false;
  let failure: { readonly reason: string; readonly message: string } | undefined;
  let abandoned = false;
  const isAbandoned = (): boolean => abandoned;
  let published: Promise<void> = Promise.resolve();

  const tell = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    deps.recorder.event(pod, { type, reason, message });
  const writeOnce = async (): Promise<void> => {
    const current = await client.get(PODS, key);
    // A worker that was given up while it asked must not write how it ended: the pod runs on elsewhere, or later.
    if (isAbandoned() || current.metadata.uid !== pod.metadata.uid) return;
    const status = computePodStatus(current, { containers: facts, podIP, settled, failure }, clock.now());
    if (!isEqual(status, current.status)) await client.update(PODS, { ...current, status }, { subresource: 'status' });
  };
  /** Tries until it is done: what happened to a pod must be known, however long the API is away. */
  const untilDone = async (what: string, work: () => Promise<void>): Promise<void> => {
    for (let waitMs = RETRY_MS; !isAbandoned(); waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS)) {
      try {
        return await work();
      } catch (thrown) {
        if (isApiError(thrown, 'NotFound')) return;
        if (isApiError(thrown, 'Conflict')) continue;
        deps.log.warn(`${what}; trying again`, { pod: key.name, error: messageOf(thrown) });
        await delay(clock, waitMs, giveUp.signal);
      }
    }
  };
  const writeStatus = (): Promise<void> => untilDone('pod status not written', writeOnce);
  const publish = (): Promise<void> => (published = published.then(writeStatus));
  const note = (name: string, change: Partial<ContainerFacts>): Promise<void> => {
    const known = facts.get(name) ?? { state: {}, restartCount: 0, ready: false, started: false };
    facts.set(name, { ...known, ...change });
    return publish();
  };

  const objects = (): NamespaceObjects => {
    const at = (name: string) => ({ namespace: key.namespace ?? 'default', name });
    return {
      configMap: (name) => client.get(CONFIG_MAPS, at(name)).catch(absentIfNotFound),
      secret: (name) => client.get(SECRETS, at(name)).catch(absentIfNotFound),
      services: deps.informers.of({ resource: SERVICES }).list(key.namespace),
      claimedVolume: async (claim) => {
        const found = await client.get(PERSISTENT_VOLUME_CLAIMS, at(claim)).catch(absentIfNotFound);
        const name = found?.status?.phase === 'Bound' ? found.spec?.volumeName : undefined;
        return name === undefined ? undefined : client.get(PERSISTENT_VOLUMES, { name }).catch(absentIfNotFound);
      },
    };
  };
  const toLaunch = async (
    container: Container,
    volumes: ReadonlyMap<string, string>,
    isInit: boolean,
  ): Promise<ContainerLaunch> => {
    const env = await resolveEnvironment(pod, container, { objects: objects(), podIP: podIP ?? '' });
    const expand = (text: string): string => expandVariables(text, env);
    return {
      pod,
      name: container.name,
      image: container.image ?? '',
      command: (container.command ?? []).map(expand),
      args: (container.args ?? []).map(expand),
      workingDir: container.workingDir,
      env,
      mounts: isSimulated ? [] : await toMounts(container, volumes),
      restartCount: facts.get(container.name)?.restartCount ?? 0,
      isInit,
    };
  };

  const supervise = async (step: (one: (typeof supervisors)[number]) => Promise<void>): Promise<string | undefined> => {
    try {
      for (const one of supervisors) await step(one);
      return undefined;
    } catch (thrown) {
      return messageOf(thrown);
    }
  };
  const runOnce = async (container: Container, launch: ContainerLaunch, isInit: boolean): Promise<Terminated> => {
    const context: ContainerContext = {
      pod,
      container: container.name,
      resolvePath: (path) => runtime.resolvePath(launch, path),
    };
    const begun = toTimestamp(clock.now());
    const failed = (message: string): Terminated => ({
      exitCode: 64,
      reason: 'Error',
      message,
      startedAt: begun,
      finishedAt: toTimestamp(clock.now()),
    });
    const unprepared = await supervise((one) => one.prepare(context));
    if (unprepared !== undefined) return failed(unprepared);
    const started = await runtime.startContainer(launch);
    running.set(container.name, started);
    if (stopping.signal.aborted) void started.stop(graceMs);
    tell('Normal', 'Started', `Started container ${container.name}`);
    const probing = new AbortController();
    void note(container.name, {
      state: { running: { startedAt: started.startedAt } },
      containerID: started.id,
      started: container.startupProbe === undefined,
      ready:
        container.readinessProbe === undefined &&
        container.startupProbe === undefined &&
        (!isInit || isSidecar(container)),
    });
    void probe(container, started, probing.signal);
    const ended = await started.ended;
    probing.abort();
    running.delete(container.name);
    const output = await started.output();
    const uncollected = await supervise((one) => one.collect(context, { exitCode: ended.exitCode, ...output }));
    return uncollected === undefined ? ended : { ...ended, ...failed(uncollected), startedAt: started.startedAt };
  };

  const probe = async (container: Container, started: RunningContainer, signal: AbortSignal): Promise<void> => {
    const { startupProbe, readinessProbe, livenessProbe } = container;
    const watch = (
      kind: string,
      one: NonNullable<typeof startupProbe>,
      onVerdict: (passed: boolean) => 'go on' | 'stop',
    ) =>
      watchProbe(clock, one, {
        run: isSimulated ? passes : () => runProbe(one, { container, running: started, podIP: podIP ?? '' }),
        onFailure: (message) => tell('Warning', 'Unhealthy', `${kind} probe failed: ${message}`),
        onVerdict,
        signal,
      });
    const kill = (kind: string): 'stop' => {
      tell('Normal', 'Killing', `Container ${container.name} failed ${kind} probe, will be restarted`);
      void started.stop(graceMs);
      return 'stop';
    };
    if (startupProbe) {
      await watch('Startup', startupProbe, (passed) => {
        if (!passed) return kill('startup');
        void note(container.name, { started: true, ready: readinessProbe === undefined });
        return 'stop';
      });
    }
    if (signal.aborted || (startupProbe && !facts.get(container.name)?.started)) return;
    const watches: Promise<void>[] = [];
    if (readinessProbe)
      watches.push(
        watch('Readiness', readinessProbe, (passed) => (void note(container.name, { ready: passed }), 'go on')),
      );
    if (livenessProbe)
      watches.push(watch('Liveness', livenessProbe, (passed) => (passed ? 'go on' : kill('liveness'))));
    await Promise.all(watches);
  };

  /** Runs a container until it has ended for good; resolves with its last end, or nothing when it never ran. */
  const runContainer = async (
    container: Container,
    volumes: ReadonlyMap<string, string>,
    isInit: boolean,
  ): Promise<void> => {
    const rule = isInit ? (isSidecar(container) ? 'Always' : policy === 'Never' ? 'Never' : 'OnFailure') : policy;
    let endsInARow = 0;
    for (;;) {
      const before = facts.get(container.name)?.state.terminated;
      if (before) {
        if (stopping.signal.aborted || !restarts(rule, before.exitCode)) return;
        endsInARow += 1;
        const wait = backOffMs(endsInARow);
        if (wait > 0) {
          const message = `back-off ${wait / 1000}s restarting failed container=${container.name} pod=${key.name}_${key.namespace}(${pod.metadata.uid})`;
          tell('Warning', 'BackOff', `Back-off restarting failed container ${container.name} in pod ${key.name}`);
          void note(container.name, {
            state: { waiting: { reason: 'CrashLoopBackOff', message } },
            lastState: { terminated: before },
            ready: false,
            started: false,
          });
          await delay(clock, wait, stopping.signal);
        }
        if (stopping.signal.aborted) return note(container.name, { state: { terminated: before } });
        const restartCount = (facts.get(container.name)?.restartCount ?? 0) + 1;
        facts.set(container.name, {
          state: { waiting: { reason: 'ContainerCreating' } },
          lastState: { terminated: before },
          restartCount,
          ready: false,
          started: false,
        });
      }
      if (stopping.signal.aborted) return;
      try {
        const begun = clock.now();
        const launch = await toLaunch(container, volumes, isInit);
        const ended = await runOnce(container, launch, isInit);
        if (clock.now() - begun >= BACK_OFF_RESET_MS) endsInARow = 0;
        void note(container.name, {
          state: { terminated: ended },
          ready: isInit && ended.exitCode === 0,
          started: false,
        });
      } catch (thrown) {
        const reason = thrown instanceof Failure ? thrown.code : 'CreateContainerError';
        tell('Warning', 'Failed', `Error: ${messageOf(thrown)}`);
        void note(container.name, { state: { waiting: { reason, message: messageOf(thrown) } } });
        await delay(clock, RETRY_MS * 5, stopping.signal);
      }
    }
  };
  const whenStarted = async (container: Container): Promise<void> => {
    while (!stopping.signal.aborted && facts.get(container.name)?.started !== true)
      await delay(clock, 20, stopping.signal);
  };
  const stopAll = (): Promise<unknown> => Promise.all([...running.values()].map((one) => one.stop(graceMs)));

  const mountVolumes = async (podDirectory: string): Promise<ReadonlyMap<string, string>> => {
    if (isSimulated) return new Map();
    while (!stopping.signal.aborted) {
      try {
        return await prepareVolumes(pod, { objects: objects(), podDirectory, podIP: podIP ?? '' });
      } catch (thrown) {
        tell('Warning', 'FailedMount', messageOf(thrown));
        await delay(clock, RETRY_MS, stopping.signal);
      }
    }
    return new Map();
  };
  const runContainers = async (): Promise<void> => {
    const prepared = await runtime.preparePod(pod);
    podIP = prepared.podIP;
    deps.onPrepared?.(prepared.podDirectory);
    void publish();
    const volumes = await mountVolumes(prepared.podDirectory);
    const sidecars: Promise<void>[] = [];
    let initialized = true;
    for (const container of spec.initContainers ?? []) {
      if (stopping.signal.aborted) break;
      if (isSidecar(container)) {
        sidecars.push(runContainer(container, volumes, true));
        await whenStarted(container);
        continue;
      }
      await runContainer(container, volumes, true);
      initialized = facts.get(container.name)?.state.terminated?.exitCode === 0;
      if (!initialized) break;
    }
    if (initialized && !stopping.signal.aborted)
      await Promise.all(spec.containers.map((one) => runContainer(one, volumes, false)));
    if (!stopping.signal.aborted) stopping.abort();
    await stopAll();
    await Promise.all(sidecars);
  };
  const watchDeadline = (): (() => void) => {
    const seconds = spec.activeDeadlineSeconds;
    if (seconds === undefined) return () => undefined;
    const begun = parseTimestamp(pod.status?.startTime) ?? clock.now();
    return clock.setTimer(Math.max(0, begun + seconds * 1000 - clock.now()), () => {
      failure = {
        reason: 'DeadlineExceeded',
        message: 'Pod was active on the node longer than the specified deadline',
      };
      tell('Normal', 'DeadlineExceeded', failure.message);
      stopping.abort();
      void stopAll();
    });
  };
  const run = async (): Promise<void> => {
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return;
    const cancelDeadline = watchDeadline();
    try {
      await runContainers();
    } catch (thrown) {
      deps.log.error('pod failed to run', { pod: key.name, error: messageOf(thrown) });
      failure = { reason: 'KubeletError', message: messageOf(thrown) };
      await stopAll();
    } finally {
      cancelDeadline();
    }
    settled = true;
    await publish();
  };

  const work = run().catch((thrown: unknown) =>
    deps.log.error('pod worker failed', { pod: key.name, error: messageOf(thrown) }),
  );
  let terminating = false;
  const finish = async (): Promise<void> => {
    await work;
    await published;
    await runtime.removePod(pod);
    await untilDone('pod not removed', removeOnce);
  };
  const removeOnce = async (): Promise<void> => {
    try {
      const preconditions = { uid: pod.metadata.uid ?? '' };
      await client.delete(PODS, key, { gracePeriodSeconds: 0, preconditions });
    } catch (thrown) {
      if (!isApiError(thrown, 'Conflict')) throw thrown;
      // Ours is gone when somebody else has the name now.
      if ((await client.get(PODS, key)).metadata.uid === pod.metadata.uid) throw thrown;
    }
  };
  return {
    running: (container) => running.get(container),
    terminate: (grace) => {
      graceMs = grace;
      if (terminating && grace > 0) return;
      if (running.size > 0) tell('Normal', 'Killing', `Stopping container ${[...running.keys()].join(', ')}`);
      stopping.abort();
      void stopAll();
      if (!terminating) void finish();
      terminating = true;
    },
    abandon: async () => {
      abandoned = true;
      giveUp.abort();
      graceMs = 0;
      stopping.abort();
      await stopAll();
      await work;
    },
  };
};

const passes = async (): Promise<{ readonly passed: boolean; readonly message: string }> => ({
  passed: true,
  message: '',
});

const absentIfNotFound = (thrown: unknown): undefined => {
  if (isApiError(thrown, 'NotFound')) return undefined;
  throw thrown;
};

/** What an earlier run of this program wrote; containers it left running have been ended since. */
const recoverFacts = (pod: Pod, now: string): readonly (readonly [string, ContainerFacts])[] =>
  [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].flatMap((status) => {
    const lost: Terminated = {
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
      message: 'The container could not be located when the pod was terminated',
      ...(status.state?.running?.startedAt ? { startedAt: status.state.running.startedAt } : {}),
      finishedAt: now,
    };
    const ended = status.state?.running ? lost : (status.state?.terminated ?? status.lastState?.terminated);
    if (!ended) return [];
    const facts: ContainerFacts = {
      state: { terminated: ended },
      ...(status.lastState ? { lastState: status.lastState } : {}),
      restartCount: status.restartCount,
      ready: false,
      started: false,
      ...(status.containerID ? { containerID: status.containerID } : {}),
    };
    return [[status.name, facts] as const];
  });
