/**
 * What level baseline forbids: known ways out of a container. Pure.
 * @upstream kubernetes staging/src/k8s.io/pod-security-admission/policy/check_*.go
 */
import {
  at,
  containersOf,
  fieldsOf,
  findingOf,
  listAt,
  named,
  podSecurityOf,
  saidOf,
  saidOfAll,
  textOf,
  volumesOf,
  type Fields,
  type PodCheck,
} from './checked-pod.ts';

/** Capabilities added that are none of these, one finding for each container. */
export const addedCapabilities = (
  spec: Parameters<typeof containersOf>[0],
  allowed: ReadonlySet<string>,
): readonly string[] =>
  containersOf(spec).flatMap((container) => {
    const added = listAt(at(container.security, 'capabilities'), 'add').map(textOf);
    const foreign = added.filter((name) => !allowed.has(name)).map((name) => JSON.stringify(name));
    return foreign.length === 0
      ? []
      : saidOf([container], `must not include ${foreign.join(', ')} in securityContext.capabilities.add`);
  });

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const DEFAULT_CAPABILITIES = words(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT',
);
const SELINUX_TYPES: ReadonlySet<string> = new Set([
  '',
  ...words('container_t container_init_t container_kvm_t container_engine_t'),
]);
const SAFE_SYSCTLS = words(
  'kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.ip_local_reserved_ports net.ipv4.ip_unprivileged_port_start net.ipv4.ping_group_range net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_keepalive_time net.ipv4.tcp_rmem net.ipv4.tcp_syncookies net.ipv4.tcp_wmem',
);

const hostNamespaces: PodCheck = ({ spec }) => {
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter((name) => fieldsOf(spec)[name] === true);
  return findingOf('host namespaces', shared.length === 0 ? [] : [shared.map((name) => `${name}=true`).join(', ')]);
};

const privileged: PodCheck = ({ spec }) => {
  const all = containersOf(spec).filter(({ security }) => security['privileged'] === true);
  return findingOf('privileged', saidOf(all, 'must not set securityContext.privileged=true'));
};

const hostProcess: PodCheck = ({ spec }) =>
  findingOf(
    'hostProcess',
    saidOfAll(
      spec,
      'must not set securityContext.windowsOptions.hostProcess=true',
      (security) => at(security, 'windowsOptions')['hostProcess'] === true,
    ),
  );

const capabilities: PodCheck = ({ spec }) =>
  findingOf('non-default capabilities', addedCapabilities(spec, DEFAULT_CAPABILITIES));

/** Of level baseline alone: restricted says it of all types of volumes. */
export const hostPaths: PodCheck = ({ spec }) => {
  const names = volumesOf(spec)
    .filter((volume) => fieldsOf(volume['hostPath']) === volume['hostPath'])
    .map((volume) => textOf(volume['name']));
  return findingOf('hostPath volumes', names.length === 0 ? [] : [named('volume', names)]);
};

const hostPorts: PodCheck = ({ spec }) => {
  const said = containersOf(spec).flatMap(({ name, fields }) => {
    const ports = listAt(fields, 'ports').map((port) => fieldsOf(port)['hostPort']);
    const used = ports.filter((port) => typeof port === 'number' && port > 0);
    return used.length === 0
      ? []
      : [`container ${JSON.stringify(name)} uses ${used.length === 1 ? 'hostPort' : 'hostPorts'} ${used.join(', ')}`];
  });
  return findingOf('hostPort', said);
};

const APP_ARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';

const appArmor: PodCheck = ({ spec, annotations }) => {
  const noted = Object.entries(annotations)
    .filter(([name, value]) => name.startsWith(APP_ARMOR_PREFIX) && !/^(?:$|runtime\/default$|localhost\/)/.test(value))
    .map(([name, value]) => `annotation "${name}=${value}" is not allowed`);
  const isOpen = (security: Fields): boolean => at(security, 'appArmorProfile')['type'] === 'Unconfined';
  return findingOf('forbidden AppArmor profile', [
    ...saidOfAll(spec, 'must not set AppArmor profile type to "Unconfined"', isOpen),
    ...noted,
  ]);
};

const seLinux: PodCheck = ({ spec }) => {
  const isForeign = (security: Fields): boolean => {
    const { type, user, role } = at(security, 'seLinuxOptions');
    return !SELINUX_TYPES.has(textOf(type)) || textOf(user) !== '' || textOf(role) !== '';
  };
  return findingOf('seLinuxOptions', saidOfAll(spec, 'set forbidden securityContext.seLinuxOptions', isForeign));
};

const procMount: PodCheck = ({ spec }) => {
  const all = containersOf(spec).filter(({ security }) => !['', 'Default'].includes(textOf(security['procMount'])));
  return findingOf('procMount', saidOf(all, 'must not set securityContext.procMount'));
};

/** Of level baseline alone: restricted wants a profile to be named. */
export const openProfiles: PodCheck = ({ spec }) =>
  findingOf(
    'seccompProfile',
    saidOfAll(
      spec,
      'must not set securityContext.seccompProfile.type to "Unconfined"',
      (security) => at(security, 'seccompProfile')['type'] === 'Unconfined',
    ),
  );

const sysctls: PodCheck = ({ spec }) => {
  const names = listAt(podSecurityOf(spec), 'sysctls').map((one) => textOf(fieldsOf(one)['name']));
  const foreign = names.filter((name) => !SAFE_SYSCTLS.has(name));
  return findingOf('forbidden sysctls', foreign.length === 0 ? [] : [foreign.join(', ')]);
};

/** Checks both levels have. */
export const COMMON_CHECKS: readonly PodCheck[] = [
  appArmor,
  hostNamespaces,
  hostPorts,
  hostProcess,
  privileged,
  procMount,
  seLinux,
  sysctls,
];

/** All checks of level baseline. */
export const BASELINE_CHECKS: readonly PodCheck[] = [...COMMON_CHECKS, capabilities, hostPaths, openProfiles];
