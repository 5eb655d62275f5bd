import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { keepFile } from './keep-file.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'argosy-kept-'));
const file = path.join(folder, 'key');
afterAll(() => rmSync(folder, { recursive: true }));

describe('a kept file', () => {
  it('takes the place of what is there, whatever a killed process left', () => {
    writeFileSync(file, 'older and longer');
    writeFileSync(`${file}.new`, 'half of a');
    chmodSync(file, 0o644);
    chmodSync(`${file}.new`, 0o644);
    keepFile(file, 'whole');
    expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['whole', ['key']]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('leaves what is there when the new one cannot be written', () => {
    expect(() => keepFile(path.join(folder, 'absent', 'key'), 'x')).toThrow('ENOENT');
    expect(readFileSync(file, 'utf8')).toBe('whole');
  });
});
