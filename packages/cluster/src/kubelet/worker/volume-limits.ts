/**
 * Evicts a pod whose emptyDir grows beyond its limit. @upstream kubernetes pkg/kubelet/eviction/eviction_manager.go#emptyDirLimitEviction
 */
import { canonicalQuantity, delay, quantityToNumber } from '@argosy/base';
import type { Volume } from '@argosy/kube';

import { folderUsage } from '../volumes/folder-usage.ts';
import type { PodVolumes } from '../volumes/prepare-volumes.ts';
import type { PodScope } from './pod-scope.ts';

/** How often it is looked, in milliseconds: as often as a kubelet does. */
const LOOK_MS = 10_000;

/** Looks until the pod is to end; one that is over a limit fails as Evicted, and `evict` ends its containers. */
export const watchVolumeLimits = async (
  scope: PodScope,
  volumes: PodVolumes,
  evict: () => Promise<void>,
): Promise<void> => {
  const limited = (scope.spec.volumes ?? []).filter(hasLimit);
  if (scope.isSimulated || limited.length === 0) return;
  for (;;) {
    await delay(scope.deps.clock, LOOK_MS, scope.stopping);
    if (scope.stopping.aborted) return;
    const message = await firstExcess(limited, volumes);
    if (message === undefined || scope.stopping.aborted) continue;
    scope.record.fail({ reason: 'Evicted', message });
    scope.tell('Warning', 'Evicted', message);
    return evict();
  }
};

const limitOf = ({ emptyDir }: Volume): number => quantityToNumber(emptyDir?.sizeLimit ?? '') ?? 0;

/** Zero is no limit. */
const hasLimit = (volume: Volume): boolean => limitOf(volume) > 0;

/** The words are upstream's, down to the blank at their end. */
const firstExcess = async (limited: readonly Volume[], volumes: PodVolumes): Promise<string | undefined> => {
  for (const volume of limited) {
    const used = await folderUsage(volumes.get(volume.name)?.hostPath ?? '');
    if (used === undefined || used <= limitOf(volume)) continue;
    const limit = canonicalQuantity(volume.emptyDir?.sizeLimit ?? '') ?? '';
    return `Usage of EmptyDir volume ${JSON.stringify(volume.name)} exceeds the limit ${JSON.stringify(limit)}. `;
  }
  return undefined;
};
