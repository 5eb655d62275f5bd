/**
 * The hosts file of a pod that names hosts of its own. @upstream kubernetes pkg/kubelet/kubelet_pods.go#hostsEntriesFromHostAliases
 */
import { isObject } from '@argosy/base';
import type { Pod } from '@argosy/kube';

import { fullNameOf, hostnameOf } from '../pod-hostname.ts';

/** The pod's own line, its full name first where it has one. Pure. */
export const ownEntry = (pod: Pod, podIP: string): string => {
  const full = fullNameOf(pod);
  return `\n# The pod itself.\n${[podIP, ...(full === undefined ? [] : [full]), hostnameOf(pod)].join('\t')}\n`;
};

/** The text to put behind the host's own entries; `undefined` when the pod names none. Pure. */
export const hostsEntries = (pod: Pod): string | undefined => {
  const aliases = pod.spec?.['hostAliases'];
  if (!Array.isArray(aliases) || aliases.length === 0) return undefined;
  const lines = (aliases as readonly unknown[]).flatMap((alias) =>
    isObject(alias) && typeof alias['ip'] === 'string' && Array.isArray(alias['hostnames'])
      ? [`${alias['ip']}\t${alias['hostnames'].join('\t')}`]
      : [],
  );
  return `\n# Entries added by HostAliases.\n${lines.join('\n')}\n`;
};
