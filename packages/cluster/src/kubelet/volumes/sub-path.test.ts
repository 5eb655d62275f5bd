import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { bindInside, placeInside, type BindPath } from './sub-path.ts';

let root: string;
let volume: string;
beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-sub-path-')));
  volume = path.join(root, 'volume');
  fs.mkdirSync(path.join(volume, 'a/b'), { recursive: true });
  fs.writeFileSync(path.join(volume, 'a/file'), 'inside');
  fs.mkdirSync(path.join(root, 'outside/b'), { recursive: true });
  fs.writeFileSync(path.join(root, 'outside/file'), 'outside');
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

/** Turns a folder of the volume into a link that leads out, as a running container may. */
const swap = (name: string): void => {
  fs.renameSync(path.join(volume, name), path.join(root, 'away'));
  fs.symlinkSync('../outside', path.join(volume, name));
};

describe.skipIf(process.platform !== 'linux')('a path that is bound', () => {
  const refused = { code: 'CreateContainerConfigError', message: expect.stringContaining('was changed') as string };

  it('is what was opened, and is told to be a folder or not', async () => {
    const seen: unknown[] = [];
    const bind: BindPath = async ({ path: source, isFolder }) => {
      const real = fs.realpathSync(source);
      seen.push(path.relative(volume, real), isFolder);
      return real;
    };
    await bindInside(volume, await placeInside(volume, 'a/b'), bind);
    await bindInside(volume, await placeInside(volume, 'a/file'), bind);
    await bindInside(volume, volume, bind);
    expect(seen).toEqual(['a/b', true, 'a/file', false, '', true]);
  });

  it.each(['a/b', 'a/file'])('is refused when a folder on the way to %s became a link', async (name) => {
    const place = await placeInside(volume, name);
    swap('a');
    let asked = 0;
    const bind: BindPath = async ({ path: source }) => {
      asked += 1;
      return source;
    };
    await expect(bindInside(volume, place, bind)).rejects.toMatchObject(refused);
    expect(asked).toBe(0);
  });

  it('is refused when something else was mounted', async () => {
    const place = await placeInside(volume, 'a/b');
    const bind: BindPath = async () => {
      swap('a');
      return path.join(volume, 'a/b');
    };
    await expect(bindInside(volume, place, bind)).rejects.toMatchObject(refused);
  });

  it('is refused when it is gone', async () => {
    const place = await placeInside(volume, 'a/b');
    fs.rmdirSync(place);
    await expect(bindInside(volume, place, ({ path: source }) => Promise.resolve(source))).rejects.toMatchObject(
      refused,
    );
  });

  it('leaves no descriptor open', async () => {
    const count = (): number => fs.readdirSync('/proc/self/fd').length;
    const bind: BindPath = ({ path: source }) => Promise.resolve(fs.realpathSync(source));
    await bindInside(volume, await placeInside(volume, 'a/b/new/deep'), bind);
    const before = count();
    for (let times = 0; times < 20; times += 1) {
      await bindInside(volume, await placeInside(volume, `a/b/new/${times}`), bind);
      await expect(bindInside(volume, path.join(volume, 'no/where'), bind)).rejects.toThrow();
    }
    expect(count()).toBe(before);
  });
});
