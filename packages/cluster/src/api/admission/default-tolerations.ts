/**
 * Pods stay a while on a node that is in trouble, unless their author says how long.
 * @upstream kubernetes plugin/pkg/admission/defaulttolerationseconds/admission.go
 */
import { isObject } from '@argosy/base';
import type { Pod } from '@argosy/kube';

/** Gives a pod 300 s beside each taint of a node in trouble about which its tolerations say nothing. Pure. */
export const withDefaultTolerations = (pod: Pod): Pod => {
  if (!pod.spec) return pod;
  const given: unknown = pod.spec['tolerations'];
  const tolerations: readonly unknown[] = Array.isArray(given) ? given : [];
  const added = TROUBLES.filter((key) => !tolerations.some((one) => isObject(one) && isAbout(one, key)));
  if (added.length === 0) return pod;
  return { ...pod, spec: { ...pod.spec, tolerations: [...tolerations, ...added.map(forAWhile)] } };
};

/** @upstream kubernetes staging/src/k8s.io/api/core/v1/well_known_taints.go */
const TROUBLES = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const;

/** @upstream --default-not-ready-toleration-seconds, --default-unreachable-toleration-seconds */
const SECONDS = 300;

/** Whatever its operator and value are: who names the taint has decided. */
const isAbout = ({ key, effect }: Readonly<Record<string, unknown>>, taint: string): boolean =>
  (!key || key === taint) && (!effect || effect === 'NoExecute');

const forAWhile = (key: string) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: SECONDS });
