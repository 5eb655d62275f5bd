/**
 * Keeps the Endpoints of each Service with a selector true, and mirrors into slices what users wrote for those without.
 */
import { isEqual } from '@argosy/base';
import { createController, watchMapped, watchObjects, type Controller, type Next } from '@argosy/controller';
import {
  controllerReferenceTo,
  ENDPOINT_SLICES,
  ENDPOINTS,
  keyOf,
  SERVICES,
  type Endpoints,
  type EndpointSlice,
  type ObjectKey,
  type Service,
} from '@argosy/kube';

import { API_SERVICE } from '../api-service/decide.ts';
import { unlessGone } from '../idempotent-writes.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { computeSubsets, mirrorSubsets, OVER_CAPACITY } from './decide.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const MIRRORER = 'endpointslicemirroring-controller.k8s.io';
const SKIP_MIRROR = 'endpointslice.kubernetes.io/skip-mirror';
const BY_SERVICE = 'endpoints-service';

/** Creates the loop. */
export const createEndpointsLoop = (deps: LoopDeps): Controller => {
  const services = deps.informers.of({ resource: SERVICES });
  const endpoints = deps.informers.of({ resource: ENDPOINTS });
  const slices = deps.informers.of({
    resource: ENDPOINT_SLICES,
    indexes: { [BY_SERVICE]: (slice) => [keyText(serviceOf(slice))] },
  });
  /** Services seen so far. */
  const known = new Set<string>();
  const reconcile = async (key: ObjectKey): Promise<Next> => {
    const service = services.get(key);
    const own = slices.byIndex(BY_SERVICE, keyText(key));
    // Endpoints without a service are their author's, who may make the service later; those of one that was there go with it.
    if (!service) {
      if (known.delete(keyText(key))) await remove(deps, endpoints.get(key));
      return { kind: 'settled' };
    }
    known.add(keyText(key));
    if (service.metadata.deletionTimestamp) await remove(deps, endpoints.get(key));
    else if (isDerived(service)) await writeEndpoints(deps, endpoints.get(key), { service, slices: own });
    else if (service.spec?.type !== 'ExternalName')
      await writeMirrors(deps, endpoints.get(key), { service, mirrors: own.filter(isMirror) });
    return { kind: 'settled' };
  };
  return createController(deps, {
    name: 'endpoints',
    sources: [
      watchObjects(services),
      watchObjects(endpoints),
      watchMapped(slices, ({ object }) => [serviceOf(object)]),
    ],
    reconcile,
  });
};

/** The Service of the API server has slices, though no selector. */
const isDerived = (service: Service): boolean =>
  Object.keys(service.spec?.selector ?? {}).length > 0 || isApiService(service);
const isApiService = ({ metadata }: Service): boolean =>
  metadata.namespace === API_SERVICE.namespace && metadata.name === API_SERVICE.name;
const isMirror = ({ metadata }: EndpointSlice): boolean => metadata.labels?.[MANAGED_BY] === MIRRORER;
const keyText = ({ namespace = '', name }: ObjectKey): string => `${namespace}/${name}`;
const serviceOf = ({ metadata }: EndpointSlice): ObjectKey => ({
  namespace: metadata.namespace ?? '',
  name: metadata.labels?.[SERVICE_NAME] ?? '',
});

const writeEndpoints = async (
  deps: LoopDeps,
  current: Endpoints | undefined,
  of: { readonly service: Service; readonly slices: readonly EndpointSlice[] },
): Promise<void> => {
  const { subsets, isCut } = computeSubsets(of.service, of.slices);
  const { [OVER_CAPACITY]: _cut, ...annotations } = current?.metadata.annotations ?? {};
  const wanted: Endpoints = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...(current?.metadata ?? keyOf(of.service)),
      labels: labelsOf(of.service),
      ...(isCut || Object.keys(annotations).length > 0
        ? { annotations: { ...annotations, ...(isCut ? { [OVER_CAPACITY]: 'truncated' } : {}) } }
        : {}),
    },
    subsets,
  };
  if (!current) await deps.client.create(ENDPOINTS, wanted);
  else if (!isEqual(contentOf(current), contentOf(wanted))) await deps.client.update(ENDPOINTS, wanted);
};

const labelsOf = (service: Service): Readonly<Record<string, string>> => ({
  ...service.metadata.labels,
  ...(isHeadless(service) ? { 'service.kubernetes.io/headless': '' } : {}),
  ...(isApiService(service) ? { [SKIP_MIRROR]: 'true' } : {}),
});

const isHeadless = ({ spec }: Service): boolean => spec?.clusterIP === 'None';

const contentOf = ({ metadata, subsets = [] }: Endpoints) => ({
  labels: metadata.labels ?? {},
  annotations: metadata.annotations ?? {},
  subsets,
});

const writeMirrors = async (
  deps: LoopDeps,
  written: Endpoints | undefined,
  of: { readonly service: Service; readonly mirrors: readonly EndpointSlice[] },
): Promise<void> => {
  const contents =
    written && written.metadata.labels?.[SKIP_MIRROR] !== 'true' ? mirrorSubsets(written.subsets ?? []) : [];
  const wanted = written ? contents.map((content, index) => describeMirror(written, content, index)) : [];
  for (const slice of wanted) {
    const current = of.mirrors.find(({ metadata }) => metadata.name === slice.metadata.name);
    if (!current) await deps.client.create(ENDPOINT_SLICES, slice);
    else if (!isEqual([current.endpoints, current.ports], [slice.endpoints, slice.ports]))
      await deps.client.update(ENDPOINT_SLICES, { ...slice, metadata: { ...current.metadata, ...slice.metadata } });
  }
  const names = new Set(wanted.map(({ metadata }) => metadata.name));
  for (const slice of of.mirrors) if (!names.has(slice.metadata.name)) await remove(deps, slice);
};

const describeMirror = (
  written: Endpoints,
  content: ReturnType<typeof mirrorSubsets>[number],
  index: number,
): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    name: `${(written.metadata.name ?? '').slice(0, 230)}-mirror-${index}`,
    namespace: written.metadata.namespace,
    labels: { ...written.metadata.labels, [SERVICE_NAME]: written.metadata.name ?? '', [MANAGED_BY]: MIRRORER },
    ownerReferences: [controllerReferenceTo(written)],
  },
  addressType: 'IPv4',
  endpoints: content.endpoints,
  ports: content.ports ?? [],
});

const remove = async (deps: LoopDeps, object: Endpoints | EndpointSlice | undefined): Promise<void> => {
  if (!object) return;
  await unlessGone(() => deps.client.delete(object.kind === 'Endpoints' ? ENDPOINTS : ENDPOINT_SLICES, keyOf(object)));
};
