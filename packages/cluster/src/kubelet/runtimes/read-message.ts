/** The message a container wrote, of which no more is read than is shown: how much it writes is its own affair. */
import fs from 'node:fs';

import { LONGEST_MESSAGE } from './termination-message.ts';

/** The beginning of the file, in bytes; empty where there is none or it cannot be read. */
export const readMessage = (file: string): Uint8Array => {
  const begun = new Uint8Array(LONGEST_MESSAGE);
  try {
    const opened = fs.openSync(file, 'r');
    try {
      return begun.subarray(0, fs.readSync(opened, begun));
    } finally {
      fs.closeSync(opened);
    }
  } catch {
    // A container without a message has none to show.
    return new Uint8Array();
  }
};
