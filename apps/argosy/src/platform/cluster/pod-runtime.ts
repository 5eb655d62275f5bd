/**
 * What runs the pods: containers of a Docker Engine, host processes, or nothing at all.
 */
import path from 'node:path';

import { Failure, messageOf } from '@argosy/base';
import {
  createDockerRuntime,
  createProcessRuntime,
  createSimulatedRuntime,
  findDockerEngine,
  type DockerRuntimeDeps,
  type FoundEngine,
  type PodNetworkAccess,
  type PodRuntime,
} from '@argosy/cluster';
import type { Pod } from '@argosy/kube';

import type { MachinePorts, PlatformDeps, PlatformOptions } from '../platform-options.ts';

interface RuntimeSite {
  /** How pods reach services and the API server. */
  readonly network: PodNetworkAccess;
  readonly folder: string;
  readonly options: PlatformOptions;
}

/**
 * Creates the runtime the options name; `auto` takes docker when an engine answers within half a second. Throws a
 * Failure NoEngine when docker is asked for and nothing answers, InvalidEngineAddress for a DOCKER_HOST that cannot work.
 */
export const createRuntime = async (deps: PlatformDeps & MachinePorts, of: RuntimeSite): Promise<PodRuntime> => {
  switch (of.options.runtime) {
    case 'auto': {
      const found = await findUsableEngine(deps);
      return found.kind === 'found'
        ? createDocker({ ...deps, engine: found.engine, network: of.network }, of)
        : createProcess(deps, of);
    }
    case 'docker': {
      const found = await findDockerEngine(process.env);
      if (found.kind === 'found') return createDocker({ ...deps, engine: found.engine, network: of.network }, of);
      throw new Failure(`--runtime docker: ${found.why}: start an engine, or use --runtime process`, {
        code: 'NoEngine',
      });
    }
    case 'process':
      return createProcess(deps, of);
    case 'simulated':
      return createSimulatedRuntime({ clock: deps.clock }, { seed: Math.floor(deps.random.next() * 2 ** 32) });
  }
};

/** Nobody asked for docker, so an engine that cannot be used is told and does not stop the start. */
const findUsableEngine = async ({ log }: PlatformDeps): Promise<FoundEngine> => {
  try {
    return await findDockerEngine(process.env);
  } catch (thrown) {
    const why = messageOf(thrown);
    log.warn('pods run as processes', { why });
    return { kind: 'absent', why };
  }
};

const createProcess = (
  { clock, log, env }: PlatformDeps & MachinePorts,
  { folder, network }: RuntimeSite,
): PodRuntime => {
  const { PATH = '', HOME = '', LANG = 'C.UTF-8', TZ } = env;
  return createProcessRuntime(
    { clock, log, network },
    {
      directory: path.join(folder, 'pods'),
      hidden: [path.resolve(folder)],
      env: { PATH, HOME, LANG, ...(TZ ? { TZ } : {}) },
    },
  );
};

const createDocker = (deps: DockerRuntimeDeps, { folder, options }: RuntimeSite): PodRuntime => {
  deps.log.info('pods run as containers', { engine: deps.engine.address });
  return createDockerRuntime(deps, {
    directory: path.join(folder, 'pods'),
    ephemeral: options.inMemory,
    collects: (pod, container) => (container === 'main' ? outputPathsOf(pod) : []),
  });
};

/** Where the outputs of a workflow's pod lie: its plan travels in this annotation, which other pods may use otherwise. */
const outputPathsOf = (pod: Pod): readonly string[] => {
  const text = pod.metadata.annotations?.['workflows.argoproj.io/template'];
  if (text === undefined) return [];
  try {
    const plan = JSON.parse(text) as OutputPlan;
    return [
      ...(plan.parameters ?? []).map((one) => one.valueFrom?.path),
      ...(plan.artifacts ?? []).map((one) => one.path),
    ].filter((place) => typeof place === 'string');
  } catch {
    return [];
  }
};

/** The part of a plan that names files. */
interface OutputPlan {
  readonly parameters?: readonly { readonly valueFrom?: { readonly path?: string } }[];
  readonly artifacts?: readonly { readonly path?: string }[];
}
