/**
 * Volumes of a pod that are to be memory and are folders of the disk here.
 */
import type { PodSpec } from '@argosy/kube';

import type { PodMounts } from '../mounts/pod-mounts.ts';

/** Paths of the fields below a pod's spec, in its order. Pages of a size of their own there are none of. */
export const unappliedMedia = (spec: PodSpec, mounts: Pick<PodMounts, 'obstacle'>): readonly string[] =>
  (spec.volumes ?? []).flatMap(({ emptyDir }, at) => {
    const medium = emptyDir?.medium ?? '';
    const isApplied = medium === '' || (medium === 'Memory' && mounts.obstacle() === undefined);
    return isApplied ? [] : [`volumes[${at}].emptyDir.medium`];
  });
