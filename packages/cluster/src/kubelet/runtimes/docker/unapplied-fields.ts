/**
 * Fields of a pod that have no effect on an engine and do no harm when they have none. What would do harm is refused when a
 * container starts: see unsupported-fields.ts.
 */
import type { PodSpec } from '@argosy/kube';

/** Paths of the fields below a pod's spec, in the order of the spec. Pure. */
export const findUnappliedFields = (spec: PodSpec): readonly string[] => [
  ...(spec.volumes ?? []).flatMap((volume, at) =>
    (['medium', 'sizeLimit'] as const)
      .filter((field) => Boolean(volume.emptyDir?.[field]))
      .map((field) => `volumes[${at}].emptyDir.${field}`),
  ),
  ...(spec['setHostnameAsFQDN'] === true ? ['setHostnameAsFQDN'] : []),
];
