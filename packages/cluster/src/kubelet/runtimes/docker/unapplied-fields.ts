/**
 * Fields of a pod that have no effect on an engine and do no harm when they have none. What would do harm is refused when a
 * container starts: see unsupported-fields.ts.
 */
import type { PodSpec } from '@argosy/kube';

import type { PodMounts } from '../../mounts/pod-mounts.ts';
import { unappliedMedia } from '../unapplied-media.ts';

/** Paths of the fields below a pod's spec, in the order of the spec. Pure. */
export const findUnappliedFields = (spec: PodSpec, mounts: Pick<PodMounts, 'obstacle'>): readonly string[] => [
  ...unappliedMedia(spec, mounts),
  ...(spec['setHostnameAsFQDN'] === true ? ['setHostnameAsFQDN'] : []),
];
