/**
 * A pod's sandbox as the engine is told to create it: the container whose network, host name and hosts file the pod's
 * containers share. @upstream kubernetes pkg/kubelet/kuberuntime/kuberuntime_sandbox.go#generatePodSandboxConfig
 */
import { isObject } from '@argosy/base';
import type { Pod } from '@argosy/kube';

import { LABELS, toPodLabels, type InstanceLabels } from './container-labels.ts';
import { PAUSE_IMAGE } from './pause-image.ts';
import { NETWORK } from './pod-network.ts';

/** Longest host name of Linux. */
const LONGEST_HOSTNAME = 63;

/** Whether the pod uses the machine's own network. Pure. */
export const usesHostNetwork = (pod: Pod): boolean => pod.spec?.['hostNetwork'] === true;

/** The body of the engine's create request. Pure. */
export const toSandboxConfig = (
  pod: Pod,
  around: { readonly instance: InstanceLabels; readonly podIP: string },
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
      ExtraHosts: toExtraHosts(pod),
      ...(isHost ? {} : { ...toDns(pod), ...toSysctls(pod) }),
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

/** The pod's host name. Pure. */
export const hostnameOf = (pod: Pod): string =>
  (pod.spec?.hostname ?? pod.metadata.name ?? '').slice(0, LONGEST_HOSTNAME).replace(/[-.]+$/, '');

/** Names the engine's DNS answers to the other pods: those of a pod of a StatefulSet or with hostname and subdomain. */
const toAliases = (pod: Pod): readonly string[] => {
  const { hostname, subdomain } = pod.spec ?? {};
  if (!hostname || !subdomain) return [];
  const name = `${hostname}.${subdomain}.${pod.metadata.namespace}`;
  return [name, `${name}.svc`, `${name}.svc.cluster.local`];
};

const toDns = (pod: Pod): Readonly<Record<string, readonly string[]>> => {
  const config = isObject(pod.spec?.['dnsConfig']) ? pod.spec['dnsConfig'] : {};
  const policy = pod.spec?.['dnsPolicy'] ?? 'ClusterFirst';
  const isCluster = policy === 'ClusterFirst' || policy === 'ClusterFirstWithHostNet';
  const options = Array.isArray(config['options']) ? config['options'].filter(isObject) : [];
  return {
    Dns: texts(config['nameservers']),
    DnsSearch: [...(isCluster ? [`${pod.metadata.namespace}.svc.cluster.local`] : []), ...texts(config['searches'])],
    // Two dots: enough for `pod.subdomain` to be looked for in the namespace first, and names of the world are asked once.
    DnsOptions: [
      ...(isCluster ? ['ndots:2'] : []),
      ...options.map(({ name, value }) => [name, value].filter((part) => typeof part === 'string').join(':')),
    ],
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
