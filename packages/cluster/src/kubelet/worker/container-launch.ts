/**
 * Everything a container needs to start: environment, volumes, words expanded.
 */
import { Failure, isObject } from '@argosy/base';
import { keyOf, SERVICES, type Container, type Service } from '@argosy/kube';

import { API_SERVICE } from '../../loops/api-service/decide.ts';
import { expandVariables } from '../environment/expand-variables.ts';
import { resolveEnvironment } from '../environment/resolve-environment.ts';
import { readPullSecrets } from '../images/pull-credentials.ts';
import type { EphemeralContainer } from '../pod-containers.ts';
import type { ApiServerEntry } from '../pod-network-access.ts';
import type { ContainerLaunch } from '../pod-runtime.ts';
import { toMounts, type PodVolumes } from '../volumes/prepare-volumes.ts';
import { objectsOf } from './namespace-objects.ts';
import type { PodScope } from './pod-scope.ts';
import { pathBinder } from './pod-volumes.ts';

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
    mounts: scope.isSimulated
      ? []
      : await toMounts(container, of.volumes, { env, binder: await pathBinder(scope, container) }),
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
