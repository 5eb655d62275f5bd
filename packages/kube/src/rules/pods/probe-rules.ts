/**
 * Rules of probes and lifecycle hooks.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#validateProbe, #validateHandler
 */
import { forbiddenField, invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { choiceFindings, filledFindings, NOT_NEGATIVE } from '../findings.ts';
import { portFindings } from './port-rules.ts';

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
const HOOKS = ['postStart', 'preStop'] as const;
const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;
const NUMBERS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];
const HEADER_RULE =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
const NOT_FOR_INIT = 'may not be set for init containers without restartPolicy=Always';

/** How a container lives. */
export interface ContainerLife {
  /** Runs to its end before the pod's containers start. */
  readonly ends: boolean;
  /** Seconds a pod has to stop. */
  readonly graceSeconds: number | undefined;
}

/** Findings of a container's probes and hooks. */
export const validateProbesAndHooks = (container: Draft, path: string, life: ContainerLife): readonly FieldError[] => {
  if (life.ends)
    return ['lifecycle', ...PROBES]
      .filter((name) => container[name] !== undefined)
      .map((name) => forbiddenField(`${path}.${name}`, NOT_FOR_INIT));
  const lifecycle = objectAt(container, 'lifecycle');
  return [
    ...HOOKS.flatMap((hook) =>
      lifecycle[hook] === undefined
        ? []
        : handlerFindings(objectAt(lifecycle, hook), `${path}.lifecycle.${hook}`, life.graceSeconds),
    ),
    ...PROBES.flatMap((name) =>
      container[name] === undefined ? [] : probeFindings(objectAt(container, name), name, `${path}.${name}`),
    ),
  ];
};

const probeFindings = (probe: Draft, name: (typeof PROBES)[number], path: string): readonly FieldError[] => {
  const successes = numberAt(probe, 'successThreshold') ?? 1;
  const grace = numberAt(probe, 'terminationGracePeriodSeconds');
  return [
    ...handlerFindings(probe, path, undefined),
    ...NUMBERS.flatMap((member) => {
      const value = numberAt(probe, member);
      return value !== undefined && value < 0 ? [invalidField(`${path}.${member}`, value, NOT_NEGATIVE)] : [];
    }),
    ...(grace !== undefined && grace <= 0
      ? [invalidField(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0')]
      : []),
    ...(name === 'readinessProbe' && grace !== undefined
      ? [invalidField(`${path}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes')]
      : []),
    ...(name !== 'readinessProbe' && successes !== 1
      ? [invalidField(`${path}.successThreshold`, successes, 'must be 1')]
      : []),
  ];
};

/** One way to ask or tell, and only one. */
const handlerFindings = (holder: Draft, path: string, graceSeconds: number | undefined): readonly FieldError[] => {
  const [first, ...more] = HANDLERS.filter((handler) => holder[handler] !== undefined);
  if (first === undefined) return [requiredField(path, 'must specify a handler type')];
  return [
    ...actionFindings(first, objectAt(holder, first), `${path}.${first}`, graceSeconds),
    ...more.map((handler) => forbiddenField(`${path}.${handler}`, 'may not specify more than 1 handler type')),
  ];
};

const actionFindings = (
  handler: (typeof HANDLERS)[number],
  action: Draft,
  path: string,
  graceSeconds: number | undefined,
): readonly FieldError[] => {
  switch (handler) {
    case 'exec':
      return Array.isArray(action['command']) && action['command'].length > 0 ? [] : [requiredField(`${path}.command`)];
    case 'httpGet':
      return [
        ...filledFindings(action, 'path', path),
        ...portFindings(action['port'] ?? 0, `${path}.port`),
        ...choiceFindings(action, 'scheme', path, ['HTTP', 'HTTPS']),
        ...itemsAt(action, 'httpHeaders').flatMap(([, header]) =>
          /^[-A-Za-z0-9]+$/.test(textAt(header, 'name'))
            ? []
            : [invalidField(`${path}.httpHeaders`, textAt(header, 'name'), HEADER_RULE)],
        ),
      ];
    case 'tcpSocket':
    case 'grpc':
      return portFindings(action['port'] ?? 0, `${path}.port`);
    case 'sleep':
      return sleepFindings(numberAt(action, 'seconds') ?? 0, path, graceSeconds);
  }
};

const sleepFindings = (seconds: number, path: string, graceSeconds: number | undefined): readonly FieldError[] =>
  graceSeconds === undefined || (seconds > 0 && seconds <= graceSeconds)
    ? []
    : [
        invalidField(
          path,
          seconds,
          `must be greater than 0 and less than terminationGracePeriodSeconds (${graceSeconds}). Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep.`,
        ),
      ];
