/**
 * Where the volume of a claim lies on this machine. Volumes of this cluster are folders beside those of the pods, and go when
 * their PersistentVolume goes.
 */
import fs from 'node:fs/promises';
import path from 'node:path';

import { Failure } from '@argosy/base';
import { isLocalDriver, type PersistentVolume } from '@argosy/kube';

/** Folder for volumes, in the folder of pods; no uid begins with a dot. */
const FOLDER = '.volumes';
const SAFE_HANDLE = /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/;

/** The path of a volume; a folder of ours is made when it is not there. Throws a Failure FailedMount. */
export const claimedVolumePath = async (volume: PersistentVolume, podDirectory: string): Promise<string> => {
  const { csi, hostPath, local } = volume.spec ?? {};
  if (hostPath) return existing(hostPath.path, hostPath.type === 'DirectoryOrCreate' || !hostPath.type);
  if (local) return existing(local.path, false);
  if (csi && isLocalDriver(csi.driver) && SAFE_HANDLE.test(csi.volumeHandle)) {
    const folder = path.join(path.dirname(podDirectory), FOLDER, csi.volumeHandle);
    await fs.mkdir(folder, { recursive: true });
    await fs.chmod(folder, 0o777);
    return folder;
  }
  const kind = Object.keys(volume.spec ?? {}).find((name) => name === 'csi' || name === 'nfs') ?? 'of this kind';
  throw failedMount(
    `volume ${volume.metadata.name}: not supported yet: ${kind}; use hostPath, local, or the class "standard"`,
  );
};

/** Removes the folders of volumes that are no more. `isKnown` tells of a volume's handle. */
export const sweepVolumes = async (podsDirectory: string, isKnown: (handle: string) => boolean): Promise<void> => {
  const folder = path.join(podsDirectory, FOLDER);
  const handles = await fs.readdir(folder).catch(() => []);
  const gone = handles.filter((handle) => !isKnown(handle));
  await Promise.all(gone.map((handle) => fs.rm(path.join(folder, handle), { recursive: true, force: true })));
};

const existing = async (folder: string, makes: boolean): Promise<string> => {
  if (makes) await fs.mkdir(folder, { recursive: true });
  try {
    await fs.access(folder);
    return folder;
  } catch {
    throw failedMount(`path ${folder} does not exist on this host`);
  }
};

const failedMount = (message: string): Failure => new Failure(message, { code: 'FailedMount', retryable: true });
