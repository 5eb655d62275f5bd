/**
 * What level restricted forbids: whatever a hardened container does not need. Pure.
 * @upstream kubernetes staging/src/k8s.io/pod-security-admission/policy/check_*.go
 */
import { addedCapabilities, COMMON_CHECKS } from './baseline-checks.ts';
import {
  at,
  containersOf,
  findingOf,
  listAt,
  podSecurityOf,
  saidOf,
  saidOfAll,
  textOf,
  volumesOf,
  type Fields,
  type PodCheck,
} from './checked-pod.ts';

const VOLUME_TYPES: ReadonlySet<string> = new Set(
  'name configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret'.split(' '),
);

const volumeTypes: PodCheck = ({ spec }) =>
  findingOf(
    'restricted volume types',
    volumesOf(spec).flatMap((volume) => {
      const type = Object.keys(volume).find((key) => !VOLUME_TYPES.has(key) && volume[key] !== undefined);
      return type === undefined
        ? []
        : [`volume ${JSON.stringify(volume['name'])} uses restricted volume type ${JSON.stringify(type)}`];
    }),
  );

const escalation: PodCheck = ({ spec }) => {
  const all = containersOf(spec).filter(({ security }) => security['allowPrivilegeEscalation'] !== false);
  return findingOf(
    'allowPrivilegeEscalation != false',
    saidOf(all, 'must set securityContext.allowPrivilegeEscalation=false'),
  );
};

const capabilities: PodCheck = ({ spec }) => {
  const keeping = containersOf(spec).filter(
    ({ security }) => !listAt(at(security, 'capabilities'), 'drop').includes('ALL'),
  );
  return findingOf('unrestricted capabilities', [
    ...saidOf(keeping, 'must set securityContext.capabilities.drop=["ALL"]'),
    ...addedCapabilities(spec, new Set(['NET_BIND_SERVICE'])),
  ]);
};

const nonRoot: PodCheck = ({ spec }) => {
  const containers = containersOf(spec);
  const against = containers.filter(({ security }) => security['runAsNonRoot'] === false);
  const isWhole = podSecurityOf(spec)['runAsNonRoot'] === true;
  const unsaid = isWhole ? [] : containers.filter(({ security }) => typeof security['runAsNonRoot'] !== 'boolean');
  return findingOf('runAsNonRoot != true', [
    ...saidOf(against, 'must not set securityContext.runAsNonRoot=false'),
    ...saidOf(unsaid, 'must set securityContext.runAsNonRoot=true').map((text) => `pod or ${text}`),
  ]);
};

const notAsRoot: PodCheck = ({ spec }) =>
  findingOf(
    'runAsUser=0',
    saidOfAll(spec, 'must not set runAsUser=0', (security) => security['runAsUser'] === 0),
  );

const PROFILES: readonly string[] = ['RuntimeDefault', 'Localhost'];

const profiles: PodCheck = ({ spec }) => {
  const typeOf = (security: Fields): string => textOf(at(security, 'seccompProfile')['type']);
  const isWhole = PROFILES.includes(typeOf(podSecurityOf(spec)));
  const containers = containersOf(spec);
  const text = 'set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
  const open = containers.filter(({ security }) => !['', ...PROFILES].includes(typeOf(security)));
  const unsaid = isWhole ? [] : containers.filter(({ security }) => typeOf(security) === '');
  return findingOf('seccompProfile', [
    ...saidOf(open, `must ${text}`),
    ...saidOf(unsaid, `must ${text}`).map((one) => `pod or ${one}`),
  ]);
};

/** All checks of level restricted. */
export const RESTRICTED_CHECKS: readonly PodCheck[] = [
  escalation,
  ...COMMON_CHECKS,
  capabilities,
  volumeTypes,
  nonRoot,
  notAsRoot,
  profiles,
];
