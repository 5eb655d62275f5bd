/**
 * Pod security: what the labels of a namespace forbid its pods. Pure.
 * @spec https://kubernetes.io/docs/concepts/security/pod-security-admission/
 * @upstream kubernetes staging/src/k8s.io/pod-security-admission/admission/admission.go
 */
import { invalidField, type FieldError, type KubeObject, type PodSpec } from '@argosy/kube';

import { BASELINE_CHECKS } from './baseline-checks.ts';
import { at, fieldsOf, type CheckedPod, type PodCheck } from './checked-pod.ts';
import { RESTRICTED_CHECKS } from './restricted-checks.ts';

const PREFIX = 'pod-security.kubernetes.io/';

/** What happens to a pod that a level forbids. */
export type SecurityMode = (typeof MODES)[number];

const MODES = ['enforce', 'audit', 'warn'] as const;

const CHECKS: Readonly<Record<string, readonly PodCheck[]>> = {
  privileged: [],
  baseline: BASELINE_CHECKS,
  restricted: RESTRICTED_CHECKS,
};

/** What of a namespace's labels names no level, or no version of one. */
export const levelFindings = ({ metadata }: KubeObject): readonly FieldError[] =>
  MODES.flatMap((mode) => {
    const level = metadata.labels?.[`${PREFIX}${mode}`];
    const version = metadata.labels?.[`${PREFIX}${mode}-version`];
    return [
      ...(level === undefined || Object.hasOwn(CHECKS, level)
        ? []
        : [
            invalidField(
              `metadata.labels[${PREFIX}${mode}]`,
              level,
              `must be one of ${Object.keys(CHECKS).join(', ')}`,
            ),
          ]),
      ...(version === undefined || /^(?:latest|v1\.(?:0|[1-9]\d*))$/.test(version)
        ? []
        : [invalidField(`metadata.labels[${PREFIX}${mode}-version]`, version, 'must be "latest" or "v1.x"')]),
    ];
  });

/** What a namespace has against a pod; `undefined` when it may be. A level nobody knows is the strictest. */
export const securityProblem = (
  mode: SecurityMode,
  namespace: KubeObject | undefined,
  pod: CheckedPod,
): string | undefined => {
  const labels = namespace?.metadata.labels ?? {};
  const level = labels[`${PREFIX}${mode}`] ?? 'privileged';
  const checks = Object.hasOwn(CHECKS, level) ? (CHECKS[level] ?? []) : RESTRICTED_CHECKS;
  const found = checks.map((check) => check(pod)).filter((finding) => finding !== undefined);
  if (found.length === 0) return undefined;
  const version = labels[`${PREFIX}${mode}-version`] ?? 'latest';
  const list = found.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
  return `${mode === 'enforce' ? 'violates' : 'would violate'} PodSecurity ${JSON.stringify(`${level}:${version}`)}: ${list}`;
};

const TEMPLATED: ReadonlySet<string> = new Set([
  '/replicationcontrollers',
  'apps/daemonsets',
  'apps/deployments',
  'apps/replicasets',
  'apps/statefulsets',
  'batch/jobs',
]);

/** The pod of an object, or the one it makes; `undefined` for objects that make none. */
export const podOf = (storage: string, object: KubeObject): CheckedPod | undefined => {
  if (storage === '/pods') return checkedFrom(fieldsOf(object));
  if (storage === '/podtemplates') return checkedFrom(at(fieldsOf(object), 'template'));
  if (storage === 'batch/cronjobs') return checkedFrom(at(at(at(spec(object), 'jobTemplate'), 'spec'), 'template'));
  return TEMPLATED.has(storage) ? checkedFrom(at(spec(object), 'template')) : undefined;
};

const spec = (object: KubeObject) => at(fieldsOf(object), 'spec');

const checkedFrom = (object: Readonly<Record<string, unknown>>): CheckedPod => {
  const annotations = at(at(object, 'metadata'), 'annotations');
  const texts = Object.entries(annotations).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  // Checks look at it as if nobody had validated it.
  return { spec: at(object, 'spec') as unknown as PodSpec, annotations: Object.fromEntries(texts) };
};
