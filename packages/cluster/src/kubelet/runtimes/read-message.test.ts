import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { readMessage } from './read-message.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'message-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the message of a container', () => {
  it('is the beginning of its file, however long that is', () => {
    const file = path.join(folder, 'long');
    writeFileSync(file, 'why');
    expect(new TextDecoder().decode(readMessage(file))).toBe('why');
    // More than could be read at once: it has holes, and takes no room.
    truncateSync(file, 2 ** 33);
    expect(readMessage(file)).toHaveLength(4096);
  });

  it('is empty where there is no file', () => {
    expect(readMessage(path.join(folder, 'none'))).toHaveLength(0);
  });
});
