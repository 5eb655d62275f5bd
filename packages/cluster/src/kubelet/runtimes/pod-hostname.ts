/**
 * How a pod calls itself. @upstream kubernetes pkg/kubelet/kubelet_pods.go#GeneratePodHostNameAndDomain
 */
import type { Pod } from '@argosy/kube';

/** The kernel takes no more. */
const LONGEST_HOSTNAME = 63;

/** The pod's host name. Pure. */
export const hostnameOf = (pod: Pod): string =>
  (pod.spec?.hostname ?? pod.metadata.name ?? '').slice(0, LONGEST_HOSTNAME).replace(/[-.]+$/, '');

/** The name by which others find it, where it has a subdomain. Pure. */
export const fullNameOf = (pod: Pod): string | undefined =>
  pod.spec?.subdomain
    ? `${hostnameOf(pod)}.${pod.spec.subdomain}.${pod.metadata.namespace}.svc.cluster.local`
    : undefined;

/** The host name inside its containers; `undefined` for pods on the machine's network, which have the machine's. Pure. */
export const kernelHostnameOf = (pod: Pod): string | undefined => {
  if (pod.spec?.['hostNetwork'] === true) return undefined;
  const full = pod.spec?.['setHostnameAsFQDN'] === true ? fullNameOf(pod) : undefined;
  return full !== undefined && full.length <= LONGEST_HOSTNAME ? full : hostnameOf(pod);
};
