/**
 * Where a pod's files lie: `<directory>/<uid>/containers/<name>/<attempt>/…` and `<directory>/<uid>/logs/<name>/<attempt>.log`.
 */
import fs from 'node:fs';
import path from 'node:path';

import { Failure } from '@argosy/base';

/** One attempt at running a container of a pod. */
export interface Attempt {
  readonly podUid: string;
  readonly container: string;
  /** From 0. */
  readonly restartCount: number;
}

/** Paths of pods' files; nothing is created by asking. Throws a Failure CreateContainerError for a name that cannot be a folder's. */
export interface PodFolders {
  pod(uid: string): string;
  /** What all containers of the pod see at a path below `/etc`. */
  sharedFile(uid: string, containerPath: string): string;
  /** Folder of one attempt. */
  attempt(of: Attempt): string;
  /** What a supervisor placed in, or read from, the container's own files. */
  files(of: Attempt): string;
  terminationFile(of: Attempt): string;
  logFile(of: Attempt): string;
  /** Attempts whose log is there, in order. */
  loggedAttempts(podUid: string, container: string): readonly number[];
}

const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,252}$/;

/** Creates the paths below a directory. */
export const createPodFolders = (directory: string): PodFolders => {
  const pod = (uid: string): string => path.join(directory, safeName(uid, 'metadata.uid'));
  const attempt = ({ podUid, container, restartCount }: Attempt): string =>
    path.join(pod(podUid), 'containers', safeName(container, 'containers[].name'), String(restartCount));
  const logs = (podUid: string, container: string): string =>
    path.join(pod(podUid), 'logs', safeName(container, 'containers[].name'));
  return {
    pod,
    sharedFile: (uid, containerPath) => path.join(pod(uid), 'etc', path.posix.basename(containerPath)),
    attempt,
    files: (of) => path.join(attempt(of), 'files'),
    terminationFile: (of) => path.join(attempt(of), 'termination-message'),
    logFile: (of) => path.join(logs(of.podUid, of.container), `${of.restartCount}.log`),
    loggedAttempts: (podUid, container) => {
      const folder = logs(podUid, container);
      const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
      return names
        .flatMap((name) => /^(\d+)\.log$/.exec(name)?.[1] ?? [])
        .map(Number)
        .toSorted((one, other) => one - other);
    },
  };
};

/** Makes an attempt's folder with an empty termination message; what earlier attempts left is removed, as a new container starts clean. */
export const makeAttemptFolder = (folders: PodFolders, of: Attempt): void => {
  const folder = folders.attempt(of);
  const parent = path.dirname(folder);
  for (const name of fs.existsSync(parent) ? fs.readdirSync(parent) : [])
    if (/^\d+$/.test(name) && Number(name) < of.restartCount)
      fs.rmSync(path.join(parent, name), { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const file = folders.terminationFile(of);
  fs.writeFileSync(file, '');
  // Whoever runs inside writes it.
  fs.chmodSync(file, 0o666);
};

/** Whether an attempt's folder was made: from then on it is no longer being prepared. */
export const isMade = (folders: PodFolders, of: Attempt): boolean => fs.existsSync(folders.terminationFile(of));

/** Removes an attempt's log, so that it can be taken anew. */
export const forgetLog = async (folders: PodFolders, of: Attempt): Promise<void> => {
  const file = folders.logFile(of);
  await Promise.all([file, `${file}.old`].map((one) => fs.promises.rm(one, { force: true })));
};

const safeName = (name: string, field: string): string => {
  if (SAFE_NAME.test(name)) return name;
  throw new Failure(`${field}: ${JSON.stringify(name)} cannot name a folder: use letters, digits and "-"`, {
    code: 'CreateContainerError',
  });
};
