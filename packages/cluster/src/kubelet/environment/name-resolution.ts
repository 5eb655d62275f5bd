/**
 * How a pod resolves names. Pure.
 * @spec https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 */
import { isObject } from '@argosy/base';
import type { Pod } from '@argosy/kube';

/** What stands in a pod's /etc/resolv.conf. */
export interface NameResolution {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  /** E.g. `ndots:5`. */
  readonly options: readonly string[];
}

const DOMAIN = 'cluster.local';

/** Whether a pod asks the cluster's name server. */
export const asksCluster = (pod: Pod): boolean => {
  const policy = pod.spec?.['dnsPolicy'] ?? 'ClusterFirst';
  return policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && pod.spec?.['hostNetwork'] !== true);
};

/**
 * The pod's resolution; `undefined` when it is the machine's own. `machine` is what the machine resolves with, of which
 * pods that do not ask the cluster have everything they do not replace.
 */
export const nameResolutionOf = (
  pod: Pod,
  from: { readonly nameServer: string | undefined; readonly machine: NameResolution },
): NameResolution | undefined => {
  const config = isObject(pod.spec?.['dnsConfig']) ? pod.spec['dnsConfig'] : undefined;
  const base = baseOf(pod, from);
  if (!base && !config) return undefined;
  const { nameservers, searches, options } = base ?? from.machine;
  return {
    nameservers: distinct([...nameservers, ...texts(config?.['nameservers'])]),
    searches: distinct([...searches, ...texts(config?.['searches'])]),
    options: mergeOptions(options, optionsIn(config?.['options'])),
  };
};

const baseOf = (
  pod: Pod,
  { nameServer, machine }: { readonly nameServer: string | undefined; readonly machine: NameResolution },
): NameResolution | undefined => {
  if (pod.spec?.['dnsPolicy'] === 'None') return { nameservers: [], searches: [], options: [] };
  if (!asksCluster(pod) || nameServer === undefined) return undefined;
  const namespaced = `${pod.metadata.namespace ?? 'default'}.svc.${DOMAIN}`;
  return {
    nameservers: [nameServer],
    searches: [namespaced, `svc.${DOMAIN}`, DOMAIN, ...machine.searches],
    options: ['ndots:5'],
  };
};

/** Reads a resolv.conf. */
export const parseResolvConf = (text: string): NameResolution => {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  const wordsOf = (keyword: string) => lines.filter(([first]) => first === keyword).map(([, ...words]) => words);
  return {
    nameservers: wordsOf('nameserver').flat(),
    searches: wordsOf('search').at(-1) ?? [],
    options: wordsOf('options').flat(),
  };
};

/** Writes one. */
export const formatResolvConf = ({ nameservers, searches, options }: NameResolution): string =>
  [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...nameservers.map((server) => `nameserver ${server}`),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
    '',
  ].join('\n');

/** A later option of the same name replaces an earlier one. */
const mergeOptions = (before: readonly string[], after: readonly string[]): readonly string[] => {
  const nameOf = (option: string): string => option.split(':')[0] ?? '';
  const replaced = new Set(after.map(nameOf));
  return [...before.filter((option) => !replaced.has(nameOf(option))), ...after];
};

const optionsIn = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [])
    .filter(isObject)
    .map(({ name, value: setting }) => [name, setting].filter((part) => typeof part === 'string').join(':'));

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)];
