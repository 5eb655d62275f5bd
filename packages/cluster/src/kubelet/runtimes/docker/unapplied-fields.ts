/**
 * Fields of a pod that have no effect on an engine and do no harm when they have none. What would do harm is refused when a
 * container starts: see unsupported-fields.ts.
 */
import type { PodSpec } from '@argosy/kube';

/** Paths of the fields below a pod's spec, in the order of the spec. Pure. */
export const findUnappliedFields = (spec: PodSpec): readonly string[] => [
  ...(spec.volumes ?? []).flatMap(({ emptyDir }, at) => (emptyDir?.medium ? [`volumes[${at}].emptyDir.medium`] : [])),
  ...(spec['setHostnameAsFQDN'] === true ? ['setHostnameAsFQDN'] : []),
];
