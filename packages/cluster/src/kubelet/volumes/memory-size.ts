/**
 * How much a volume in memory holds. @upstream kubernetes pkg/volume/emptydir/empty_dir.go#calculateEmptyDirMemorySize
 */
import { quantityToNumber } from '@argosy/base';
import type { Pod } from '@argosy/kube';

/** Bytes: the least of the node's memory, what all containers together may use, and the volume's limit. Pure. */
export const memorySize = (pod: Pod, sizeLimit: string | undefined, nodeMemory: string): number =>
  Math.min(...[bytesOf(nodeMemory), podLimit(pod), bytesOf(sizeLimit)].filter((bytes) => bytes > 0));

/** One container without a limit, and the pod has none. */
const podLimit = ({ spec }: Pod): number => {
  const limitOf = (container: { readonly resources?: { readonly limits?: Readonly<Record<string, string>> } }) =>
    bytesOf(container.resources?.limits?.['memory']);
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const beside = [...(spec?.containers ?? []), ...sidecars].map(limitOf);
  if (beside.includes(0)) return 0;
  const before = (spec?.initContainers ?? []).map(limitOf);
  return Math.max(
    beside.reduce((sum, bytes) => sum + bytes, 0),
    ...before,
  );
};

const bytesOf = (quantity: string | undefined): number => Math.floor(quantityToNumber(quantity ?? '') ?? 0);
