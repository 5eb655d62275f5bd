/**
 * Warnings about fields that have no effect where pods run here, told when a pod or its template is created.
 */
import { isObject } from '@argosy/base';
import type { KubeObject, PodSpec } from '@argosy/kube';

import type { ServedKind } from '../../../kinds/served-kind.ts';
import type { PodAccess } from '../../../kubelet/pod-runtime.ts';

/** Where each kind has the spec of its pods. */
const POD_SPECS: Readonly<Record<string, string>> = {
  '/pods': 'spec',
  'apps/deployments': 'spec.template.spec',
  'apps/replicasets': 'spec.template.spec',
  'apps/statefulsets': 'spec.template.spec',
  'apps/daemonsets': 'spec.template.spec',
  'batch/jobs': 'spec.template.spec',
  'batch/cronjobs': 'spec.jobTemplate.spec.template.spec',
};

/** One sentence for each field. Pods of controllers are silent: their templates were spoken of. */
export const unappliedWarnings = (
  access: PodAccess | undefined,
  kind: ServedKind,
  object: KubeObject,
): readonly string[] => {
  const path = Object.hasOwn(POD_SPECS, kind.storage) ? POD_SPECS[kind.storage] : undefined;
  if (path === undefined || !access?.unapplied) return [];
  const spec = path.split('.').reduce<unknown>((value, field) => (isObject(value) ? value[field] : undefined), object);
  // The object was validated: what is there has the shape of a pod's spec.
  if (!isObject(spec)) return [];
  return access
    .unapplied(spec as unknown as PodSpec)
    .map((field) => `${path}.${field}: has no effect on the runtime of this node`);
};
