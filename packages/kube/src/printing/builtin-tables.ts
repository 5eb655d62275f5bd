/**
 * Columns and cells of the built-in kinds as kubectl prints them. @upstream kubernetes pkg/printers/internalversion/printers.go
 */
import { formatAge, parseTimestamp } from '@argosy/base';

import type {
  ApiService,
  ComponentStatus,
  ConfigMap,
  EndpointSlice,
  Gateway,
  GatewayClass,
  HTTPRoute,
  Ingress,
  IngressClass,
  Job,
  Namespace,
  ReplicaSet,
  Deployment,
  Secret,
  Service,
  Lease,
  CustomResourceDefinition,
} from '../core/index.ts';
import { findCondition } from '../objects/conditions.ts';
import type { KubeObject } from '../objects/object.ts';
import { CONTROL_TABLES } from './control-tables.ts';
import { EVENT_TABLES } from './event-tables.ts';
import { nodes } from './node-table.ts';
import { pods } from './pod-table.ts';
import { POLICY_TABLES } from './policy-tables.ts';
import { SET_TABLES } from './set-tables.ts';
import { STORAGE_TABLES } from './storage-tables.ts';
import {
  age,
  atMost,
  imagesOf,
  mapText,
  nameOf,
  none,
  selectorText,
  table,
  unset,
  type TableDefinition,
} from './table-words.ts';

const deployments = table<Deployment>(
  ['Name', 'Ready', 'Up-to-date', 'Available', 'Age', '+Containers', '+Images', '+Selector'],
  (object, now) => [
    nameOf(object),
    `${object.status?.readyReplicas ?? 0}/${object.spec?.replicas ?? 1}`,
    object.status?.updatedReplicas ?? 0,
    object.status?.availableReplicas ?? 0,
    age(object, now),
    ...imagesOf(object.spec?.template.spec.containers),
    selectorText(object.spec?.selector),
  ],
);

const replicaSets = table<ReplicaSet>(
  ['Name', 'Desired#integer', 'Current#integer', 'Ready#integer', 'Age', '+Containers', '+Images', '+Selector'],
  (object, now) => [
    nameOf(object),
    object.spec?.replicas ?? 1,
    object.status?.replicas ?? 0,
    object.status?.readyReplicas ?? 0,
    age(object, now),
    ...imagesOf(object.spec?.template.spec.containers),
    selectorText(object.spec?.selector),
  ],
);

const jobs = table<Job>(
  ['Name', 'Status', 'Completions', 'Duration', 'Age', '+Containers', '+Images', '+Selector'],
  (job, now) => {
    const { status = {}, spec } = job;
    const isTrue = (type: string): boolean => findCondition(status.conditions, type)?.status === 'True';
    const state = isTrue('Complete')
      ? 'Complete'
      : isTrue('Failed')
        ? 'Failed'
        : job.metadata.deletionTimestamp
          ? 'Terminating'
          : (['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(isTrue) ?? 'Running');
    const wanted = spec?.completions ?? ((spec?.parallelism ?? 1) > 1 ? `1 of ${spec?.parallelism ?? 1}` : 1);
    const started = parseTimestamp(status.startTime);
    const duration = started === undefined ? '' : formatAge((parseTimestamp(status.completionTime) ?? now) - started);
    return [
      nameOf(job),
      state,
      `${status.succeeded ?? 0}/${wanted}`,
      duration,
      age(job, now),
      ...imagesOf(spec?.template.spec.containers),
      selectorText(spec?.selector),
    ];
  },
);

const services = table<Service>(
  ['Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age', '+Selector'],
  (service, now) => {
    const ports = (service.spec?.ports ?? [])
      .map((port) => `${port.port}${port.nodePort ? `:${port.nodePort}` : ''}/${port.protocol ?? 'TCP'}`)
      .join(',');
    return [
      nameOf(service),
      service.spec?.type ?? 'ClusterIP',
      none(service.spec?.clusterIP),
      externalAddress(service),
      none(ports),
      age(service, now),
      mapText(service.spec?.selector),
    ];
  },
);

const externalAddress = ({ spec, status }: Service): string => {
  if (spec?.type === 'ExternalName') return none(spec.externalName);
  const others = spec?.externalIPs ?? [];
  const balanced = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '');
  const all = spec?.type === 'LoadBalancer' ? [...balanced, ...others] : others;
  return all.length === 0 && spec?.type === 'LoadBalancer' ? '<pending>' : none(all.join(','));
};

const ingresses = table<Ingress>(['Name', 'Class', 'Hosts', 'Address', 'Ports', 'Age'], (ingress, now) => {
  return [
    nameOf(ingress),
    none(ingress.spec?.ingressClassName),
    hostsText(ingress),
    (ingress.status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '').join(','),
    (ingress.spec?.tls ?? []).length > 0 ? '80, 443' : '80',
    age(ingress, now),
  ];
});

/** Three hosts; what comes after them is counted by rules, with those that name no host. */
const hostsText = ({ spec }: Ingress): string => {
  const rules = spec?.rules ?? [];
  const named = rules.flatMap(({ host }, at) => (host ? [{ host, at }] : []));
  if (named.length === 0) return '*';
  const hosts = named.slice(0, 3).map(({ host }) => host);
  const isMore = (named[2]?.at ?? Infinity) < rules.length - 1;
  return `${hosts.join(',')}${isMore ? ` + ${rules.length - 3} more...` : ''}`;
};

const ingressClasses = table<IngressClass>(['Name', 'Controller', 'Parameters', 'Age'], (ingressClass, now) => {
  const { apiGroup, kind = '', name = '' } = ingressClass.spec?.parameters ?? {};
  return [
    nameOf(ingressClass),
    ingressClass.spec?.controller ?? '',
    ingressClass.spec?.parameters ? `${kind}${apiGroup ? `.${apiGroup}` : ''}/${name}` : '<none>',
    age(ingressClass, now),
  ];
});

/** Columns of the Gateway API's definitions. @upstream gateway-api config/crd/standard */
const httpRoutes = table<HTTPRoute>(['Name', 'Hostnames', 'Age'], (route, now) => [
  nameOf(route),
  route.spec?.hostnames ? JSON.stringify(route.spec.hostnames) : '',
  age(route, now),
]);

const gateways = table<Gateway>(['Name', 'Class', 'Address', 'Programmed', 'Age'], (gateway, now) => [
  nameOf(gateway),
  gateway.spec?.gatewayClassName ?? '',
  (gateway.status?.addresses ?? []).map(({ value }) => value).join(','),
  findCondition(gateway.status?.conditions, 'Programmed')?.status ?? '',
  age(gateway, now),
]);

const gatewayClasses = table<GatewayClass>(
  ['Name', 'Controller', 'Accepted', 'Age', '+Description'],
  (gatewayClass, now) => [
    nameOf(gatewayClass),
    gatewayClass.spec?.controllerName ?? '',
    findCondition(gatewayClass.status?.conditions, 'Accepted')?.status ?? '',
    age(gatewayClass, now),
    gatewayClass.spec?.description ?? '',
  ],
);

const endpointSlices = table<EndpointSlice>(['Name', 'AddressType', 'Ports', 'Endpoints', 'Age'], (slice, now) => [
  nameOf(slice),
  slice.addressType,
  unset(
    atMost(
      3,
      (slice.ports ?? []).map((port) => String(port.port ?? port.name ?? '*')),
    ),
  ),
  unset(
    atMost(
      3,
      slice.endpoints.flatMap((endpoint) => endpoint.addresses),
    ),
  ),
  age(slice, now),
]);

const apiServices = table<ApiService>(['Name', 'Service', 'Available', 'Age'], (apiService, now) => {
  const { namespace = '', name = '' } = apiService.spec?.service ?? {};
  const available = findCondition(apiService.status?.conditions, 'Available');
  const isUnavailable = available !== undefined && available.status !== 'True';
  return [
    nameOf(apiService),
    apiService.spec?.service ? `${namespace}/${name}` : 'Local',
    `${available?.status ?? 'Unknown'}${isUnavailable && available.reason ? ` (${available.reason})` : ''}`,
    age(apiService, now),
  ];
});

const componentStatuses = table<ComponentStatus>(['Name', 'Status', 'Message', 'Error'], (component) => {
  const healthy = component.conditions?.find(({ type }) => type === 'Healthy');
  const status = healthy?.status === 'True' ? 'Healthy' : healthy?.status === 'False' ? 'Unhealthy' : 'Unknown';
  return [nameOf(component), status, healthy?.message ?? '', healthy?.error ?? ''];
});

/** Tables by `group/Kind`; a kind without one is printed with name and age. */
export const BUILTIN_TABLES: Readonly<Record<string, TableDefinition>> = {
  ...SET_TABLES,
  ...CONTROL_TABLES,
  ...POLICY_TABLES,
  ...STORAGE_TABLES,
  '/ComponentStatus': componentStatuses,
  '/Pod': pods,
  'apps/Deployment': deployments,
  'apps/ReplicaSet': replicaSets,
  'batch/Job': jobs,
  '/Service': services,
  ...EVENT_TABLES,
  'networking.k8s.io/Ingress': ingresses,
  'networking.k8s.io/IngressClass': ingressClasses,
  'gateway.networking.k8s.io/HTTPRoute': httpRoutes,
  'gateway.networking.k8s.io/Gateway': gateways,
  'gateway.networking.k8s.io/GatewayClass': gatewayClasses,
  'discovery.k8s.io/EndpointSlice': endpointSlices,
  'apiregistration.k8s.io/APIService': apiServices,
  '/Node': nodes,
  '/Namespace': table<Namespace>(['Name', 'Status', 'Age'], (object, now) => [
    nameOf(object),
    object.status?.phase ?? '',
    age(object, now),
  ]),
  '/ConfigMap': table<ConfigMap>(['Name', 'Data', 'Age'], (object, now) => [
    nameOf(object),
    Object.keys(object.data ?? {}).length + Object.keys(object.binaryData ?? {}).length,
    age(object, now),
  ]),
  '/Secret': table<Secret>(['Name', 'Type', 'Data', 'Age'], (object, now) => [
    nameOf(object),
    object.type ?? 'Opaque',
    Object.keys(object.data ?? {}).length,
    age(object, now),
  ]),
  'coordination.k8s.io/Lease': table<Lease>(['Name', 'Holder', 'Age'], (object, now) => [
    nameOf(object),
    object.spec?.holderIdentity ?? '',
    age(object, now),
  ]),
  'apiextensions.k8s.io/CustomResourceDefinition': table<CustomResourceDefinition>(
    ['Name', 'Created At#date'],
    (object) => [nameOf(object), object.metadata.creationTimestamp ?? ''],
  ),
};

/** How kinds without a table are printed. */
export const PLAIN_TABLE: TableDefinition = table<KubeObject>(['Name', 'Age'], (object, now) => [
  nameOf(object),
  age(object, now),
]);
