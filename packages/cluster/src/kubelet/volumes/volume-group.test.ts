import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { giveToGroup } from './volume-group.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-group-'));
  fs.chmodSync(folder, 0o755);
  fs.writeFileSync(path.join(folder, 'secret'), '');
  fs.chmodSync(path.join(folder, 'secret'), 0o400);
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

// A group of one's own may be given by anybody.
const group = process.getgid?.() ?? 0;
const modes = (): readonly string[] =>
  [folder, path.join(folder, 'secret')].map((place) => (fs.statSync(place).mode & 0o7777).toString(8));

it('lets the group read what is only read', async () => {
  await giveToGroup(folder, { group, readOnly: true });
  expect(modes()).toEqual(['2755', '440']);
});
it('lets the group write the rest', async () => {
  await giveToGroup(folder, { group, readOnly: false });
  expect(modes()).toEqual(['2775', '660']);
});
