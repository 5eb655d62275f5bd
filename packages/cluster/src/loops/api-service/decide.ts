/**
 * The Service `kubernetes` in namespace `default`, by which pods find the API server. Pure.
 * @upstream kubernetes pkg/controlplane/controller/kubernetesservice/controller.go
 */
import type { EndpointSlice, Service } from '@argosy/kube';

/** Where the API server listens. */
export interface ApiServerAddress {
  readonly address: string;
  readonly port: number;
  /** Address of its Service; the usual one when absent. */
  readonly clusterIP?: string;
}

/** Name of the Service and of its slice, and where they are. */
export const API_SERVICE = { namespace: 'default', name: 'kubernetes' } as const;
/** The first address of the range of services, as in every cluster; the others are for further platforms of one machine. */
export const API_CLUSTER_IPS = ['10.96.0.1', ...Array.from({ length: 8 }, (_, at) => `10.96.255.${at + 1}`)] as const;
/** Port of the Service. */
export const API_PORT = 443;

/** Names under which pods know the API server, the one programs are told first; its certificate has them all. */
export const API_NAMES = [
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
  'kubernetes.default',
  'kubernetes',
] as const;
/** What the server's certificate needs to be for, besides where the server listens. */
export const API_SERVER_NAMES: readonly string[] = [...API_NAMES, ...API_CLUSTER_IPS];

/** Whether the Service has another address than it should; it cannot be changed, only made anew. */
export const isMisplaced = (current: Service | undefined, { clusterIP }: ApiServerAddress): boolean =>
  current !== undefined && clusterIP !== undefined && current.spec?.clusterIP !== clusterIP;

/** The Service; `current` keeps what others have added. */
export const decideApiService = (current: Service | undefined, at: ApiServerAddress): Service => ({
  ...current,
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    ...current?.metadata,
    ...API_SERVICE,
    labels: { ...current?.metadata.labels, component: 'apiserver', provider: 'kubernetes' },
  },
  spec: {
    type: 'ClusterIP',
    sessionAffinity: 'None',
    ...(current ? {} : { clusterIP: at.clusterIP ?? API_CLUSTER_IPS[0] }),
    ...current?.spec,
    ports: [{ name: 'https', protocol: 'TCP', port: API_PORT, targetPort: at.port }],
  } as Service['spec'],
});

/** The Service's only slice. */
export const decideApiSlice = (current: EndpointSlice | undefined, at: ApiServerAddress): EndpointSlice => ({
  ...current,
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    ...current?.metadata,
    ...API_SERVICE,
    labels: { ...current?.metadata.labels, 'kubernetes.io/service-name': API_SERVICE.name },
  },
  addressType: 'IPv4',
  endpoints: [{ addresses: [at.address], conditions: { ready: true } }],
  ports: [{ name: 'https', port: at.port, protocol: 'TCP' }],
});
