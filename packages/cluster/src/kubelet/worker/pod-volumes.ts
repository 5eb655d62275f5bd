/**
 * The volumes of a pod while it lives: made before its containers, brought up to date, taken away at its end.
 */
import { delay, messageOf } from '@argosy/base';
import { keyOf, PODS, type Container, type Volume } from '@argosy/kube';

import { nodeCapacity } from '../node-capacity.ts';
import { memorySize } from '../volumes/memory-size.ts';
import { prepareVolumes, volumeFolder, type PodVolumes, type VolumeWorld } from '../volumes/prepare-volumes.ts';
import type { BindPath } from '../volumes/sub-path.ts';
import { hasObjectFiles, readVolumeFiles } from '../volumes/volume-files.ts';
import { writeFiles } from '../volumes/write-files.ts';
import { objectsOf } from './namespace-objects.ts';
import type { PodScope } from './pod-scope.ts';

/** Volumes that cannot be made are tried again after this long, and up to this long. */
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 2000;
/** Objects in volumes are read anew this often, as real kubelets do; tokens are renewed on the way. */
const REFRESH_MS = 60_000;

/** Makes a pod's volumes; tries until it succeeds or the pod is to end. Returns them by name. */
export const mountVolumes = async (scope: PodScope, podDirectory: string): Promise<PodVolumes> => {
  if (scope.isSimulated) return new Map();
  const fresh = new Set<string>();
  for (let waitMs = FIRST_RETRY_MS; !scope.stopping.aborted; waitMs = Math.min(waitMs * 4, LONGEST_RETRY_MS)) {
    try {
      return await prepareVolumes(scope.pod, {
        ...volumeWorld(scope, podDirectory),
        ...(await memoryOf(scope, fresh)),
      });
    } catch (thrown) {
      scope.tell('Warning', 'FailedMount', messageOf(thrown));
      await delay(scope.deps.clock, waitMs, scope.stopping);
    }
  }
  return new Map();
};

/** Brings the objects in a pod's volumes up to date until the pod is to end. */
export const refreshVolumes = async (scope: PodScope, podDirectory: string): Promise<void> => {
  const volumes = (scope.spec.volumes ?? []).filter(hasObjectFiles);
  if (scope.isSimulated || volumes.length === 0) return;
  const refresh = async (volume: Volume): Promise<void> => {
    const pod = await scope.deps.client.get(PODS, keyOf(scope.pod));
    const files = await readVolumeFiles(pod, volume, volumeWorld(scope, podDirectory));
    await writeFiles(volumeFolder(podDirectory, volume.name), files, scope.deps.clock.now());
  };
  while (!scope.stopping.aborted) {
    await delay(scope.deps.clock, REFRESH_MS, scope.stopping);
    if (scope.stopping.aborted) return;
    // An object that went away stays in the volume as it was.
    for (const volume of volumes)
      await refresh(volume).catch((thrown: unknown) => scope.tell('Warning', 'FailedMount', messageOf(thrown)));
  }
};

/** How paths of a container's volumes are held fast; absent where they cannot be, or need not. */
export const pathBinder = async (
  { deps, pod }: PodScope,
  container: Container,
): Promise<((at: number) => BindPath) | undefined> => {
  const { mounts, bindsPaths } = deps.runtime;
  const isNeeded = container.volumeMounts?.some(({ subPath, subPathExpr }) => Boolean(subPath || subPathExpr));
  if (!mounts || !bindsPaths || !isNeeded || (await mounts.findObstacle()) !== undefined) return undefined;
  return (at) => (source) => mounts.bind(pod.metadata.uid ?? '', `${container.name}-${at}`, source);
};

/** Takes away what was mounted for a pod of which nothing runs any more. Never rejects. */
export const unmountVolumes = async ({ deps, pod }: PodScope): Promise<void> => {
  await deps.runtime.mounts
    ?.release(pod.metadata.uid ?? '')
    .catch((thrown: unknown) =>
      deps.log.warn('mounts of a pod not taken away', { pod: keyOf(pod).name, error: messageOf(thrown) }),
    );
};

const volumeWorld = (scope: PodScope, podDirectory: string): VolumeWorld => ({
  objects: objectsOf(scope),
  podDirectory,
  clock: scope.deps.clock,
  podIP: scope.record.podIP ?? '',
  ...(scope.tokens ? { token: scope.tokens } : {}),
});

/** What one try mounted is fresh to the next one as well. */
const memoryOf = async ({ deps, pod, spec }: PodScope, fresh: Set<string>): Promise<Pick<VolumeWorld, 'memory'>> => {
  const { runtime } = deps;
  const { mounts } = runtime;
  const isNeeded = spec.volumes?.some(({ emptyDir }) => emptyDir?.medium === 'Memory');
  if (!mounts || !isNeeded || (await mounts.findObstacle()) !== undefined) return {};
  const { memory: nodeMemory = '' } = nodeCapacity(runtime);
  return {
    memory: async (name, sizeLimit) => {
      const made = await mounts.memory(pod.metadata.uid ?? '', name, memorySize(pod, sizeLimit, nodeMemory));
      if (made.isFresh) fresh.add(name);
      return { ...made, isFresh: fresh.has(name) };
    },
  };
};
