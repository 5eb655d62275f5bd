/**
 * Directories as file sources see them. `node-directories.ts` is the real one.
 */

/** A file in a directory. */
export interface FileState {
  readonly name: string;
  /** Tells a file from another of the same name. */
  readonly inode: number;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Permissions. */
  readonly mode: number;
}

/** Looks at directories. */
export interface Directories {
  /** The files and folders right below a directory. Throws Failure `DirectoryUnreadable`. */
  list(directory: string): Promise<readonly FileState[]>;
  /** Calls back when something below the directory may have changed; may call too often. Throws like `list`. */
  watch(directory: string, onChange: () => void): Disposable;
}
