/**
 * Fields of a pod this runtime cannot give effect to. They are refused by name: a container that silently runs with
 * less than it asked for is worse than one that waits.
 */
import { isObject } from '@argosy/base';
import type { Container, Pod } from '@argosy/kube';

/** The first field that cannot act, as a path with its remedy; `undefined` when all can. Pure. */
export const findUnsupportedField = (pod: Pod, container: Container): string | undefined => {
  const spec = pod.spec ?? { containers: [] };
  const own = objectAt(container.securityContext);
  const all = objectAt(spec['securityContext']);
  const findings: readonly (readonly [boolean, string])[] = [
    [spec['hostUsers'] === false, 'spec.hostUsers'],
    [isFilled(spec['resourceClaims']), 'spec.resourceClaims'],
    [isFilled((container as unknown as { volumeDevices?: unknown }).volumeDevices), 'volumeDevices'],
    ...[all, own].flatMap((context) => securityFindings(context)),
  ];
  const found = findings.find(([isUsed]) => isUsed)?.[1];
  return found === undefined
    ? undefined
    : `not supported yet by the docker runtime: ${found} of ${container.name}; remove it`;
};

const securityFindings = (context: Readonly<Record<string, unknown>>): readonly (readonly [boolean, string])[] => {
  const typeOf = (field: string): unknown => objectAt(context[field])['type'];
  return [
    [typeOf('seccompProfile') === 'Localhost', 'securityContext.seccompProfile.type Localhost'],
    [typeOf('appArmorProfile') === 'Localhost', 'securityContext.appArmorProfile.type Localhost'],
    [isFilled(context['windowsOptions']), 'securityContext.windowsOptions'],
    [context['procMount'] === 'Unmasked', 'securityContext.procMount Unmasked'],
  ];
};

const isFilled = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : isObject(value) ? Object.keys(value).length > 0 : value !== undefined;

const objectAt = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {});
