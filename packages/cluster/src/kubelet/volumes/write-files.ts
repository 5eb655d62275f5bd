/**
 * Puts a set of files into a volume's folder, each at once as a whole: who reads it never sees half a file.
 */
import fs from 'node:fs/promises';
import path from 'node:path';

import { insideFolder } from './inside-folder.ts';
import type { FileSet } from './volume-files.ts';

/** Writes what differs and removes what was written before and is no more. Throws a Failure FailedMount for paths that leave the folder. */
export const writeFiles = async (folder: string, files: FileSet, before: FileSet = {}): Promise<void> => {
  await fs.mkdir(folder, { recursive: true });
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(files, name));
  await Promise.all(gone.map((name) => fs.rm(insideFolder(folder, name), { force: true })));
  for (const [name, { content, mode }] of Object.entries(files)) {
    const known = before[name];
    if (known?.mode === mode && known.content.equals(content)) continue;
    await replaceFile(insideFolder(folder, name), { content, mode });
  }
};

/** What the pod's group may do with files. */
const GROUP_BITS = 0o060;

const replaceFile = async (file: string, { content, mode }: FileSet[string]): Promise<void> => {
  await fs.mkdir(path.dirname(file), { recursive: true });
  const fresh = path.join(path.dirname(file), `.${path.basename(file)}.new`);
  await fs.rm(fresh, { force: true });
  await fs.writeFile(fresh, content, { mode });
  // Neither the mask of this process nor a new file takes away what the author and the pod's group were given.
  await fs.chmod(fresh, mode);
  const [known, made] = [await fs.stat(file).catch(() => undefined), await fs.stat(fresh)];
  if (known && (known.uid !== made.uid || known.gid !== made.gid)) {
    await fs.chown(fresh, known.uid, known.gid);
    await fs.chmod(fresh, mode | (known.mode & GROUP_BITS));
  }
  await fs.rename(fresh, file);
};
