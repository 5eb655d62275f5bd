/**
 * One object is served in several versions, and who asks to be called for one of them means the others as well unless it
 * says otherwise: it is shown the object in the version it knows.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/generic/webhook.go#ShouldCallHook
 */
import type { KubeObject } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';

/** Finds the other versions a kind is served in. */
export type EquivalentKinds = (kind: ServedKind) => readonly ServedKind[];

/** Creates the search over the kinds that are served; it is done once per kind until those change. */
export const createEquivalentKinds = (kinds: () => readonly ServedKind[]): EquivalentKinds => {
  let known: readonly ServedKind[] | undefined;
  let byStorage = new Map<string, readonly ServedKind[]>();
  return (kind) => {
    const served = kinds();
    if (served !== known) {
      known = served;
      byStorage = new Map();
      for (const one of served) byStorage.set(one.storage, [...(byStorage.get(one.storage) ?? []), one]);
    }
    return (byStorage.get(kind.storage) ?? []).filter(
      (one) => one.group !== kind.group || one.version !== kind.version,
    );
  };
};

/** The object as another version shows it. */
export const inVersion = (object: KubeObject, from: ServedKind, to: ServedKind): KubeObject => {
  if (from === to) return object;
  const stored = from.strategy.toStored?.(object) ?? object;
  return to.strategy.fromStored?.(stored) ?? stored;
};
