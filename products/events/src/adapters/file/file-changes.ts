/**
 * What happened between two looks at a directory, in the words of upstream's file events. @spec EV-SRC-22
 */
import type { FileState } from './directory-port.ts';

/** Operations with upstream's bits. */
export const FILE_OPERATIONS = { CREATE: 1, WRITE: 2, REMOVE: 4, RENAME: 8, CHMOD: 16 } as const;
export type FileOperation = keyof typeof FILE_OPERATIONS;

/** One thing that happened to one name. */
export interface FileChange {
  readonly name: string;
  readonly operation: FileOperation;
}

/**
 * The changes, by name. A new file with content was also written to. A file that left its name for another one in the
 * same directory was renamed; one that left for elsewhere cannot be told from a removed one.
 */
export const findFileChanges = (before: readonly FileState[], now: readonly FileState[]): readonly FileChange[] => {
  const old = new Map(before.map((file) => [file.name, file]));
  const names = new Map(now.map((file) => [file.name, file]));
  const inodes = new Set(now.map(({ inode }) => inode));
  const gone = before
    .filter((file) => names.get(file.name)?.inode !== file.inode)
    .map(({ name, inode }): FileChange => ({ name, operation: inodes.has(inode) ? 'RENAME' : 'REMOVE' }));
  const changed = now.flatMap((file) => changesOf(old.get(file.name), file));
  return [...gone, ...changed].sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
};

const changesOf = (before: FileState | undefined, file: FileState): readonly FileChange[] => {
  const change = (operation: FileOperation): FileChange => ({ name: file.name, operation });
  if (!before || before.inode !== file.inode)
    return [change('CREATE'), ...(file.sizeBytes > 0 ? [change('WRITE')] : [])];
  const isWritten = before.modifiedMs !== file.modifiedMs || before.sizeBytes !== file.sizeBytes;
  return [...(isWritten ? [change('WRITE')] : []), ...(before.mode === file.mode ? [] : [change('CHMOD')])];
};
