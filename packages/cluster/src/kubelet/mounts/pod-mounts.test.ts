import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { sha256Hex, silentLogger } from '@argosy/base';

import { findMountObstacle, isMounted } from './machine-mount.ts';
import { readMountPoints } from './mount-points.ts';
import { createPodMounts, MOUNTS_FOLDER, type PodMounts } from './pod-mounts.ts';

it('mount points are read with their blanks', () =>
  expect(readMountPoints('22 27 0:21 / /a\\040b rw - tmpfs x rw\n23 22 0:1 / /c rw - proc p rw\n')).toEqual([
    '/a b',
    '/c',
  ]));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-pod-mounts-'));
const made: PodMounts[] = [];
const mountsOf = (name: string, isEphemeral = false): PodMounts => {
  const directory = path.join(folder, name);
  fs.mkdirSync(directory, { recursive: true });
  const mounts = createPodMounts(silentLogger, { directory, isEphemeral });
  made.push(mounts);
  return mounts;
};
const rootOf = (name: string): string => path.join(MOUNTS_FOLDER, sha256Hex(path.join(folder, name)).slice(0, 16));
const below = (place: string): readonly string[] =>
  readMountPoints(fs.readFileSync('/proc/self/mountinfo', 'utf8')).filter((point) => point.startsWith(place));
afterEach(async () => {
  for (const mounts of made.splice(0)) await mounts.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(findMountObstacle(MOUNTS_FOLDER) !== undefined)('mounts for pods', () => {
  it('give memory of a size, once', async () => {
    const mounts = mountsOf('a');
    expect(await mounts.findObstacle()).toBeUndefined();
    const { hostPath, isFresh } = await mounts.memory('uid-1', 'cache', 1024 * 1024);
    expect([isFresh, fs.statSync(hostPath).mode & 0o777]).toEqual([true, 0o777]);
    fs.writeFileSync(path.join(hostPath, 'kept'), 'x');
    expect(() => fs.writeFileSync(path.join(hostPath, 'big'), Buffer.alloc(2 * 1024 * 1024))).toThrow('ENOSPC');
    // So does the next program on the same folder.
    expect(await mountsOf('a').memory('uid-1', 'cache', 1024)).toEqual({ hostPath, isFresh: false });
    expect(fs.readFileSync(path.join(hostPath, 'kept'), 'utf8')).toBe('x');
  });

  it('go with their pod, and what they lead to stays', async () => {
    const mounts = mountsOf('b');
    const source = path.join(folder, 'b', 'precious');
    fs.mkdirSync(source);
    fs.writeFileSync(path.join(source, 'file'), 'precious');
    await mounts.memory('uid-1', 'v', 4096);
    const place = await mounts.bind('uid-1', 'main-0', { path: source, isFolder: true });
    const file = await mounts.bind('uid-1', 'main-1', { path: path.join(source, 'file'), isFolder: false });
    await mounts.memory('uid-2', 'v', 4096);
    expect([fs.readdirSync(place), fs.readFileSync(file, 'utf8')]).toEqual([['file'], 'precious']);
    // The next attempt of a container may see something else there.
    expect(await mounts.bind('uid-1', 'main-0', { path: path.join(source, 'file'), isFolder: false })).toBe(place);
    expect(fs.readFileSync(place, 'utf8')).toBe('precious');
    await Promise.all([mounts.release('uid-1'), mounts.release('uid-1')]);
    await mounts.release('uid-1');
    expect(below(path.join(rootOf('b'), 'uid-1'))).toEqual([]);
    expect(isMounted(path.join(rootOf('b'), 'uid-2/memory/v'))).toBe(true);
    await mounts.close();
    expect([below(rootOf('b')), fs.existsSync(rootOf('b'))]).toEqual([[], false]);
    expect(fs.readFileSync(path.join(source, 'file'), 'utf8')).toBe('precious');
  });

  it('of pods that are gone are taken away by the next program', async () => {
    await mountsOf('c').memory('gone', 'v', 4096);
    await mountsOf('c').memory('there', 'v', 4096);
    await mountsOf('c').sweep((uid) => uid === 'there');
    expect(below(rootOf('c')).toSorted()).toEqual(['', '/there', '/there/memory/v'].map((name) => rootOf('c') + name));
  });

  it.each([
    { reason: 'whose pods ended with it', isEphemeral: true, isRemoved: false, isTaken: true },
    { reason: 'that was removed', isEphemeral: false, isRemoved: true, isTaken: true },
    { reason: 'that will be started again', isEphemeral: false, isRemoved: false, isTaken: false },
  ])('of a platform $reason: taken away $isTaken', async ({ isEphemeral, isRemoved, isTaken }) => {
    await mountsOf('dead', isEphemeral).memory('uid-1', 'v', 4096);
    const owner = path.join(rootOf('dead'), '.owner.json');
    const told = JSON.parse(fs.readFileSync(owner, 'utf8')) as { readonly owner: string };
    await mountsOf('living').sweep(() => true);
    expect(isMounted(rootOf('dead'))).toBe(true);
    fs.writeFileSync(owner, JSON.stringify({ ...told, owner: told.owner.replace(/:\d+$/, ':1') }));
    if (isRemoved) fs.rmdirSync(path.join(folder, 'dead'));
    await mountsOf('living').sweep(() => true);
    expect(isMounted(rootOf('dead'))).toBe(!isTaken);
  });

  it('are not made where containers do not see them', async () => {
    const directory = path.join(folder, 'blind');
    const asked: string[] = [];
    const mounts = createPodMounts(silentLogger, {
      directory,
      isEphemeral: true,
      findBlindness: async (place) => {
        asked.push(place);
        return 'dark';
      },
    });
    made.push(mounts);
    expect(mounts.obstacle()).toBeUndefined();
    expect([await mounts.findObstacle(), mounts.obstacle(), await mounts.findObstacle()]).toEqual([
      'dark',
      'dark',
      'dark',
    ]);
    expect(asked).toHaveLength(1);
  });

  it('of nobody are taken away in silence', async () => {
    await mountsOf('e').release('uid-1');
    await mountsOf('e').sweep(() => false);
    expect(fs.existsSync(rootOf('e'))).toBe(false);
  });

  it.each(['../x', '/x', '.'])('of a pod are not named %s', async (uid) =>
    expect(mountsOf('d').memory(uid, 'v', 4096)).rejects.toMatchObject({ code: 'FailedMount' }),
  );
});
