import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, expect, it } from 'vitest';

import { folderUsage } from './folder-usage.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-usage-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const MEBI = 1024 * 1024;

it('is what is below a folder, each file once, and nothing that links lead to', async () => {
  const empty = (await folderUsage(folder)) ?? -1;
  expect(empty).toBeGreaterThanOrEqual(0);
  expect(empty).toBeLessThan(MEBI);
  fs.mkdirSync(path.join(folder, 'deep'));
  fs.writeFileSync(path.join(folder, 'deep/file'), Buffer.alloc(3 * MEBI, 1));
  fs.linkSync(path.join(folder, 'deep/file'), path.join(folder, 'again'));
  fs.symlinkSync('/', path.join(folder, 'machine'));
  const used = (await folderUsage(folder)) ?? 0;
  expect(used).toBeGreaterThanOrEqual(3 * MEBI);
  expect(used).toBeLessThan(4 * MEBI);
});

it('is not known of a folder that is gone', async () =>
  expect(await folderUsage(path.join(folder, 'gone'))).toBeUndefined());
