/**
 * Quotas at the door: an object is let in only if every quota of its namespace has room for it, also beside those that are
 * being written right now. @upstream kubernetes staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota
 */
import {
  addAmounts,
  quotaCounts,
  quotaRefusal,
  quotaSelects,
  usageOf,
  type Amounts,
  type KubeObject,
  type ResourceQuota,
} from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import type { Store } from '../../store/store.ts';

/** A share that is held until released, by then the store knows of the object; or why there is none. */
export type Reservation =
  | { readonly kind: 'reserved'; readonly release: () => void }
  | { readonly kind: 'refused'; readonly message: string };

/** Keeps quotas. One per API server. */
export interface Quotas {
  reserve(kind: ServedKind, object: KubeObject): Reservation;
}

const NOTHING: Reservation = { kind: 'reserved', release: () => undefined };

/** Creates the keeper over the store. */
export const createQuotas = (store: Store): Quotas => {
  const pending = new Set<{ readonly storage: string; readonly object: KubeObject }>();
  const usedBy = (quota: ResourceQuota, kind: ServedKind): Amounts => {
    const { namespace = '' } = quota.metadata;
    const stored = store.list(kind.storage, { namespace }).items;
    const coming = [...pending].filter(
      (one) => one.storage === kind.storage && one.object.metadata.namespace === namespace,
    );
    const counted = [...stored, ...coming.map(({ object }) => object)]
      .map((object) => ({ group: kind.group, plural: kind.plural, object }))
      .filter((one) => quotaSelects(quota, one));
    return addAmounts(...counted.map(usageOf));
  };
  return {
    reserve: (kind, object) => {
      if (!kind.namespaced) return NOTHING;
      const quotas = store.list('/resourcequotas', { namespace: object.metadata.namespace ?? '' })
        .items as readonly ResourceQuota[];
      const wanted = { group: kind.group, plural: kind.plural, object };
      const concerned = quotas.filter((quota) => quotaCounts(quota, wanted) && quotaSelects(quota, wanted));
      if (concerned.length === 0) return NOTHING;
      const refusals = concerned.map((quota) => quotaRefusal(quota, usedBy(quota, kind), wanted));
      const message = refusals.find((refusal) => refusal !== undefined);
      if (message !== undefined) return { kind: 'refused', message };
      const entry = { storage: kind.storage, object };
      pending.add(entry);
      return { kind: 'reserved', release: () => void pending.delete(entry) };
    },
  };
};
