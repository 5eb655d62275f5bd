/**
 * A log file read as it grows. The file stays open: what was written last can be read also when its pod, and the file with it,
 * is removed meanwhile.
 */
import fs from 'node:fs';

/** Reads whole lines, each once. */
export interface LogTail {
  /** What was written since the last call; a file begun anew under the same name is gone on with. */
  read(): string;
  close(): void;
}

/** Follows `file`, which may not be there yet. */
export const openLogTail = (file: string): LogTail => {
  let descriptor: number | undefined;
  let offset = 0;
  const close = (): void => {
    if (descriptor !== undefined) fs.closeSync(descriptor);
    descriptor = undefined;
  };
  const open = (): void => {
    descriptor = openIfThere(file);
    offset = 0;
  };
  const rest = (): string => {
    if (descriptor === undefined) return '';
    const { bytes, end } = readLines(descriptor, offset);
    offset += end;
    return bytes.toString('utf8');
  };
  return {
    read: () => {
      if (descriptor === undefined) open();
      const text = rest();
      if (descriptor === undefined || !isReplaced(file, descriptor)) return text;
      // Written between both looks.
      const last = rest();
      close();
      open();
      return text + last + rest();
    },
    close,
  };
};

const openIfThere = (file: string): number | undefined => {
  try {
    return fs.openSync(file, 'r');
  } catch {
    return undefined;
  }
};

/** Whether another file has the name now; one that is only gone is not replaced. */
const isReplaced = (file: string, descriptor: number): boolean => {
  const now = fs.statSync(file, { throwIfNoEntry: false });
  return now !== undefined && now.ino !== fs.fstatSync(descriptor).ino;
};

const readLines = (descriptor: number, offset: number): { readonly bytes: Buffer; readonly end: number } => {
  const buffer = Buffer.alloc(Math.max(0, fs.fstatSync(descriptor).size - offset));
  const read = fs.readSync(descriptor, buffer, 0, buffer.length, offset);
  const end = buffer.subarray(0, read).lastIndexOf(0x0a) + 1;
  return { bytes: buffer.subarray(0, end), end };
};
