/**
 * Fields of a pod that a process of this machine cannot be given. They are told by name; the pod runs without them.
 */
import { isObject } from '@argosy/base';
import type { Container, PodSpec } from '@argosy/kube';

import type { PodMounts } from '../../mounts/pod-mounts.ts';
import { ephemeralContainersOf } from '../../pod-containers.ts';
import { unappliedMedia } from '../unapplied-media.ts';

/** Whether containers have a file system and a user of their own here. */
export type ProcessAbility = 'sandbox' | 'plain';

/** Paths of the fields below a pod's spec, in the order of the spec. Pure. */
export const unappliedFields = (
  spec: PodSpec,
  ability: ProcessAbility,
  mounts: Pick<PodMounts, 'obstacle'>,
): readonly string[] => [
  ...containersOf(spec).flatMap(([path, container]) => containerFields(path, container, ability)),
  ...securityFields('securityContext', spec['securityContext'], ability),
  ...unappliedMedia(spec, mounts),
  ...['resourceClaims', 'shareProcessNamespace', 'hostUsers'].filter((field) => isGiven(spec[field])),
  ...(ability === 'plain' ? [...namingFields(spec), ...targetFields(spec)] : []),
];

/** Plain processes resolve names as the machine does. */
const namingFields = (spec: PodSpec): readonly string[] => [
  ...['dnsConfig', 'hostAliases', 'setHostnameAsFQDN'].filter((field) => isGiven(spec[field])),
  ...(spec['dnsPolicy'] === 'None' || spec['dnsPolicy'] === 'ClusterFirstWithHostNet' ? ['dnsPolicy'] : []),
];

const targetFields = (spec: PodSpec): readonly string[] =>
  ephemeralContainersOf(spec).flatMap(({ targetContainerName }, at) =>
    isGiven(targetContainerName) ? [`ephemeralContainers[${at}].targetContainerName`] : [],
  );

const containersOf = (spec: PodSpec): readonly (readonly [path: string, container: Container])[] =>
  (['initContainers', 'containers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, at) => [`${list}[${at}]`, container] as const),
  );

const containerFields = (path: string, container: Container, ability: ProcessAbility): readonly string[] => [
  ...(isGiven(container.resources?.limits) ? [`${path}.resources.limits`] : []),
  ...securityFields(`${path}.securityContext`, container.securityContext, ability),
  ...(isGiven((container as { readonly volumeDevices?: unknown }).volumeDevices) ? [`${path}.volumeDevices`] : []),
  ...(ability === 'plain' &&
  isGiven(container.terminationMessagePath) &&
  container.terminationMessagePath !== '/dev/termination-log'
    ? [`${path}.terminationMessagePath`]
    : []),
];

/** Those that would take something away from a process, or give it something, and do not. */
const SECURITY = [
  ...'privileged capabilities readOnlyRootFilesystem seLinuxOptions windowsOptions appArmorProfile'.split(' '),
  ...'sysctls supplementalGroups fsGroup'.split(' '),
];
const USERS = ['runAsUser', 'runAsGroup', 'runAsNonRoot'];

const securityFields = (path: string, context: unknown, ability: ProcessAbility): readonly string[] => {
  if (!isObject(context)) return [];
  const names = ability === 'plain' ? [...USERS, ...SECURITY] : SECURITY;
  return names.filter((name) => isGiven(context[name])).map((name) => `${path}.${name}`);
};

const isGiven = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.length > 0;
  if (isObject(value)) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== false && value !== '';
};
