/**
 * Everything a container needs to start: environment, volumes, words expanded.
 */
import { delay, messageOf } from '@argosy/base';
import {
  CONFIG_MAPS,
  isApiError,
  keyOf,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  SECRETS,
  SERVICES,
  type Container,
} from '@argosy/kube';

import { expandVariables } from '../environment/expand-variables.ts';
import { resolveEnvironment, type NamespaceObjects } from '../environment/resolve-environment.ts';
import type { ContainerLaunch } from '../pod-runtime.ts';
import { prepareVolumes, toMounts } from '../volumes/prepare-volumes.ts';
import type { PodScope } from './pod-scope.ts';

/** Volumes that cannot be made are tried again this often. */
const RETRY_MS = 2000;

/** Makes a pod's volumes; tries until it succeeds or the pod is to end. Returns their paths by name. */
export const mountVolumes = async (scope: PodScope, podDirectory: string): Promise<ReadonlyMap<string, string>> => {
  if (scope.isSimulated) return new Map();
  while (!scope.stopping.aborted) {
    try {
      const world = { objects: objectsOf(scope), podDirectory, podIP: scope.record.podIP ?? '' };
      return await prepareVolumes(scope.pod, world);
    } catch (thrown) {
      scope.tell('Warning', 'FailedMount', messageOf(thrown));
      await delay(scope.deps.clock, RETRY_MS, scope.stopping);
    }
  }
  return new Map();
};

/** Resolves a container's launch. Throws a Failure CreateContainerConfigError naming what is missing. */
export const toLaunch = async (
  scope: PodScope,
  container: Container,
  of: { readonly volumes: ReadonlyMap<string, string>; readonly isInit: boolean },
): Promise<ContainerLaunch> => {
  const { pod, record } = scope;
  const env = await resolveEnvironment(pod, container, { objects: objectsOf(scope), podIP: record.podIP ?? '' });
  const expand = (text: string): string => expandVariables(text, env);
  return {
    pod,
    name: container.name,
    image: container.image ?? '',
    command: (container.command ?? []).map(expand),
    args: (container.args ?? []).map(expand),
    workingDir: container.workingDir,
    env,
    mounts: scope.isSimulated ? [] : await toMounts(container, of.volumes),
    restartCount: record.of(container.name)?.restartCount ?? 0,
    isInit: of.isInit,
  };
};

/** The objects of the pod's namespace, as they are when they are asked for. */
const objectsOf = ({ deps, pod }: PodScope): NamespaceObjects => {
  const { client } = deps;
  const { namespace = 'default' } = keyOf(pod);
  return {
    configMap: (name) => client.get(CONFIG_MAPS, { namespace, name }).catch(absentIfNotFound),
    secret: (name) => client.get(SECRETS, { namespace, name }).catch(absentIfNotFound),
    services: deps.informers.of({ resource: SERVICES }).list(namespace),
    claimedVolume: async (claim) => {
      const found = await client.get(PERSISTENT_VOLUME_CLAIMS, { namespace, name: claim }).catch(absentIfNotFound);
      const name = found?.status?.phase === 'Bound' ? found.spec?.volumeName : undefined;
      return name === undefined ? undefined : client.get(PERSISTENT_VOLUMES, { name }).catch(absentIfNotFound);
    },
  };
};

const absentIfNotFound = (thrown: unknown): undefined => {
  if (isApiError(thrown, 'NotFound')) return undefined;
  throw thrown;
};
