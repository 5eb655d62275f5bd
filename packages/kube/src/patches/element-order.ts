/**
 * The order of a merged list: items of the patch as the patch has them, the others as they were, woven together.
 * @upstream k8s.io/apimachinery/pkg/util/strategicpatch/patch.go#normalizeElementOrder
 */

type IsSame = (left: unknown, right: unknown) => boolean;

/** Orders `merged` by the patch's order and, for items the patch does not name, by the order before. */
export const normalizeOrder = (
  merged: readonly unknown[],
  patchOrder: readonly unknown[],
  orderBefore: readonly unknown[],
  isSame: IsSame,
): readonly unknown[] => {
  const placeIn = (list: readonly unknown[], item: unknown): number => list.findIndex((one) => isSame(one, item));
  const isPatched = (item: unknown): boolean => placeIn(patchOrder, item) >= 0;
  const sortBy = (list: readonly unknown[], items: readonly unknown[]): readonly unknown[] =>
    items.toSorted((left, right) => placeIn(list, left) - placeIn(list, right));
  const patched = sortBy(patchOrder, merged.filter(isPatched));
  const others = sortBy(
    orderBefore,
    merged.filter((item) => !isPatched(item)),
  );
  return weave(others, patched, (item) => placeIn(orderBefore, item));
};

/** An item of the patch comes first unless both were there before and the other one stood in front. */
const weave = (
  others: readonly unknown[],
  patched: readonly unknown[],
  placeBefore: (item: unknown) => number,
): readonly unknown[] => {
  const woven: unknown[] = [];
  let taken = 0;
  for (const item of patched) {
    const place = placeBefore(item);
    while (taken < others.length) {
      const other = placeBefore(others[taken]);
      if (place < 0 || other < 0 || other >= place) break;
      woven.push(others[taken]);
      taken += 1;
    }
    woven.push(item);
  }
  return [...woven, ...others.slice(taken)];
};
