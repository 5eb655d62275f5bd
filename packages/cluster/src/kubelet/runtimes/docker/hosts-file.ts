/**
 * The hosts file of a pod's containers, which the kubelet writes and not the engine: its aliases stand in one line each, and
 * containers that bring their own are left alone. @upstream kubernetes pkg/kubelet/kubelet_pods.go#managedHostsFileContent
 */
import type { Pod } from '@argosy/kube';

import { hostsEntries } from '../process/hosts-file.ts';
import { fullNameOf, hostnameOf } from '../pod-hostname.ts';

/** The text for a pod with a network of its own; `names` are of the cluster, where no server answers them. Pure. */
export const managedHosts = (
  pod: Pod,
  around: { readonly podIP: string; readonly names: readonly (readonly [name: string, address: string])[] },
): string => {
  const own = hostnameOf(pod);
  const full = fullNameOf(pod);
  const lines: readonly (readonly string[])[] = [
    ...LOOPBACK,
    [around.podIP, ...(full === undefined ? [] : [full]), own],
    ...around.names.map(([name, address]) => [address, name]),
  ];
  const text = lines.map((line) => `${line.join('\t')}\n`).join('');
  return `${HEADER}\n${text}${hostsEntries(pod) ?? ''}`;
};

/** By this line programs know whose file it is. */
const HEADER = '# Kubernetes-managed hosts file.';
const LOOPBACK = [
  ['127.0.0.1', 'localhost'],
  ['::1', 'localhost ip6-localhost ip6-loopback'],
  ['fe00::0', 'ip6-localnet'],
  ['fe00::0', 'ip6-mcastprefix'],
  ['fe00::1', 'ip6-allnodes'],
  ['fe00::2', 'ip6-allrouters'],
] as const;
