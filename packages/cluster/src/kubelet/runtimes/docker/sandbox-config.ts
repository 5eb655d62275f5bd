/**
 * A pod's sandbox as the engine is told to create it: the container whose network, host name and hosts file the pod's
 * containers share. @upstream kubernetes pkg/kubelet/kuberuntime/kuberuntime_sandbox.go#generatePodSandboxConfig
 */
import { isObject } from '@argosy/base';
import type { Pod } from '@argosy/kube';

import { asksCluster, nameResolutionOf, type NameResolution } from '../../environment/name-resolution.ts';
import { hostnameOf } from '../pod-hostname.ts';
import { LABELS, toPodLabels, type InstanceLabels } from './container-labels.ts';
import { PAUSE_IMAGE } from './pause-image.ts';
import { NETWORK } from './pod-network.ts';

/** What a sandbox needs to be told so that its names can be resolved. */
export interface SandboxNames {
  /** Address of the cluster's name server, where there is one. */
  readonly nameServer: string | undefined;
  /** Names for the hosts file besides those of the pod's author. */
  readonly hosts: readonly (readonly [name: string, address: string])[];
}

/** Whether the pod uses the machine's own network. Pure. */
export const usesHostNetwork = (pod: Pod): boolean => pod.spec?.['hostNetwork'] === true;

/** The body of the engine's create request. Pure. */
export const toSandboxConfig = (
  pod: Pod,
  around: { readonly instance: InstanceLabels; readonly podIP: string; readonly names: SandboxNames },
): Readonly<Record<string, unknown>> => {
  const isHost = usesHostNetwork(pod);
  const ports = isHost ? {} : toPortBindings(pod);
  return {
    Image: PAUSE_IMAGE,
    Labels: { ...toPodLabels(pod, around.instance), ...(isHost ? {} : { [LABELS.podIP]: around.podIP }) },
    ...(isHost ? {} : { Hostname: hostnameOf(pod) }),
    ExposedPorts: Object.fromEntries(Object.keys(ports).map((port) => [port, {}])),
    HostConfig: {
      NetworkMode: isHost ? 'host' : NETWORK,
      IpcMode: 'shareable',
      PortBindings: ports,
      ExtraHosts: [...toExtraHosts(pod), ...around.names.hosts.map(([name, address]) => `${name}:${address}`)],
      ...toDns(pod, around.names.nameServer),
      ...(isHost ? {} : toSysctls(pod)),
    },
    ...(isHost
      ? {}
      : {
          NetworkingConfig: {
            EndpointsConfig: { [NETWORK]: { IPAMConfig: { IPv4Address: around.podIP }, Aliases: toAliases(pod) } },
          },
        }),
  };
};

/** Names the engine's DNS answers to the other pods: those of a pod of a StatefulSet or with hostname and subdomain. */
const toAliases = (pod: Pod): readonly string[] => {
  const { hostname, subdomain } = pod.spec ?? {};
  if (!hostname || !subdomain) return [];
  const name = `${hostname}.${subdomain}.${pod.metadata.namespace}`;
  return [name, `${name}.svc`, `${name}.svc.cluster.local`];
};

/** What the pod does not say stays the engine's. */
const NOTHING: NameResolution = { nameservers: [], searches: [], options: [] };

/** How a pod resolves names as far as it is not the engine's to say: then no name server is named. Pure. */
export const resolutionOf = (pod: Pod, nameServer: string | undefined): NameResolution =>
  nameResolutionOf(pod, { nameServer, machine: NOTHING }) ?? NOTHING;

const toDns = (pod: Pod, nameServer: string | undefined): Readonly<Record<string, readonly string[]>> => {
  const { nameservers, searches, options } = resolutionOf(pod, nameServer);
  const isUnserved = asksCluster(pod) && nameServer === undefined && !usesHostNetwork(pod);
  return {
    Dns: nameservers,
    // The engine knows pods by host name and subdomain. Two dots: enough for `pod.subdomain` to be looked for in the
    // namespace first, and names of the world are asked once.
    DnsSearch: isUnserved ? [`${pod.metadata.namespace}.svc.cluster.local`, ...searches] : searches,
    DnsOptions: isUnserved && !options.some((one) => one.startsWith('ndots')) ? ['ndots:2', ...options] : options,
  };
};

const toExtraHosts = (pod: Pod): readonly string[] => {
  const aliases = pod.spec?.['hostAliases'];
  if (!Array.isArray(aliases)) return [];
  return aliases
    .filter(isObject)
    .flatMap(({ ip, hostnames }) => texts(hostnames).map((hostname) => `${hostname}:${String(ip)}`));
};

const toSysctls = (pod: Pod): Readonly<Record<string, unknown>> => {
  const context = pod.spec?.['securityContext'];
  const asked = isObject(context) && Array.isArray(context['sysctls']) ? context['sysctls'].filter(isObject) : [];
  if (asked.length === 0) return {};
  return { Sysctls: Object.fromEntries(asked.map(({ name, value }) => [String(name), String(value)])) };
};

const toPortBindings = (pod: Pod): Readonly<Record<string, readonly unknown[]>> => {
  const containers = [
    ...(pod.spec?.containers ?? []),
    ...(pod.spec?.initContainers ?? []).filter((one) => one.restartPolicy === 'Always'),
  ];
  const ports = containers
    .flatMap((container) => container.ports ?? [])
    .map((port) => port as unknown as Readonly<Record<string, unknown>>)
    .filter((port) => typeof port['hostPort'] === 'number' && port['hostPort'] > 0);
  const keyOf = (port: (typeof ports)[number]): string =>
    `${String(port['containerPort'])}/${textOr(port['protocol'], 'TCP').toLowerCase()}`;
  return Object.fromEntries(
    ports.map((port) => [
      keyOf(port),
      ports
        .filter((one) => keyOf(one) === keyOf(port))
        .map((one) => ({ HostIp: textOr(one['hostIP'], ''), HostPort: String(one['hostPort']) })),
    ]),
  );
};

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

const textOr = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback);
