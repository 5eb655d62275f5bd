/**
 * Security contexts in the engine's words: the container's own field outweighs the pod's.
 * @upstream kubernetes pkg/securitycontext/util.go#DetermineEffectiveSecurityContext
 */
import { Failure, isObject } from '@argosy/base';
import type { Container, Pod } from '@argosy/kube';

/** What of the engine's container a security context decides. */
export interface SecurityConfig {
  /** `user`, `user:group` or absent for what the image says. */
  readonly user: string | undefined;
  readonly hostConfig: {
    readonly Privileged: boolean;
    readonly ReadonlyRootfs: boolean;
    readonly CapAdd?: readonly string[];
    readonly CapDrop?: readonly string[];
    readonly GroupAdd?: readonly string[];
    readonly SecurityOpt?: readonly string[];
  };
}

type Context = Readonly<Record<string, unknown>>;

/**
 * Translates. `imageUser` is who the image runs as, empty for root. Throws a Failure CreateContainerConfigError when
 * runAsNonRoot forbids the user or cannot be judged. Pure.
 */
export const toSecurityConfig = (pod: Pod, container: Container, imageUser: string): SecurityConfig => {
  const ofPod = contextOf(pod.spec?.['securityContext']);
  const context = { ...ofPod, ...contextOf(container.securityContext) };
  const user = userOf(context, imageUser);
  if (context['runAsNonRoot'] === true) assertNonRoot(user ?? imageUser, container.name);
  const capabilities = contextOf(context['capabilities']);
  const groups = [...numbers(ofPod['supplementalGroups']), ...numbers([ofPod['fsGroup']])];
  return {
    user,
    hostConfig: {
      Privileged: context['privileged'] === true,
      ReadonlyRootfs: context['readOnlyRootFilesystem'] === true,
      ...listed('CapAdd', texts(capabilities['add'])),
      ...listed('CapDrop', texts(capabilities['drop'])),
      ...listed('GroupAdd', groups.map(String)),
      ...listed('SecurityOpt', securityOptions(context)),
    },
  };
};

/** Group that owns a pod's volumes, where one is asked for. Pure. */
export const fsGroupOf = (pod: Pod): number | undefined =>
  numbers([contextOf(pod.spec?.['securityContext'])['fsGroup']])[0];

const userOf = (context: Context, imageUser: string): string | undefined => {
  const [user] = numbers([context['runAsUser']]);
  const [group] = numbers([context['runAsGroup']]);
  if (group === undefined) return user === undefined ? undefined : String(user);
  // The engine takes a group only with a user.
  return `${user ?? (imageUser.split(':')[0] || '0')}:${group}`;
};

const assertNonRoot = (user: string, container: string): void => {
  const [name = ''] = user.split(':');
  const found =
    name === '' || /^0+$/.test(name) ? 'as root' : /^\d+$/.test(name) ? undefined : `as ${name}, which may be root`;
  if (found === undefined) return;
  const message = `container ${container} has runAsNonRoot and would run ${found}: set securityContext.runAsUser to a number above 0`;
  throw new Failure(message, { code: 'CreateContainerConfigError' });
};

const securityOptions = (context: Context): readonly string[] => [
  ...(context['allowPrivilegeEscalation'] === false ? ['no-new-privileges'] : []),
  ...(contextOf(context['seccompProfile'])['type'] === 'Unconfined' ? ['seccomp=unconfined'] : []),
  ...(contextOf(context['appArmorProfile'])['type'] === 'Unconfined' ? ['apparmor=unconfined'] : []),
  // An engine on a machine without SELinux takes them and does nothing, as a node without it does.
  ...['user', 'role', 'type', 'level'].flatMap((field) => {
    const value = contextOf(context['seLinuxOptions'])[field];
    return typeof value === 'string' && value !== '' ? [`label=${field}:${value}`] : [];
  }),
];

const listed = (field: string, values: readonly string[]): Readonly<Record<string, readonly string[]>> =>
  values.length > 0 ? { [field]: values } : {};

const contextOf = (value: unknown): Context => (isObject(value) ? value : {});
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
const numbers = (value: unknown): readonly number[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'number') : [];
