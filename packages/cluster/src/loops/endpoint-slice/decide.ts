/**
 * Which addresses and ports stand behind a Service.
 * @upstream kubernetes staging/src/k8s.io/endpointslice reconciler.go, utils.go#podToEndpoint
 */
import {
  isConditionTrue,
  matchesLabelSelector,
  type Endpoint,
  type EndpointSlice,
  type Pod,
  type Service,
} from '@argosy/kube';

/** Most endpoints of one slice, as upstream's default. */
const MAX_ENDPOINTS_PER_SLICE = 100;

/** Endpoints and ports of one slice to be. */
export type SliceContent = Pick<EndpointSlice, 'endpoints' | 'ports'>;

/**
 * Computes the slices of a service from the pods of its namespace, in order of pod name, so that the same world gives
 * the same slices. Pods whose named target ports resolve differently stand in different slices. A service without pods has
 * one slice without endpoints, one without a selector has none of ours.
 */
export const computeSlices = (service: Service, pods: readonly Pod[]): readonly SliceContent[] => {
  const selector = service.spec?.selector;
  if (!selector || Object.keys(selector).length === 0 || service.spec?.type === 'ExternalName') return [];
  const groups = new Map<string, { readonly ports: SliceContent['ports']; readonly endpoints: Endpoint[] }>();
  for (const pod of [...pods].sort(byName)) {
    if (!hasAddress(pod) || !matchesLabelSelector({ matchLabels: selector }, pod.metadata.labels)) continue;
    const ports = resolvePorts(service, pod);
    const identity = JSON.stringify(ports);
    const group = groups.get(identity) ?? { ports, endpoints: [] };
    group.endpoints.push(toEndpoint(service, pod));
    groups.set(identity, group);
  }
  // Who looks for a service without pods finds that there are none yet, and not nothing.
  if (groups.size === 0) return [{ ports: [], endpoints: [] }];
  return [...groups.values()].flatMap(({ ports, endpoints }) =>
    inChunks(endpoints).map((chunk) => ({ ports, endpoints: chunk })),
  );
};

const byName = (left: Pod, right: Pod): number => ((left.metadata.name ?? '') < (right.metadata.name ?? '') ? -1 : 1);

const hasAddress = (pod: Pod): boolean =>
  Boolean(pod.status?.podIP) && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed';

/** A port whose name the pod does not have is left out, as upstream does. */
const resolvePorts = (service: Service, pod: Pod): SliceContent['ports'] =>
  (service.spec?.ports ?? []).flatMap((port) => {
    const target = port.targetPort ?? port.port;
    const protocol = port.protocol ?? 'TCP';
    const number = typeof target === 'number' ? target : namedPort(pod, target, protocol);
    if (number === undefined) return [];
    const appProtocol = port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol };
    return [{ name: port.name ?? '', port: number === 0 ? port.port : number, protocol, ...appProtocol }];
  });

const namedPort = (pod: Pod, name: string, protocol: string): number | undefined =>
  containersWithPorts(pod)
    .flatMap((container) => container.ports ?? [])
    .find((port) => port.name === name && (port.protocol ?? 'TCP') === protocol)?.containerPort;

const containersWithPorts = (pod: Pod) => [
  ...(pod.spec?.containers ?? []),
  ...(pod.spec?.initContainers ?? []).filter((container) => container.restartPolicy === 'Always'),
];

const toEndpoint = (service: Service, pod: Pod): Endpoint => {
  const isTerminating = pod.metadata.deletionTimestamp !== undefined;
  const isPublished = service.spec?.publishNotReadyAddresses === true;
  const isServing = isConditionTrue(pod.status?.conditions, 'Ready');
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: {
      ready: isPublished || (isServing && !isTerminating),
      serving: isServing,
      terminating: isTerminating,
    },
    ...hostnameOf(service, pod),
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid },
    ...(pod.spec?.nodeName ? { nodeName: pod.spec.nodeName } : {}),
  };
};

/** The name a pod of this service's subdomain has below the service. */
const hostnameOf = (service: Service, pod: Pod): { readonly hostname?: string } =>
  pod.spec?.hostname && pod.spec.subdomain === service.metadata.name ? { hostname: pod.spec.hostname } : {};

const inChunks = (endpoints: readonly Endpoint[]): readonly (readonly Endpoint[])[] =>
  Array.from({ length: Math.ceil(endpoints.length / MAX_ENDPOINTS_PER_SLICE) }, (_, index) =>
    endpoints.slice(index * MAX_ENDPOINTS_PER_SLICE, (index + 1) * MAX_ENDPOINTS_PER_SLICE),
  );
