/**
 * A pod's volumes as folders of this machine. @spec https://kubernetes.io/docs/concepts/storage/volumes/
 */
import fs from 'node:fs/promises';
import path from 'node:path';

import { Failure, type Clock } from '@argosy/base';
import type { Container, Pod, Volume } from '@argosy/kube';

import type { ContainerLaunch, LaunchMount } from '../pod-runtime.ts';
import { expandVariables, unknownVariable } from '../environment/expand-variables.ts';
import { claimedVolumePath } from './claimed-volume.ts';
import { prepareHostPath } from './host-path.ts';
import { insideFolder } from './inside-folder.ts';
import { bindInside, placeInside, type BindPath } from './sub-path.ts';
import { readVolumeFiles, type FileWorld } from './volume-files.ts';
import { writeFiles } from './write-files.ts';

/** What volumes are made from. */
export interface VolumeWorld extends FileWorld {
  readonly podDirectory: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Memory as a folder; without it such volumes are folders of the disk. */
  readonly memory?: (
    volume: string,
    sizeLimit: string | undefined,
  ) => Promise<{ readonly hostPath: string; readonly isFresh: boolean }>;
}

/** Where a volume lies. */
export interface PodVolume {
  readonly hostPath: string;
  /** Whatever the mount says: it holds files of objects, which this process goes on writing. */
  readonly readOnly: boolean;
  /** Made for the pod and gone with it. */
  readonly isOwn: boolean;
  /** Set for memory that was empty just now: whatever was there, it is lost. */
  readonly isFresh?: boolean;
}

/** Volumes by name. */
export type PodVolumes = ReadonlyMap<string, PodVolume>;

/** What a container's mounts are made with. */
export interface MountMeans {
  /** What `subPathExpr` may name. */
  readonly env: Readonly<Record<string, string>>;
  /** Holds paths of volumes fast, by the place of the mount in the container's list; without it they are looked up again. */
  readonly binder?: ((at: number) => BindPath) | undefined;
}

/** Makes all volumes. Throws a Failure FailedMount naming the volume and what is missing. */
export const prepareVolumes = async (pod: Pod, world: VolumeWorld): Promise<PodVolumes> => {
  const made = new Map<string, PodVolume>();
  for (const volume of pod.spec?.volumes ?? []) {
    made.set(volume.name, await prepareVolume(pod, volume, world));
  }
  return made;
};

/** Where a volume of the pod's own lies. Throws a Failure FailedMount for a name that is no folder's. Pure. */
export const volumeFolder = (podDirectory: string, volume: string): string =>
  path.join(podDirectory, 'volumes', insideFolder('/', volume).slice(1));

/**
 * A container's mounts. Without a binder the runtime looks a path up again when it makes the container, and one that runs
 * meanwhile on the same volume can put a link in between. Throws a Failure CreateContainerConfigError for a volume that
 * is not declared, a path that leaves it or a variable that is not there.
 */
export const toMounts = async (
  container: Container,
  volumes: PodVolumes,
  { env, binder }: MountMeans,
): Promise<ContainerLaunch['mounts']> => {
  const mounts: LaunchMount[] = [];
  for (const [at, mount] of (container.volumeMounts ?? []).entries()) {
    const volume = volumes.get(mount.name);
    if (volume === undefined)
      throw failure(
        'CreateContainerConfigError',
        `volumeMounts: volume "${mount.name}" is not declared in spec.volumes`,
      );
    const subPath = mount.subPathExpr ? expandedPath(mount.subPathExpr, env) : mount.subPath;
    const place = subPath ? await placeInside(volume.hostPath, subPath) : volume.hostPath;
    mounts.push({
      containerPath: mount.mountPath,
      hostPath: subPath && binder ? await bindInside(volume.hostPath, place, binder(at)) : place,
      readOnly: volume.readOnly || (mount.readOnly ?? false),
      ...(volume.isOwn ? { ownVolume: volume.hostPath } : {}),
    });
  }
  return mounts;
};

/** Variables may bring along what the author of the pod could not write. @upstream kubernetes pkg/kubelet/container/helpers.go#ExpandContainerVolumeMounts */
const expandedPath = (expression: string, env: Readonly<Record<string, string>>): string => {
  const missing = unknownVariable(expression, env);
  const expanded = expandVariables(expression, env);
  if (missing !== undefined)
    throw failure('CreateContainerConfigError', `subPathExpr: there is no variable ${JSON.stringify(missing)}`);
  if (expanded.startsWith('/') || expanded.split('/').includes('..'))
    throw failure('CreateContainerConfigError', `subPathExpr: ${expanded} is no path within its volume`);
  return expanded;
};

const prepareVolume = async (pod: Pod, volume: Volume, world: VolumeWorld): Promise<PodVolume> => {
  const { hostPath, persistentVolumeClaim } = volume;
  if (hostPath) return { hostPath: await prepareHostPath(hostPath.path, hostPath.type), readOnly: false, isOwn: false };
  if (persistentVolumeClaim)
    return { hostPath: await prepareClaimed(persistentVolumeClaim.claimName, world), readOnly: false, isOwn: false };
  if (volume.emptyDir?.medium === 'Memory' && world.memory)
    return { ...(await world.memory(volume.name, volume.emptyDir.sizeLimit)), readOnly: false, isOwn: true };
  const kind = Object.keys(volume).find((key) => key !== 'name') ?? 'emptyDir';
  const folder = volumeFolder(world.podDirectory, volume.name);
  await fs.mkdir(folder, { recursive: true });
  if (kind === 'emptyDir') {
    await fs.chmod(folder, 0o777);
    return { hostPath: folder, readOnly: false, isOwn: true };
  }
  await writeFiles(folder, await readVolumeFiles(pod, volume, world), world.clock.now());
  return { hostPath: folder, readOnly: true, isOwn: true };
};

const prepareClaimed = async (claim: string, world: VolumeWorld): Promise<string> => {
  const volume = await world.objects.claimedVolume(claim);
  if (!volume) throw failure('FailedMount', `persistentvolumeclaim ${JSON.stringify(claim)} is not bound to a volume`);
  return claimedVolumePath(volume, world.podDirectory);
};

const failure = (code: string, message: string): Failure => new Failure(message, { code, retryable: true });
