/**
 * Everything a container needs to start: environment, volumes, words expanded.
 */
import { delay, Failure, isObject, messageOf } from '@argosy/base';
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
  type Service,
  type Volume,
} from '@argosy/kube';

import { API_SERVICE } from '../../loops/api-service/decide.ts';
import { expandVariables } from '../environment/expand-variables.ts';
import { resolveEnvironment, type NamespaceObjects } from '../environment/resolve-environment.ts';
import { readPullSecrets } from '../images/pull-credentials.ts';
import type { EphemeralContainer } from '../pod-containers.ts';
import type { ApiServerEntry } from '../pod-network-access.ts';
import type { ContainerLaunch } from '../pod-runtime.ts';
import {
  prepareVolumes,
  toMounts,
  volumeFolder,
  type PodVolumes,
  type VolumeWorld,
} from '../volumes/prepare-volumes.ts';
import { hasObjectFiles, readVolumeFiles } from '../volumes/volume-files.ts';
import { writeFiles } from '../volumes/write-files.ts';
import type { PodScope } from './pod-scope.ts';

/** Volumes that cannot be made are tried again after this long, and up to this long. */
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 2000;
/** Objects in volumes are read anew this often, as real kubelets do; tokens are renewed on the way. */
const REFRESH_MS = 60_000;

/** Makes a pod's volumes; tries until it succeeds or the pod is to end. Returns them by name. */
export const mountVolumes = async (scope: PodScope, podDirectory: string): Promise<PodVolumes> => {
  if (scope.isSimulated) return new Map();
  for (let waitMs = FIRST_RETRY_MS; !scope.stopping.aborted; waitMs = Math.min(waitMs * 4, LONGEST_RETRY_MS)) {
    try {
      return await prepareVolumes(scope.pod, volumeWorld(scope, podDirectory));
    } catch (thrown) {
      scope.tell('Warning', 'FailedMount', messageOf(thrown));
      await delay(scope.deps.clock, waitMs, scope.stopping);
    }
  }
  return new Map();
};

/** Brings the objects in a pod's volumes up to date until the pod is to end. */
export const refreshVolumes = async (scope: PodScope, podDirectory: string): Promise<void> => {
  const volumes = (scope.spec.volumes ?? []).filter(hasObjectFiles);
  if (scope.isSimulated || volumes.length === 0) return;
  const refresh = async (volume: Volume): Promise<void> => {
    const pod = await scope.deps.client.get(PODS, keyOf(scope.pod));
    const files = await readVolumeFiles(pod, volume, volumeWorld(scope, podDirectory));
    await writeFiles(volumeFolder(podDirectory, volume.name), files, scope.deps.clock.now());
  };
  while (!scope.stopping.aborted) {
    await delay(scope.deps.clock, REFRESH_MS, scope.stopping);
    if (scope.stopping.aborted) return;
    // An object that went away stays in the volume as it was.
    for (const volume of volumes)
      await refresh(volume).catch((thrown: unknown) => scope.tell('Warning', 'FailedMount', messageOf(thrown)));
  }
};

const volumeWorld = (scope: PodScope, podDirectory: string): VolumeWorld => ({
  objects: objectsOf(scope),
  podDirectory,
  clock: scope.deps.clock,
  podIP: scope.record.podIP ?? '',
  ...(scope.tokens ? { token: scope.tokens } : {}),
});

/** Resolves a container's launch. Throws a Failure CreateContainerConfigError naming what is missing. */
export const toLaunch = async (
  scope: PodScope,
  container: Container,
  of: { readonly volumes: PodVolumes; readonly isInit: boolean },
): Promise<ContainerLaunch> => {
  const { pod, record } = scope;
  const objects = { ...objectsOf(scope), services: await servicesOf(scope) };
  const env = await resolveEnvironment(pod, container, { objects, podIP: record.podIP ?? '' });
  const expand = (text: string): string => expandVariables(text, env);
  return {
    pod,
    name: container.name,
    image: container.image ?? '',
    command: (container.command ?? []).map(expand),
    args: (container.args ?? []).map(expand),
    workingDir: container.workingDir,
    env,
    mounts: scope.isSimulated ? [] : await toMounts(container, of.volumes, env),
    ...(await pullCredentialsOf(scope)),
    ...targetOf(scope, container),
    restartCount: record.of(container.name)?.restartCount ?? 0,
    isInit: of.isInit,
  };
};

/** The running container an ephemeral one looks at; one that does not run any more cannot be looked at. */
const targetOf = (scope: PodScope, container: EphemeralContainer): Pick<ContainerLaunch, 'targetId'> => {
  const name = container.targetContainerName;
  if (!name) return {};
  const targetId = scope.running.get(name)?.id;
  if (targetId !== undefined) return { targetId };
  const message = `targetContainerName: container ${JSON.stringify(name)} of this pod does not run`;
  throw new Failure(message, { code: 'CreateContainerConfigError', retryable: true });
};

/** Only who pulls images needs them. A secret that is not there does not stop the pod: its image may need none. */
const pullCredentialsOf = async (scope: PodScope): Promise<Pick<ContainerLaunch, 'pullCredentials'>> => {
  const named: readonly unknown[] = Array.isArray(scope.spec['imagePullSecrets']) ? scope.spec['imagePullSecrets'] : [];
  if (named.length === 0 || scope.deps.runtime.name !== 'docker') return {};
  const names = named.flatMap((one) => (isObject(one) && typeof one['name'] === 'string' ? [one['name']] : []));
  const objects = objectsOf(scope);
  const found = await Promise.all(names.map(async (name) => ({ name, secret: await objects.secret(name) })));
  const missing = found.filter(({ secret }) => secret === undefined).map(({ name }) => name);
  if (missing.length > 0)
    scope.tell(
      'Warning',
      'FailedToRetrieveImagePullSecret',
      `imagePullSecrets: secrets not found: ${missing.join(', ')}; images are pulled without them`,
    );
  return { pullCredentials: readPullSecrets(found.flatMap(({ secret }) => secret ?? [])) };
};

/** The objects of the pod's namespace, as they are when they are asked for. */
const objectsOf = ({ deps, pod }: PodScope): NamespaceObjects => {
  const { client } = deps;
  const { namespace = 'default' } = keyOf(pod);
  return {
    configMap: (name) => client.get(CONFIG_MAPS, { namespace, name }).catch(absentIfNotFound),
    secret: (name) => client.get(SECRETS, { namespace, name }).catch(absentIfNotFound),
    services: [],
    claimedVolume: async (claim) => {
      const found = await client.get(PERSISTENT_VOLUME_CLAIMS, { namespace, name: claim }).catch(absentIfNotFound);
      const name = found?.status?.phase === 'Bound' ? found.spec?.volumeName : undefined;
      return name === undefined ? undefined : client.get(PERSISTENT_VOLUMES, { name }).catch(absentIfNotFound);
    },
  };
};

/** Services a pod has variables of: those of its namespace unless it wants none, and always the API server. */
const servicesOf = async ({ deps, pod, spec }: PodScope): Promise<readonly Service[]> => {
  const services = deps.informers.of({ resource: SERVICES });
  const isApi = ({ metadata }: Service): boolean =>
    metadata.namespace === API_SERVICE.namespace && metadata.name === API_SERVICE.name;
  const own = spec['enableServiceLinks'] === false ? [] : services.list(keyOf(pod).namespace);
  const api = services.get(API_SERVICE);
  const bridged = spec['hostNetwork'] === true ? undefined : deps.runtime.bridgeAddress?.bind(deps.runtime);
  const entry = api && (await deps.network?.apiServer(bridged));
  return [...own.filter((service) => !isApi(service)), ...(api ? [entry ? withEntry(api, entry) : api] : [])];
};

/** The API server's Service as a pod finds it, which may be another place than its address. */
const withEntry = (api: Service, entry: ApiServerEntry): Service => ({
  ...api,
  spec: {
    ...api.spec,
    clusterIP: entry.host,
    ports: (api.spec?.ports ?? []).map((port) => ({ ...port, port: entry.port })),
  },
});

const absentIfNotFound = (thrown: unknown): undefined => {
  if (isApiError(thrown, 'NotFound')) return undefined;
  throw thrown;
};
