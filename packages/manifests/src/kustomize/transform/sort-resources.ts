/**
 * The order objects are printed in: what others need first, unless `sortOptions` says otherwise.
 * @upstream sigs.k8s.io/kustomize/api/internal/builtins/SortOrderTransformer.go
 */
import { Failure } from '@argosy/base';
import { compareText } from '@argosy/expressions';

import type { SortOptions } from '../file/kustomization.ts';
import { compareGvks, DEFAULT_KIND_ORDER, type KindOrder } from '../resources/kind-order.ts';
import { isSameGvk, type ResourceId } from '../resources/resource-id.ts';
import type { Transform } from './transformer.ts';

/** Sorts objects. Throws Failure `InvalidKustomization` for options that contradict each other. */
export const sortResources = ({ order = '', legacySortOptions }: SortOptions): Transform => {
  if (order !== 'legacy' && order !== 'fifo')
    throw invalid(`sortOptions.order must be legacy or fifo, found ${JSON.stringify(order)}`);
  if (order === 'fifo') {
    if (legacySortOptions) throw invalid('sortOptions.legacySortOptions is set but the order is fifo; remove one');
    return () => undefined;
  }
  const kinds: KindOrder = legacySortOptions
    ? { first: legacySortOptions.orderFirst ?? [], last: legacySortOptions.orderLast ?? [] }
    : DEFAULT_KIND_ORDER;
  return (list) => {
    const keyed = list.all.map((resource) => ({ resource, id: resource.id }));
    keyed.sort((left, right) => compareIds(left.id, right.id, kinds));
    list.replaceAll(keyed.map(({ resource }) => resource));
  };
};

const compareIds = (left: ResourceId, right: ResourceId, kinds: KindOrder): number =>
  isSameGvk(left, right) ? compareText(sortText(left), sortText(right)) : compareGvks(left, right, kinds);

const sortText = ({ group, version, kind, namespace, name }: ResourceId): string =>
  `${kind || '[noKind]'}.${version || '[noVer]'}.${group || '[noGrp]'}|${namespace || '~X'}|${name || '~N'}`;

const invalid = (why: string): Failure => new Failure(why, { code: 'InvalidKustomization' });
