/**
 * Which processes were started, on disk, so that a restarted program ends what the previous one left running: their
 * output went to pipes that died with it.
 */
import fs from 'node:fs';
import path from 'node:path';

import { signalProcess, startTimeOf } from './process-tree.ts';

const RECORD = 'started.json';

/** Notes a container's process in its folder. */
export const rememberProcess = (folder: string, pid: number): void => {
  fs.writeFileSync(path.join(folder, RECORD), JSON.stringify({ pid, startTime: startTimeOf(pid) }));
};

/** Forgets it once it ended. */
export const forgetProcess = (folder: string): void => fs.rmSync(path.join(folder, RECORD), { force: true });

/** Ends every noted process below a runtime's folder that still runs; a reused id is recognised by its start time. */
export const endLeftovers = (directory: string): void => {
  for (const pod of foldersIn(directory)) {
    for (const container of foldersIn(path.join(pod, 'containers'))) {
      for (const attempt of foldersIn(container)) endLeftover(attempt);
    }
  }
};

const endLeftover = (folder: string): void => {
  const file = path.join(folder, RECORD);
  if (!fs.existsSync(file)) return;
  try {
    const { pid, startTime } = JSON.parse(fs.readFileSync(file, 'utf8')) as { pid: unknown; startTime: unknown };
    if (typeof pid === 'number' && pid > 1 && startTime !== undefined && startTimeOf(pid) === startTime) {
      signalProcess(-pid, 'SIGKILL');
      signalProcess(pid, 'SIGKILL');
    }
  } catch {
    // Cut off while it was written: the process had only just begun and lost its parent's pipes.
  }
  fs.rmSync(file, { force: true });
};

const foldersIn = (folder: string): readonly string[] =>
  fs.existsSync(folder)
    ? fs
        .readdirSync(folder, { withFileTypes: true })
        .flatMap((entry) => (entry.isDirectory() ? [path.join(folder, entry.name)] : []))
    : [];
