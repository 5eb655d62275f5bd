/**
 * One object is served in several versions, and who asks to be called for one of them means the others as well unless it
 * says otherwise: it is shown the object in the version it knows.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/generic/webhook.go#ShouldCallHook
 */
import type { KubeObject } from '@argosy/kube';

import type { Conversions } from '../conversion/conversions.ts';
import { isScale } from '../reads/scale-of-object.ts';
import type { ServedKind } from '../../kinds/served-kind.ts';

/** The other versions a kind is served in. */
export interface EquivalentKinds {
  of(kind: ServedKind): readonly ServedKind[];
  /** An object as another version shows it. Throws what the user should know of a conversion that fails. */
  inVersion(object: KubeObject, from: ServedKind, to: ServedKind): Promise<KubeObject>;
}

/** Creates the search over the kinds that are served; it is done once per kind until those change. */
export const createEquivalentKinds = (
  kinds: () => readonly ServedKind[],
  conversions: Pick<Conversions, 'between'>,
): EquivalentKinds => {
  let known: readonly ServedKind[] | undefined;
  let byStorage = new Map<string, readonly ServedKind[]>();
  const of = (kind: ServedKind): readonly ServedKind[] => {
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
  // A scale is the same in whatever version of its kind it was asked for.
  const inVersion: EquivalentKinds['inVersion'] = async (object, from, to) =>
    isScale(object) ? object : conversions.between(object, from, to);
  return { of, inVersion };
};
