/**
 * What stands behind `…/pods/NAME/proxy` and `…/services/NAME/proxy`; NAME may have a scheme before and a port after it.
 * @upstream kubernetes pkg/registry/core/{pod,service} (ResourceLocation), apimachinery pkg/util/net/port_split.go
 */
import { ApiStatusError, notFound, type EndpointSlice, type KubeObject, type Pod, type Service } from '@argosy/kube';

import { isForeignAddress } from '../../kubelet/streams/foreign-address.ts';
import type { Store } from '../../store/store.ts';

/** Where to, and how to speak there. */
export interface ProxyTarget {
  readonly scheme: 'http' | 'https';
  /** The pod to connect to, or an address that is no pod's. */
  readonly at: { readonly kind: 'pod'; readonly pod: Pod } | { readonly kind: 'address'; readonly host: string };
  readonly port: number;
}

/** Finds the target. Throws NotFound, BadRequest for a name that cannot be read, ServiceUnavailable without endpoints. */
export const proxyTarget = (
  store: Pick<Store, 'get' | 'list'>,
  of: { readonly resource: string; readonly namespace: string; readonly name: string },
): ProxyTarget => {
  const { scheme, name, port } = splitName(of.resource, of.name);
  return of.resource === 'pods'
    ? podTarget(store, { namespace: of.namespace, name, scheme, port })
    : serviceTarget(store, { namespace: of.namespace, name, scheme, port });
};

interface Wanted {
  readonly namespace: string;
  readonly name: string;
  readonly scheme: 'http' | 'https';
  /** Number or name, or '' for whatever is usual. */
  readonly port: string;
}

const splitName = (resource: string, text: string): Omit<Wanted, 'namespace'> => {
  const parts = text.split(':');
  const [scheme, name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts];
  if (parts.length > 3 || name === '' || !['', 'http', 'https'].includes(scheme ?? ''))
    throw new ApiStatusError(
      'BadRequest',
      `invalid ${resource === 'pods' ? 'pod' : 'service'} request ${JSON.stringify(text)}`,
    );
  return { scheme: scheme === 'https' ? 'https' : 'http', name, port };
};

const podTarget = (store: Pick<Store, 'get'>, { namespace, name, scheme, port }: Wanted): ProxyTarget => {
  const pod = store.get('/pods', { namespace, name }) as Pod | undefined;
  if (!pod) throw notFound({ group: '', resource: 'pods' }, name);
  if (!pod.status?.podIP) throw new ApiStatusError('BadRequest', `address not allowed: pod ${name} has none yet`);
  const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  const number = /^\d+$/.test(port)
    ? Number(port)
    : port === ''
      ? ports[0]?.containerPort
      : ports.find((one) => one.name === port)?.containerPort;
  return { scheme, at: { kind: 'pod', pod }, port: number ?? (scheme === 'https' ? 443 : 80) };
};

const serviceTarget = (store: Pick<Store, 'get' | 'list'>, wanted: Wanted): ProxyTarget => {
  const { namespace, name, scheme } = wanted;
  const service = store.get('/services', { namespace, name }) as Service | undefined;
  if (!service) throw notFound({ group: '', resource: 'services' }, name);
  const portName = servicePort(service, wanted);
  const slices = store.list('discovery.k8s.io/endpointslices', { namespace }).items as readonly EndpointSlice[];
  for (const slice of slices.filter((one) => isOf(one, name))) {
    const port = slice.ports?.find((one) => (one.name ?? '') === portName)?.port;
    const endpoint = slice.endpoints.find(({ conditions }) => conditions?.ready !== false);
    const address = endpoint?.addresses[0];
    if (port === undefined || address === undefined) continue;
    const { kind, name: podName = '' } = endpoint?.targetRef ?? {};
    const pod = kind === 'Pod' ? (store.get('/pods', { namespace, name: podName }) as Pod | undefined) : undefined;
    return { scheme, at: pod ? { kind: 'pod', pod } : { kind: 'address', host: allowed(address) }, port };
  }
  throw new ApiStatusError(
    'ServiceUnavailable',
    `no endpoints available for service ${JSON.stringify(wanted.port ? `${name}:${wanted.port}` : name)}`,
  );
};

/** The name of the port that is meant; a service with one port needs none to be named. */
const servicePort = (service: Service, { name, port }: Wanted): string => {
  const ports = service.spec?.ports ?? [];
  if (port === '') return ports.length === 1 ? (ports[0]?.name ?? '') : '';
  const found = ports.find((one) => one.name === port || String(one.port) === port);
  if (!found)
    throw new ApiStatusError(
      'ServiceUnavailable',
      `no service port ${JSON.stringify(port)} found for service ${JSON.stringify(name)}`,
    );
  return found.name ?? '';
};

const isOf = (slice: KubeObject, service: string): boolean =>
  slice.metadata.labels?.['kubernetes.io/service-name'] === service;

/** Whoever may write a slice must not reach this machine's own servers by it. */
const allowed = (address: string): string => {
  if (isForeignAddress(address)) return address;
  throw new ApiStatusError(
    'BadRequest',
    `address not allowed: ${address} is no address of another machine or pod; give the endpoint the pod it is of as its targetRef`,
  );
};
