/** Rules of containers. @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#validateContainerCommon */
import { forbiddenField, requiredField, unsupportedValue, type FieldError } from '../../objects/field-error.ts';
import { textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { choiceFindings, labelNameFindings } from '../findings.ts';
import { validateEnvironment } from '../pods/environment-rules.ts';
import { validateDevices, validateMounts, type PodVolumes } from '../pods/mount-rules.ts';
import { validateContainerPorts } from '../pods/port-rules.ts';
import { validateProbesAndHooks } from '../pods/probe-rules.ts';
import { validateResizePolicy, validateResources } from '../pods/resource-rules.ts';
import { validateContainerSecurity } from '../pods/security-rules.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];

/** Where a container stands. */
export interface ContainerPlace {
  readonly list: 'initContainers' | 'containers' | 'ephemeralContainers';
  readonly volumes: PodVolumes;
  /** Names of what the pod claims. */
  readonly claims: ReadonlySet<string>;
  readonly usesHostUsers: boolean;
  readonly graceSeconds: number | undefined;
  /** The pod's. */
  readonly restartPolicy: unknown;
}

/** Findings of the container at `path`. */
export const validateContainer = (container: Draft, path: string, place: ContainerPlace): readonly FieldError[] => {
  const name = textAt(container, 'name');
  const isInit = place.list === 'initContainers';
  const ends = isInit && container['restartPolicy'] !== 'Always';
  return [
    ...(name === '' ? [requiredField(`${path}.name`)] : labelNameFindings(`${path}.name`, name)),
    ...(textAt(container, 'image') === '' ? [requiredField(`${path}.image`)] : []),
    ...choiceFindings(container, 'terminationMessagePolicy', path, ['File', 'FallbackToLogsOnError']),
    ...validateContainerPorts(container, path),
    ...validateEnvironment(container, path),
    ...validateMounts(container, path, place.volumes),
    ...validateDevices(container, path, place.volumes),
    ...choiceFindings(container, 'imagePullPolicy', path, PULL_POLICIES),
    ...validateResources(container, path, place.claims),
    ...validateResizePolicy(container, path, place.restartPolicy),
    ...validateContainerSecurity(container, `${path}.securityContext`, place),
    ...restartFindings(container, path, place.list),
    ...(place.list === 'ephemeralContainers'
      ? []
      : validateProbesAndHooks(container, path, { ends, graceSeconds: place.graceSeconds })),
    ...(isInit && Array.isArray(container['resizePolicy']) && container['resizePolicy'].length > 0
      ? [
          {
            reason: 'FieldValueInvalid' as const,
            field: `${path}.resizePolicy`,
            message: `Invalid value: ${JSON.stringify(container['resizePolicy'])}: must not be set for init containers`,
          },
        ]
      : []),
  ];
};

/** Only containers that run before the others may say how they are restarted. */
const restartFindings = (container: Draft, path: string, list: ContainerPlace['list']): readonly FieldError[] => {
  const policy = container['restartPolicy'];
  if (policy === undefined || list === 'ephemeralContainers') return [];
  if (list === 'containers') return [forbiddenField(`${path}.restartPolicy`, 'may not be set for non-init containers')];
  return policy === 'Always' ? [] : [unsupportedValue(`${path}.restartPolicy`, policy, ['Always'])];
};
