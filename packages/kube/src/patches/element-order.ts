/**
 * The order of a merged list: items of the patch as the patch has them, the others as they were, woven together.
 * @upstream k8s.io/apimachinery/pkg/util/strategicpatch/patch.go#normalizeElementOrder
 */

/** What makes an item of a list the same as one of another list. Equal texts mean the same. */
export type Identity = (item: unknown) => string;

/** Orders `merged` by the patch's order and, for items the patch does not name, by the order before. */
export const normalizeOrder = (
  merged: readonly unknown[],
  patchOrder: readonly unknown[],
  orderBefore: readonly unknown[],
  identity: Identity,
): readonly unknown[] => {
  const patchPlaces = placesOf(patchOrder, identity);
  const placesBefore = placesOf(orderBefore, identity);
  const items = merged.map((item) => {
    const id = identity(item);
    return { item, inPatch: patchPlaces.get(id) ?? -1, before: placesBefore.get(id) ?? -1 };
  });
  const patched = items.filter(({ inPatch }) => inPatch >= 0).toSorted((left, right) => left.inPatch - right.inPatch);
  const others = items.filter(({ inPatch }) => inPatch < 0).toSorted((left, right) => left.before - right.before);
  return weave(others, patched).map(({ item }) => item);
};

interface PlacedItem {
  readonly item: unknown;
  readonly inPatch: number;
  readonly before: number;
}

/** Where each item stands first. */
const placesOf = (list: readonly unknown[], identity: Identity): ReadonlyMap<string, number> => {
  const places = new Map<string, number>();
  for (const [index, item] of list.entries()) {
    const id = identity(item);
    if (!places.has(id)) places.set(id, index);
  }
  return places;
};

/** An item of the patch comes first unless both were there before and the other one stood in front. */
const weave = (others: readonly PlacedItem[], patched: readonly PlacedItem[]): readonly PlacedItem[] => {
  const woven: PlacedItem[] = [];
  let taken = 0;
  for (const item of patched) {
    for (let other = others[taken]; other; other = others[taken]) {
      if (item.before < 0 || other.before < 0 || other.before >= item.before) break;
      woven.push(other);
      taken += 1;
    }
    woven.push(item);
  }
  return [...woven, ...others.slice(taken)];
};
