/**
 * Rules of security contexts, of pods and of containers.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#validatePodSpecSecurityContext, #ValidateSecurityContext
 */
import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { choiceFindings, descendingPathFindings, rangeFindings, subdomainFindings } from '../findings.ts';

/** Numbers of users and groups. */
const IDS = [0, 2 ** 31 - 1] as const;
const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;
const SYSCTL_RULE =
  'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';

/** Findings of a pod's security context and of what it shares with its host. */
export const validatePodSecurity = (spec: Draft, path: string): readonly FieldError[] => {
  const context = objectAt(spec, 'securityContext');
  const at = `${path}.securityContext`;
  return [
    ...idFindings(context, ['fsGroup', 'runAsUser', 'runAsGroup'], at),
    ...groupFindings(context, `${at}.supplementalGroups`),
    ...(spec['shareProcessNamespace'] === true && spec['hostPID'] === true
      ? [invalidField(`${at}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled')]
      : []),
    ...sysctlFindings(spec, `${at}.sysctls`),
    ...choiceFindings(context, 'fsGroupChangePolicy', at, ['Always', 'OnRootMismatch']),
    ...profileFindings(context, at),
    ...choiceFindings(context, 'supplementalGroupsPolicy', at, ['Merge', 'Strict']),
    ...hostUserFindings(spec, path),
  ];
};

/** Findings of a container's security context at `path`. */
export const validateContainerSecurity = (
  container: Draft,
  path: string,
  of: { readonly usesHostUsers: boolean },
): readonly FieldError[] => {
  if (container['securityContext'] === undefined) return [];
  const context = objectAt(container, 'securityContext');
  return [
    ...idFindings(context, ['runAsUser', 'runAsGroup'], path),
    ...choiceFindings(context, 'procMount', path, ['Default', 'Unmasked']),
    ...(context['procMount'] === 'Unmasked' && of.usesHostUsers
      ? [invalidField(`${path}.procMount`, 'Unmasked', '`hostUsers` must be false to use `Unmasked`')]
      : []),
    ...escalationFindings(context, path),
    ...profileFindings(context, path),
  ];
};

const idFindings = (context: Draft, names: readonly string[], path: string): readonly FieldError[] =>
  names.flatMap((name) => rangeFindings(context[name], `${path}.${name}`, IDS));

const groupFindings = (context: Draft, path: string): readonly FieldError[] => {
  const groups = context['supplementalGroups'];
  return Array.isArray(groups)
    ? groups.flatMap((group: unknown, index) => rangeFindings(group, `${path}[${index}]`, IDS))
    : [];
};

const sysctlFindings = (spec: Draft, path: string): readonly FieldError[] => {
  const seen = new Set<string>();
  return itemsAt(objectAt(spec, 'securityContext'), 'sysctls').flatMap(([index, sysctl]) => {
    const name = textAt(sysctl, 'name');
    const field = `${path}[${index}].name`;
    const isRepeated = seen.has(name);
    seen.add(name);
    if (name === '') return [requiredField(field)];
    return [
      ...(name.length > 253 || !SYSCTL.test(name)
        ? [invalidField(field, name, SYSCTL_RULE)]
        : isRepeated
          ? [duplicateField(field, name)]
          : []),
      ...sharedSysctlFindings(spec, name, field),
    ];
  });
};

/** Prefixes of what belongs to a namespace of the kernel that a pod may share with its host. @upstream component-helpers/node/util/sysctl/namespace.go */
const IPC_PREFIXES = ['kernel.shm', 'kernel.msg', 'fs.mqueue.'];
const isIpc = (name: string): boolean =>
  name === 'kernel.sem' || IPC_PREFIXES.some((prefix) => name.startsWith(prefix));

const sharedSysctlFindings = (spec: Draft, given: string, field: string): readonly FieldError[] => {
  const name = given.replaceAll('/', '.');
  if (spec['hostNetwork'] === true && name.startsWith('net.'))
    return [invalidField(field, given, "may not be specified when 'hostNetwork' is true")];
  if (spec['hostIPC'] === true && isIpc(name))
    return [invalidField(field, given, "may not be specified when 'hostIPC' is true")];
  return [];
};

const profileFindings = (context: Draft, path: string): readonly FieldError[] => [
  ...seccompFindings(context, `${path}.seccompProfile`),
  ...windowsFindings(objectAt(context, 'windowsOptions'), `${path}.windowsOptions`),
  ...appArmorFindings(context, `${path}.appArmorProfile`),
];

const seccompFindings = (context: Draft, path: string): readonly FieldError[] => {
  if (context['seccompProfile'] === undefined) return [];
  const profile = objectAt(context, 'seccompProfile');
  const file = profile['localhostProfile'];
  return [
    ...typeFindings(profile, 'seccompProfile', path),
    ...(profile['type'] !== 'Localhost'
      ? file === undefined
        ? []
        : [invalidField(`${path}.localhostProfile`, file, 'can only be set when seccomp type is Localhost')]
      : typeof file === 'string'
        ? descendingPathFindings(`${path}.localhostProfile`, file)
        : [requiredField(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost')]),
  ];
};

const appArmorFindings = (context: Draft, path: string): readonly FieldError[] => {
  if (context['appArmorProfile'] === undefined) return [];
  const profile = objectAt(context, 'appArmorProfile');
  const file = profile['localhostProfile'];
  const field = `${path}.localhostProfile`;
  const wrongType = typeFindings(profile, 'appArmorProfile', path);
  if (wrongType.length > 0) return wrongType;
  if (profile['type'] !== 'Localhost')
    return file === undefined ? [] : [invalidField(field, file, 'can only be set when AppArmor type is Localhost')];
  if (typeof file !== 'string' || file === '')
    return [requiredField(field, 'must be set when AppArmor type is Localhost')];
  return file === file.trim() ? [] : [invalidField(field, file, 'must not be padded with whitespace')];
};

const typeFindings = (profile: Draft, name: string, path: string): readonly FieldError[] => {
  const type = textAt(profile, 'type');
  if (type === '') return [requiredField(`${path}.type`, `type is required when ${name} is set`)];
  return PROFILE_TYPES.includes(type) ? [] : [unsupportedValue(`${path}.type`, type, PROFILE_TYPES)];
};

const windowsFindings = (options: Draft, path: string): readonly FieldError[] => [
  ...(typeof options['gmsaCredentialSpecName'] === 'string'
    ? subdomainFindings(`${path}.gmsaCredentialSpecName`, options['gmsaCredentialSpecName'])
    : []),
  ...(['gmsaCredentialSpec', 'runAsUserName'] as const)
    .filter((name) => options[name] === '')
    .map((name) => invalidField(`${path}.${name}`, '', `${name} cannot be an empty string`)),
];

const escalationFindings = (context: Draft, path: string): readonly FieldError[] => {
  if (context['allowPrivilegeEscalation'] !== false) return [];
  const added = objectAt(context, 'capabilities')['add'];
  return [
    ...(context['privileged'] === true
      ? [invalidField(path, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true')]
      : []),
    ...(Array.isArray(added) && added.includes('CAP_SYS_ADMIN')
      ? [
          invalidField(
            path,
            context,
            'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
          ),
        ]
      : []),
  ];
};

const hostUserFindings = (spec: Draft, path: string): readonly FieldError[] =>
  spec['hostUsers'] === false
    ? (
        [
          ['hostNetwork', 'hostNetwork'],
          ['hostPID', 'HostPID'],
          ['hostIPC', 'HostIPC'],
        ] as const
      )
        .filter(([name]) => spec[name] === true)
        .map(([, shown]) => forbiddenField(`${path}.${shown}`, 'when `pod.Spec.HostUsers` is false'))
    : [];
