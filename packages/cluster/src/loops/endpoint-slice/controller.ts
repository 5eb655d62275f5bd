/**
 * Keeps the EndpointSlices of each Service true. @upstream kubernetes pkg/controller/endpointslice
 */
import { isEqual } from '@argosy/base';
import type { Informer } from '@argosy/client';
import {
  createController,
  watchMapped,
  watchObjects,
  watchOwned,
  type Controller,
  type Next,
} from '@argosy/controller';
import {
  controllerReferenceTo,
  ENDPOINT_SLICES,
  isApiError,
  keyOf,
  matchesLabelSelector,
  PODS,
  SERVICES,
  type EndpointSlice,
  type ObjectKey,
  type Pod,
  type Service,
} from '@argosy/kube';

import { unlessGone } from '../idempotent-writes.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { computeSlices } from './decide.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
/** @spec https://kubernetes.io/docs/reference/labels-annotations-taints/#servicekubernetesioheadless */
const HEADLESS = 'service.kubernetes.io/headless';
const MANAGER = 'endpointslice-controller.k8s.io';
const BY_SERVICE = 'service';

/** Creates the loop. */
export const createEndpointSliceLoop = (deps: LoopDeps): Controller => {
  const services = deps.informers.of({ resource: SERVICES });
  const pods = deps.informers.of({ resource: PODS });
  const slices = deps.informers.of({
    resource: ENDPOINT_SLICES,
    indexes: { [BY_SERVICE]: (slice) => (isOurs(slice) ? [serviceOf(slice)] : []) },
  });

  const servicesOf = (pod: Pod): readonly ObjectKey[] =>
    services
      .list(pod.metadata.namespace)
      .filter((service) => selects(service, pod))
      .map(keyOf);
  const reconcile = async (key: ObjectKey): Promise<Next> => {
    const service = services.get(key);
    // The slices of a deleted service are the collector's: they are owned by it.
    if (service && !service.metadata.deletionTimestamp) await writeSlices(deps, service, { pods, slices });
    return { kind: 'settled' };
  };
  return createController(deps, {
    name: 'endpointslice',
    sources: [
      watchObjects(services),
      watchMapped(pods, (change) => [
        ...servicesOf(change.object),
        ...(change.kind === 'updated' ? servicesOf(change.previous) : []),
      ]),
      watchOwned(slices, { kind: 'Service' }),
    ],
    reconcile,
  });
};

const selects = ({ spec }: Service, pod: Pod): boolean =>
  spec?.selector ? matchesLabelSelector({ matchLabels: spec.selector }, pod.metadata.labels) : false;

const writeSlices = async (
  deps: LoopDeps,
  service: Service,
  { pods, slices }: { readonly pods: Informer<Pod>; readonly slices: Informer<EndpointSlice> },
): Promise<void> => {
  const { namespace = '' } = service.metadata;
  const wanted = computeSlices(service, pods.list(service.metadata.namespace)).map((content, index) =>
    describeSlice(service, sliceName(service, index), content),
  );
  await Promise.all(
    wanted.map((slice) => writeSlice(deps, slice, slices.get({ namespace, name: slice.metadata.name ?? '' }))),
  );
  const names = wanted.map(({ metadata }) => metadata.name);
  const superfluous = slices
    .byIndex(BY_SERVICE, keyText(service))
    .filter(({ metadata }) => !names.includes(metadata.name));
  await Promise.all(superfluous.map((slice) => unlessGone(() => deps.client.delete(ENDPOINT_SLICES, keyOf(slice)))));
};

const writeSlice = async (deps: LoopDeps, next: EndpointSlice, current: EndpointSlice | undefined): Promise<void> => {
  if (!current) return createOrReplace(deps, next);
  if (isEqual(contentOf(current), contentOf(next))) return;
  await deps.client.update(ENDPOINT_SLICES, {
    ...next,
    metadata: { ...current.metadata, labels: { ...current.metadata.labels, ...next.metadata.labels } },
  });
};

const isOurs = (slice: EndpointSlice): boolean => slice.metadata.labels?.[MANAGED_BY] === MANAGER;
const serviceOf = (slice: EndpointSlice): string =>
  `${slice.metadata.namespace ?? ''}/${slice.metadata.labels?.[SERVICE_NAME] ?? ''}`;
const keyText = (service: Service): string => `${service.metadata.namespace ?? ''}/${service.metadata.name ?? ''}`;

/** Names are made of the service's, so that a repeat after a crash meets its own slice. */
const sliceName = (service: Service, index: number): string =>
  `${(service.metadata.name ?? '').slice(0, 240)}-${index}`;

const describeSlice = (
  service: Service,
  name: string,
  content: ReturnType<typeof computeSlices>[number],
): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    name,
    namespace: service.metadata.namespace,
    labels: {
      ...service.metadata.labels,
      [SERVICE_NAME]: service.metadata.name ?? '',
      [MANAGED_BY]: MANAGER,
      ...(service.spec?.clusterIP === 'None' ? { [HEADLESS]: '' } : {}),
    },
    ownerReferences: [controllerReferenceTo(service)],
  },
  addressType: 'IPv4',
  endpoints: content.endpoints,
  ports: content.ports ?? [],
});

const contentOf = (slice: EndpointSlice) => ({
  endpoints: slice.endpoints,
  ports: slice.ports,
  service: slice.metadata.labels?.[SERVICE_NAME],
});

const createOrReplace = async (deps: LoopDeps, slice: EndpointSlice): Promise<void> => {
  try {
    await deps.client.create(ENDPOINT_SLICES, slice);
  } catch (thrown) {
    if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
    const current = await deps.client.get(ENDPOINT_SLICES, keyOf(slice));
    await deps.client.update(ENDPOINT_SLICES, {
      ...slice,
      metadata: { ...slice.metadata, resourceVersion: current.metadata.resourceVersion },
    });
  }
};
