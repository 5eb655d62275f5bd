/**
 * Where the files of pods and their containers lie on this machine.
 */
import fs from 'node:fs';
import path from 'node:path';

import { Failure } from '@argosy/base';

import type { ContainerLaunch } from '../../pod-runtime.ts';

/** Folders below one directory; names that are no folder's throw a Failure CreateContainerError. */
export interface ProcessFolders {
  readonly directory: string;
  pod(uid: string | undefined): string;
  /** Of one attempt. */
  container(launch: ContainerLaunch): string;
  logFile(podFolder: string, container: string, attempt: number): string;
  /** Attempts that have written a log, in order. */
  loggedAttempts(podFolder: string, container: string): readonly number[];
}

const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,252}$/;
const PARTS = ['root', 'upper', 'work', 'tmp', 'empty'];

/** Creates the directory and what names folders below it. */
export const createProcessFolders = (directory: string): ProcessFolders => {
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const pod = (uid: string | undefined): string => path.join(directory, safeName(uid ?? '', 'metadata.uid'));
  const logs = (podFolder: string, container: string): string =>
    path.join(podFolder, 'logs', safeName(container, 'container'));
  return {
    directory,
    pod,
    container: (launch) =>
      path.join(pod(launch.pod.metadata.uid), 'containers', safeName(launch.name, 'name'), String(launch.restartCount)),
    logFile: (podFolder, container, attempt) => path.join(logs(podFolder, container), `${attempt}.log`),
    loggedAttempts: (podFolder, container) => attemptsIn(logs(podFolder, container)),
  };
};

/** Makes a container's folders; what an earlier attempt left is removed, as a new container starts clean. */
export const makeContainerFolders = (folder: string, launch: ContainerLaunch): void => {
  for (const attempt of attemptsIn(path.dirname(folder))) {
    if (attempt >= launch.restartCount) continue;
    fs.rmSync(path.join(path.dirname(folder), String(attempt)), { recursive: true, force: true });
  }
  for (const part of PARTS) fs.mkdirSync(path.join(folder, part), { recursive: true });
  fs.chmodSync(path.join(folder, 'tmp'), 0o1777);
};

/** Attempt numbers for which a folder or log exists, in order. */
const attemptsIn = (folder: string): readonly number[] => {
  if (!fs.existsSync(folder)) return [];
  const numbers = fs.readdirSync(folder).map((name) => /^(\d+)(?:\.log)?$/.exec(name)?.[1]);
  return numbers.flatMap((text) => (text === undefined ? [] : [Number(text)])).toSorted((one, other) => one - other);
};

const safeName = (name: string, field: string): string => {
  if (SAFE_NAME.test(name)) return name;
  throw new Failure(`${field}: ${JSON.stringify(name)} cannot name a folder: use letters, digits and "-"`, {
    code: 'CreateContainerError',
  });
};
