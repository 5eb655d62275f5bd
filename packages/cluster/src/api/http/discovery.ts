/**
 * Discovery documents, in the older form and the aggregated one. @spec https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 */
import { createHash } from 'node:crypto';

import { toApiVersion } from '@argosy/kube';

import { STANDARD_VERBS, type ServedKind } from '../../kinds/served-kind.ts';

/** What a subresource is called and can. */
interface Subresource {
  readonly name: string;
  readonly kind: string;
  /** Group and version of the kind, where they are not those of the resource. */
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
}

/** Version told to clients: the Kubernetes whose behaviour this server follows. */
export const KUBERNETES_VERSION = {
  major: '1',
  minor: '32',
  gitVersion: 'v1.32.0+argosy',
  gitCommit: '',
  gitTreeState: '',
  buildDate: '',
  goVersion: '',
  compiler: '',
  platform: 'linux/amd64',
};

/** `/api` */
export const coreVersions = (address: string): unknown => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
});

/** `/apis` */
export const groupList = (kinds: readonly ServedKind[]): unknown => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groupsOf(kinds).map((group) => describeGroup(kinds, group)),
});

/** `/apis/GROUP`; `undefined` when nobody serves it. */
export const groupDocument = (kinds: readonly ServedKind[], group: string): unknown =>
  kinds.some((kind) => kind.group === group)
    ? { kind: 'APIGroup', apiVersion: 'v1', ...describeGroup(kinds, group) }
    : undefined;

/** `/api/v1` and `/apis/GROUP/VERSION`; `undefined` when nobody serves it. */
export const resourceList = (kinds: readonly ServedKind[], group: string, version: string): unknown => {
  const served = kinds.filter((kind) => kind.group === group && kind.version === version);
  if (served.length === 0) return undefined;
  const resources = served.flatMap((kind) => [
    {
      name: kind.plural,
      singularName: kind.singular,
      namespaced: kind.namespaced,
      kind: kind.kind,
      verbs: kind.verbs ?? STANDARD_VERBS,
      ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
      ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
      ...(isKept(kind) ? { storageVersionHash: storageHash(kind) } : {}),
    },
    ...subresourcesOf(kind).map((sub) => ({
      name: `${kind.plural}/${sub.name}`,
      singularName: '',
      namespaced: kind.namespaced,
      ...(sub.group && sub.version ? { group: sub.group, version: sub.version } : {}),
      kind: sub.kind,
      verbs: sub.verbs,
    })),
  ]);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: toApiVersion({ group, version }), resources };
};

/** Questions are answered and not kept. */
const isKept = (kind: ServedKind): boolean => !kind.verbs || kind.verbs.includes('watch');

/** Changes when the stored form of a kind does; clients compare it and nothing more. */
const storageHash = (kind: ServedKind): string =>
  createHash('sha256')
    .update(`${kind.storage}/${kind.version}/${kind.kind}`)
    .digest()
    .subarray(0, 8)
    .toString('base64');

/** The aggregated document for `/api` (core) or `/apis` (the rest). */
export const aggregatedDiscovery = (kinds: readonly ServedKind[], isCore: boolean): unknown => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: groupsOf(kinds, isCore).map((group) => ({
    metadata: { name: group, creationTimestamp: null },
    versions: versionsOf(kinds, group).map((version) => ({
      version,
      freshness: 'Current',
      resources: kinds.filter((kind) => kind.group === group && kind.version === version).map(describeAggregated),
    })),
  })),
});

const describeAggregated = (kind: ServedKind): unknown => {
  const responseKind = { group: kind.group, version: kind.version, kind: kind.kind };
  return {
    resource: kind.plural,
    responseKind,
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: kind.verbs ?? STANDARD_VERBS,
    ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
    subresources: subresourcesOf(kind).map((sub) => ({
      subresource: sub.name,
      responseKind: { group: sub.group ?? kind.group, version: sub.version ?? kind.version, kind: sub.kind },
      verbs: sub.verbs,
    })),
  };
};

const PROXY_VERBS = ['create', 'delete', 'get', 'patch', 'update'];

const OWN_SUBRESOURCES: Readonly<Record<string, readonly Subresource[]>> = {
  'certificates.k8s.io/certificatesigningrequests': [
    { name: 'approval', kind: 'CertificateSigningRequest', verbs: ['get', 'patch', 'update'] },
  ],
  '/serviceaccounts': [
    { name: 'token', kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] },
  ],
  '/services': [{ name: 'proxy', kind: 'ServiceProxyOptions', verbs: PROXY_VERBS }],
  '/nodes': [{ name: 'proxy', kind: 'NodeProxyOptions', verbs: PROXY_VERBS }],
  '/namespaces': [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }],
  '/pods': [
    { name: 'attach', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
    { name: 'ephemeralcontainers', kind: 'Pod', verbs: ['get', 'patch', 'update'] },
    { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
    { name: 'log', kind: 'Pod', verbs: ['get'] },
    { name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
    { name: 'proxy', kind: 'PodProxyOptions', verbs: PROXY_VERBS },
    { name: 'binding', kind: 'Binding', verbs: ['create'] },
    { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
  ],
};

const SCALE = { name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1' } as const;

const subresourcesOf = (kind: ServedKind): readonly Subresource[] => [
  ...(kind.statusSubresource ? [{ name: 'status', kind: kind.kind, verbs: ['get', 'patch', 'update'] }] : []),
  ...(kind.scale ? [{ ...SCALE, verbs: ['get', 'patch', 'update'] }] : []),
  ...(OWN_SUBRESOURCES[kind.storage] ?? []),
];

const groupsOf = (kinds: readonly ServedKind[], isCore = false): readonly string[] =>
  [...new Set(kinds.map((kind) => kind.group))]
    .filter((group) => (group === '') === isCore)
    .sort((left, right) => (left < right ? -1 : 1));

const versionsOf = (kinds: readonly ServedKind[], group: string): readonly string[] => {
  const all = kinds.filter((kind) => kind.group === group);
  const preferred = all.find((kind) => kind.preferred)?.version;
  return [...new Set([...(preferred ? [preferred] : []), ...all.map((kind) => kind.version)])];
};

const describeGroup = (kinds: readonly ServedKind[], group: string) => {
  const versions = versionsOf(kinds, group).map((version) => ({
    groupVersion: toApiVersion({ group, version }),
    version,
  }));
  return { name: group, versions, preferredVersion: versions[0] };
};
