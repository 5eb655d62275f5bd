/**
 * A pod as the checks of pod security look at it, and what they say. Pure.
 * @spec https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
import { isObject } from '@argosy/base';
import type { PodSpec } from '@argosy/kube';

/** A pod, or the template of one. */
export interface CheckedPod {
  readonly spec: PodSpec;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What is wrong, and with which part: `hostPort (container "c" uses hostPort 80)`. */
export interface PodFinding {
  readonly reason: string;
  readonly detail: string;
}

/** One check; `undefined` when it has nothing against the pod. */
export type PodCheck = (pod: CheckedPod) => PodFinding | undefined;

/** Fields nobody has validated yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** A container of any sort. */
export interface CheckedContainer {
  readonly name: string;
  readonly security: Fields;
  readonly fields: Fields;
}

/** All containers: those that begin, those that run, those for looking around. */
export const containersOf = (spec: PodSpec): readonly CheckedContainer[] =>
  ['initContainers', 'containers', 'ephemeralContainers']
    .flatMap((list) => listAt(fieldsOf(spec), list))
    .map(fieldsOf)
    .map((fields) => ({ name: textOf(fields['name']), security: at(fields, 'securityContext'), fields }));

/** The security context of the pod. */
export const podSecurityOf = (spec: PodSpec): Fields => at(fieldsOf(spec), 'securityContext');

/** The volumes. */
export const volumesOf = (spec: PodSpec): readonly Fields[] => listAt(fieldsOf(spec), 'volumes').map(fieldsOf);

/** A finding, unless there are no details. */
export const findingOf = (reason: string, details: readonly string[]): PodFinding | undefined =>
  details.length > 0 ? { reason, detail: details.join('; ') } : undefined;

/** `container "a" TEXT`, `containers "a", "b" TEXT`; nothing for none. */
export const saidOf = (containers: readonly CheckedContainer[], text: string): readonly string[] =>
  containers.length === 0
    ? []
    : [
        `${named(
          'container',
          containers.map(({ name }) => name),
        )} ${text}`,
      ];

/** `volume "a"`, `volumes "a", "b"`. */
export const named = (what: string, names: readonly string[]): string =>
  `${what}${names.length === 1 ? '' : 's'} ${names.map((name) => JSON.stringify(name)).join(', ')}`;

/** What of the pod and of its containers has a security context of which this holds. */
export const saidOfAll = (spec: PodSpec, text: string, holds: (security: Fields) => boolean): readonly string[] => [
  ...(holds(podSecurityOf(spec)) ? [`pod ${text}`] : []),
  ...saidOf(
    containersOf(spec).filter(({ security }) => holds(security)),
    text,
  ),
];

/** A member that is an object; nothing otherwise. */
export const at = (fields: Fields, name: string): Fields => fieldsOf(fields[name]);

/** A member that is a list; none otherwise. */
export const listAt = (fields: Fields, name: string): readonly unknown[] => {
  const list = fields[name];
  return Array.isArray(list) ? (list as readonly unknown[]) : [];
};

/** An object's members. */
export const fieldsOf = (value: unknown): Fields => (isObject(value) ? value : {});

/** A text; empty for anything else. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
