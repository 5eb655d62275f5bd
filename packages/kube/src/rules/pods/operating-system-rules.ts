/**
 * Rules of what a pod may say once it names its operating system.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#validateOS, #validateLinux, #validateWindows
 */
import { forbiddenField, requiredField, unsupportedValue, type FieldError } from '../../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';

const SYSTEMS = ['linux', 'windows'];
const LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;
const WITHOUT_ON_WINDOWS = 'cannot be set for a windows pod';
const ON_LINUX = 'windows options cannot be set for a linux pod';

const POD_ON_WINDOWS = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
];
const SHARED_ON_WINDOWS = ['hostUsers', 'shareProcessNamespace'];
const CONTAINER_ON_WINDOWS = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];

/** Findings of a pod that names its operating system. */
export const validateOperatingSystem = (spec: Draft, path: string): readonly FieldError[] => {
  if (spec['os'] === undefined) return [];
  const name = textAt(objectAt(spec, 'os'), 'name');
  if (name === '') return [requiredField(`${path}.os.name`, 'cannot be empty')];
  if (!SYSTEMS.includes(name)) return [unsupportedValue(`${path}.os`, name, SYSTEMS)];
  return name === 'linux' ? onLinux(spec, path) : onWindows(spec, path);
};

const onLinux = (spec: Draft, path: string): readonly FieldError[] => [
  ...setFindings(spec, ['windowsOptions'], path, ON_LINUX),
  ...eachContainer(spec, path, (container, at) => setFindings(container, ['windowsOptions'], at, ON_LINUX)),
];

const onWindows = (spec: Draft, path: string): readonly FieldError[] => [
  ...setFindings(spec, POD_ON_WINDOWS, path, WITHOUT_ON_WINDOWS),
  ...SHARED_ON_WINDOWS.filter((name) => spec[name] !== undefined).map((name) =>
    forbiddenField(`${path}.${name}`, WITHOUT_ON_WINDOWS),
  ),
  ...['hostPID', 'hostIPC']
    .filter((name) => spec[name] === true)
    .map((name) => forbiddenField(`${path}.${name}`, WITHOUT_ON_WINDOWS)),
  ...eachContainer(spec, path, (container, at) => setFindings(container, CONTAINER_ON_WINDOWS, at, WITHOUT_ON_WINDOWS)),
];

const setFindings = (holder: Draft, names: readonly string[], path: string, detail: string): readonly FieldError[] => {
  const context = objectAt(holder, 'securityContext');
  return names
    .filter((name) => context[name] !== undefined)
    .map((name) => forbiddenField(`${path}.securityContext.${name}`, detail));
};

const eachContainer = (
  spec: Draft,
  path: string,
  judge: (container: Draft, at: string) => readonly FieldError[],
): readonly FieldError[] =>
  LISTS.flatMap((list) =>
    itemsAt(spec, list).flatMap(([index, container]) => judge(container, `${path}.${list}[${index}]`)),
  );
