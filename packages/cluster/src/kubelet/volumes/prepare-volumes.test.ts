import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { toMounts } from './prepare-volumes.ts';

let folder: string;
beforeAll(async () => {
  folder = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), 'argosy-mounts-')));
});
afterAll(() => fs.rm(folder, { recursive: true }));

const ENV = { POD: 'web-0', ROOT: '/', UP: '../other' };
const mountsOf = (subPathExpr: string) =>
  toMounts(
    { name: 'c', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/data', subPathExpr }] },
    new Map([['v', folder]]),
    ENV,
  );

it.each([
  { expression: 'logs/$(POD)', at: 'logs/web-0' },
  { expression: '$(POD)-$$(POD)', at: 'web-0-$(POD)' },
])('$expression is $at', async ({ expression, at }) => {
  const [mount] = await mountsOf(expression);
  expect(mount?.hostPath).toBe(path.join(folder, at));
  expect((await fs.stat(path.join(folder, at))).isDirectory()).toBe(true);
});

it.each([
  { expression: '$(ROOT)tmp', says: 'no path within its volume' },
  { expression: '$(UP)', says: 'no path within its volume' },
  { expression: 'a/$(NOBODY)', says: 'there is no variable "NOBODY"' },
])('$expression is refused', ({ expression, says }) =>
  expect(mountsOf(expression)).rejects.toMatchObject({
    code: 'CreateContainerConfigError',
    message: expect.stringContaining(says) as string,
  }),
);
