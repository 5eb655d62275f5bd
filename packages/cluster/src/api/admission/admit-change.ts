/**
 * What the rest of the cluster has to say about a change of an object. @upstream kubernetes plugin/pkg/admission
 */
import type { KubeObject, Pod, PriorityClass } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import type { ApiContext } from '../api-context.ts';
import { PRIORITY_CLASSES_STORAGE, refuseSecondDefault } from './admit-new.ts';
import { withDefaultTolerations } from './default-tolerations.ts';
import { withKeptPriority } from './priority.ts';

/** Completes a changed object from what it was. Throws Forbidden naming what does not permit it. */
export const admitChange = (
  context: Pick<ApiContext, 'store'>,
  kind: ServedKind,
  { changed, current }: { readonly changed: KubeObject; readonly current: KubeObject },
): KubeObject => {
  if (kind.storage === '/pods') return withDefaultTolerations(withKeptPriority(changed as Pod, current as Pod));
  if (kind.storage === PRIORITY_CLASSES_STORAGE) {
    // Who replaces an object by its address need not name it again.
    const { name } = current.metadata;
    const metadata = { ...changed.metadata, ...(name === undefined ? {} : { name }) };
    refuseSecondDefault(context.store, kind, { ...(changed as PriorityClass), metadata });
  }
  return changed;
};
