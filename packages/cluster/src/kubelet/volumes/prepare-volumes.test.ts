import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSystemClock } from '@argosy/base';

import { prepareVolumes, toMounts } from './prepare-volumes.ts';

let folder: string;
beforeAll(async () => {
  folder = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), 'argosy-mounts-')));
});
afterAll(() => fs.rm(folder, { recursive: true }));

const ENV = { POD: 'web-0', ROOT: '/', UP: '../other' };
const mountsOf = (subPathExpr: string) =>
  toMounts(
    { name: 'c', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/data', subPathExpr }] },
    new Map([['v', { hostPath: folder, readOnly: false, isOwn: true }]]),
    { env: ENV },
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

describe('a path below a volume', () => {
  const mountAt = (subPath: string, readOnly = false) =>
    toMounts(
      { name: 'c', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/data', subPath }] },
      new Map([['v', { hostPath: path.join(folder, 'volume'), readOnly, isOwn: true }]]),
      { env: {} },
    );

  it('makes nothing behind a link that leads out', async () => {
    await fs.mkdir(path.join(folder, 'volume'));
    await fs.mkdir(path.join(folder, 'elsewhere'));
    await fs.symlink('../elsewhere', path.join(folder, 'volume', 'out'));
    await fs.symlink('../absent', path.join(folder, 'volume', 'nowhere'));
    await expect(mountAt('out/new/folder')).rejects.toMatchObject({ code: 'CreateContainerConfigError' });
    await expect(mountAt('nowhere/new')).rejects.toThrow();
    expect(await fs.readdir(path.join(folder, 'elsewhere'))).toEqual([]);
    expect(await fs.readdir(folder)).not.toContain('absent');
  });

  it('is mounted where a link within the volume leads', async () => {
    await fs.mkdir(path.join(folder, 'volume', 'real'));
    await fs.symlink('real', path.join(folder, 'volume', 'link'));
    const [mount] = await mountAt('link/deep');
    expect(mount?.hostPath).toBe(path.join(folder, 'volume', 'real', 'deep'));
  });

  it('is read only in a volume that holds files of objects, whatever the mount says', async () => {
    expect(await mountAt('real', true)).toMatchObject([{ readOnly: true }]);
  });
});

it('volumes that hold files of objects are known as such', async () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: {
      containers: [],
      volumes: [
        { name: 'own' },
        { name: 'map', configMap: { name: 'm' } },
        { name: 'key', secret: { secretName: 's' } },
      ],
    },
  };
  const objects = {
    configMap: () => Promise.resolve({ apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data: { a: '1' } }),
    secret: () => Promise.resolve({ apiVersion: 'v1', kind: 'Secret', metadata: {} }),
    services: [],
    claimedVolume: () => Promise.resolve(undefined),
  };
  const clock = createSystemClock();
  const volumes = await prepareVolumes(pod, { objects, podIP: '', podDirectory: path.join(folder, 'pod'), clock });
  expect([...volumes].map(([name, { readOnly }]) => [name, readOnly])).toEqual([
    ['own', false],
    ['map', true],
    ['key', true],
  ]);
});
