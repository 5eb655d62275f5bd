/**
 * What the author of a pod may not have meant; nothing of it is refused.
 * @upstream k8s.io/kubernetes/pkg/api/pod/warnings.go#warningsForPodSpecAndMeta
 */
import { parseQuantity } from '@argosy/base';

import { itemsAt, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { isAmount } from '../resources/resource-names.ts';
import { nodeTermWarnings, olderLabel } from './node-label-warnings.ts';
import { portWarnings } from './port-warnings.ts';

const CONTAINER_LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** Says what is odd in a pod, or in the template of pods at `path`; a pod's own path is empty. */
export const podWarnings = (pod: Draft, path: string): readonly string[] => {
  const spec = objectAt(pod, 'spec');
  const root = path === '' ? '' : `${path}.`;
  const at = `${root}spec`;
  const containers = CONTAINER_LISTS.flatMap((list) =>
    itemsAt(spec, list).map(([index, container]) => ({ container, path: `${at}.${list}[${index}]` })),
  );
  return [
    ...placementWarnings(spec, at),
    ...annotationWarnings(pod, `${root}metadata.annotations`, { isTemplate: path !== '' }),
    ...itemsAt(spec, 'volumes').flatMap(([index, volume]) => volumeWarnings(volume, `${at}.volumes[${index}]`)),
    ...repeated(spec, 'hostAliases', { member: 'ip', path: at }),
    ...repeated(spec, 'imagePullSecrets', { member: 'name', path: at }),
    ...itemsAt(spec, 'imagePullSecrets').flatMap(([index, secret]) =>
      textAt(secret, 'name') === '' ? [`${at}.imagePullSecrets[${index}].name: invalid empty name ""`] : [],
    ),
    ...fractionWarnings(objectAt(spec, 'overhead'), `${at}.overhead`),
    ...containers.flatMap(({ container, path: place }) => containerWarnings(container, place)),
    ...portWarnings(
      containers.flatMap(({ container, path: place }) =>
        itemsAt(container, 'ports').map(([index, port]) => ({ port, path: `${place}.ports[${index}]` })),
      ),
    ),
    ...((numberAt(spec, 'terminationGracePeriodSeconds') ?? 0) < 0
      ? [`${at}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...neighbourWarnings(objectAt(spec, 'affinity'), `${at}.affinity`),
  ];
};

/** Says which amounts, of what is counted in bytes, are parts of one. */
export const fractionWarnings = (
  amounts: Draft,
  path: string,
  names: readonly string[] = ['memory', 'ephemeral-storage'],
): readonly string[] =>
  names.flatMap((name) => {
    const amount = amounts[name];
    const parsed = isAmount(amount) ? parseQuantity(amount) : undefined;
    const isWhole = parsed === undefined || parsed % (parseQuantity('1') ?? 1n) === 0n;
    return isWhole
      ? []
      : [`${path}[${name}]: fractional byte value "${String(amount)}" is invalid, must be an integer`];
  });

const NO_SELECTOR = 'a null labelSelector results in matching no pod';

const placementWarnings = (spec: Draft, path: string): readonly string[] => {
  const affinity = objectAt(objectAt(spec, 'affinity'), 'nodeAffinity');
  const required = objectAt(affinity, 'requiredDuringSchedulingIgnoredDuringExecution');
  const at = `${path}.affinity.nodeAffinity`;
  return [
    ...Object.keys(objectAt(spec, 'nodeSelector')).flatMap((key) => {
      const newer = olderLabel(key);
      return newer === undefined ? [] : [`${path}.nodeSelector[${key}]: ${newer}`];
    }),
    ...itemsAt(required, 'nodeSelectorTerms').flatMap(([index, term]) =>
      nodeTermWarnings(term, `${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${index}]`),
    ),
    ...itemsAt(affinity, 'preferredDuringSchedulingIgnoredDuringExecution').flatMap(([index, term]) =>
      nodeTermWarnings(
        objectAt(term, 'preference'),
        `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}].preference`,
      ),
    ),
    ...itemsAt(spec, 'topologySpreadConstraints').flatMap(([index, constraint]) => {
      const key = textAt(constraint, 'topologyKey');
      const newer = olderLabel(key);
      const place = `${path}.topologySpreadConstraints[${index}]`;
      return [
        ...(newer === undefined ? [] : [`${place}.topologyKey: ${key} is ${newer}`]),
        ...(constraint['labelSelector'] === undefined ? [`${place}.labelSelector: ${NO_SELECTOR}`] : []),
      ];
    }),
  ];
};

const SECCOMP = 'use the "seccompProfile" field instead';
const OLDER_ANNOTATIONS: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
};

const annotationWarnings = (pod: Draft, path: string, of: { readonly isTemplate: boolean }): readonly string[] => {
  const annotations = objectAt(objectAt(pod, 'metadata'), 'annotations');
  const spec = objectAt(pod, 'spec');
  const context = objectAt(spec, 'securityContext');
  const say = (key: string, words: string): readonly string[] =>
    Object.hasOwn(annotations, key) ? [`${path}[${key}]: ${words}`] : [];
  return [
    ...Object.entries(OLDER_ANNOTATIONS).flatMap(([key, words]) => say(key, words)),
    ...(context['seccompProfile'] === undefined
      ? say('seccomp.security.alpha.kubernetes.io/pod', `non-functional in v1.27+; ${SECCOMP}`)
      : []),
    ...CONTAINER_LISTS.flatMap((list) =>
      itemsAt(spec, list).flatMap(([, container]) => {
        const own = objectAt(container, 'securityContext');
        const name = textAt(container, 'name');
        const isConfined = [context, own].some((one) => one['appArmorProfile'] !== undefined);
        return [
          ...(own['seccompProfile'] === undefined
            ? say(`container.seccomp.security.alpha.kubernetes.io/${name}`, `non-functional in v1.27+; ${SECCOMP}`)
            : []),
          ...(of.isTemplate && !isConfined
            ? say(
                `container.apparmor.security.beta.kubernetes.io/${name}`,
                'deprecated since v1.30; use the "appArmorProfile" field instead',
              )
            : []),
        ];
      }),
    ),
  ];
};

const gone = (since: string, until: string): string => `deprecated in ${since}, non-functional in ${until}+`;
const OLDER_VOLUMES: Readonly<Record<string, readonly [name: string, words: string]>> = {
  photonPersistentDisk: ['photonPersistentDisk', gone('v1.11', 'v1.16')],
  gitRepo: ['gitRepo', 'deprecated in v1.11'],
  scaleIO: ['scaleIO', gone('v1.16', 'v1.22')],
  flocker: ['flocker', gone('v1.22', 'v1.25')],
  storageos: ['storageOS', gone('v1.22', 'v1.25')],
  quobyte: ['quobyte', gone('v1.22', 'v1.25')],
  glusterfs: ['glusterfs', gone('v1.25', 'v1.26')],
  cephfs: ['cephfs', gone('v1.28', 'v1.31')],
  rbd: ['rbd', gone('v1.28', 'v1.31')],
};

const volumeWarnings = (volume: Draft, path: string): readonly string[] => {
  const claim = objectAt(objectAt(objectAt(volume, 'ephemeral'), 'volumeClaimTemplate'), 'spec');
  return [
    ...Object.entries(OLDER_VOLUMES).flatMap(([source, [name, words]]) =>
      volume[source] === undefined ? [] : [`${path}.${name}: ${words}`],
    ),
    ...claimWarnings(claim, `${path}.ephemeral.volumeClaimTemplate.spec`),
    ...itemsAt(objectAt(volume, 'projected'), 'sources').flatMap(([, source]) =>
      Object.keys(source).length === 0
        ? [`volume ${JSON.stringify(textAt(volume, 'name'))} (Projected) has no sources provided`]
        : [],
    ),
  ];
};

/** Says which sizes of the claim at `path` are parts of a byte. */
export const claimWarnings = (spec: Draft, path: string): readonly string[] =>
  ['requests', 'limits'].flatMap((name) =>
    fractionWarnings(objectAt(objectAt(spec, 'resources'), name), `${path}.resources.${name}`, ['storage']),
  );

const repeated = (
  spec: Draft,
  list: string,
  { member, path }: { readonly member: string; readonly path: string },
): readonly string[] => {
  const seen = new Set<string>();
  return itemsAt(spec, list).flatMap(([index, item]) => {
    const value = textAt(item, member);
    if (seen.has(value)) return [`${path}.${list}[${index}].${member}: duplicate ${member} ${JSON.stringify(value)}`];
    seen.add(value);
    return [];
  });
};

const containerWarnings = (container: Draft, path: string): readonly string[] => {
  const seen = new Set<string>();
  return [
    ...['limits', 'requests'].flatMap((name) =>
      fractionWarnings(objectAt(objectAt(container, 'resources'), name), `${path}.resources.${name}`),
    ),
    ...itemsAt(container, 'env').flatMap(([index, variable]) => {
      const name = textAt(variable, 'name');
      if (!seen.has(name)) {
        seen.add(name);
        return [];
      }
      return extendsItself(variable, `$(${name})`)
        ? []
        : [
            `${path}.env[${index}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
          ];
    }),
  ];
};

/** Whether a variable says more than the one of its name before it. */
const extendsItself = (variable: Draft, reference: string): boolean => {
  const value = textAt(variable, 'value');
  return variable['valueFrom'] === undefined && value !== reference && value.includes(reference);
};

const neighbourWarnings = (affinity: Draft, path: string): readonly string[] =>
  ['podAffinity', 'podAntiAffinity'].flatMap((name) => {
    const terms = objectAt(affinity, name);
    const at = `${path}.${name}`;
    return [
      ...itemsAt(terms, 'requiredDuringSchedulingIgnoredDuringExecution').flatMap(([index, term]) =>
        term['labelSelector'] === undefined
          ? [`${at}.requiredDuringSchedulingIgnoredDuringExecution[${index}].labelSelector: ${NO_SELECTOR}`]
          : [],
      ),
      ...itemsAt(terms, 'preferredDuringSchedulingIgnoredDuringExecution').flatMap(([index, term]) =>
        objectAt(term, 'podAffinityTerm')['labelSelector'] === undefined
          ? [
              `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm.labelSelector: ${NO_SELECTOR}`,
            ]
          : [],
      ),
    ];
  });
