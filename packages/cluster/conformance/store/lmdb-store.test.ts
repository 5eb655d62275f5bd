import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createSystemClock, createSystemRandom, createVirtualClock } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';

import { openLmdbStore, type Store } from '../../src/index.ts';

const ports = { clock: createSystemClock(), random: createSystemRandom() };
const anObject = (kind: string, name: string, extra: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'a' },
  ...extra,
});
const put = (store: Store, resource: string, object: KubeObject) =>
  store.write(resource, { namespace: 'a', name: object.metadata.name ?? '' }, () => ({ kind: 'put', object }));

describe('the durable store', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'argosy-store-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it.each([
    { name: 'a'.repeat(2_500), why: 'longer than a key of the database' },
    { name: 'ä'.repeat(960), why: 'longer in bytes than in characters' },
    { name: 'nul\0', why: 'with NUL' },
    { name: 'half\ud800', why: 'that has no form in UTF-8' },
  ])('refuses a name $why, and goes on', async ({ name }) => {
    const first = openLmdbStore({ ...ports, directory });
    const role = { apiVersion: 'v1', kind: 'ClusterRole', metadata: { name } };
    const { revision } = first;
    await expect(
      first.write('rbac/clusterroles', { name }, () => ({ kind: 'put', object: role })),
    ).rejects.toMatchObject({ reason: 'Invalid', message: expect.stringContaining('metadata.name') as string });
    expect(first.revision).toBe(revision);
    await put(first, '/configmaps', anObject('ConfigMap', 'after'));
    await first.close();
    const second = openLmdbStore({ ...ports, directory });
    expect(second.get('/configmaps', { namespace: 'a', name: 'after' })).toBeDefined();
    expect(second.count('rbac/clusterroles')).toBe(0);
    await second.close();
  });

  it('refuses an object that has grown too large, and goes on', async () => {
    const store = openLmdbStore({ ...ports, directory });
    const large = anObject('ConfigMap', 'large', { data: { text: 'x'.repeat(16 * 1024 * 1024) } });
    await expect(put(store, '/configmaps', large)).rejects.toMatchObject({ reason: 'RequestEntityTooLarge' });
    await put(store, '/configmaps', anObject('ConfigMap', 'after'));
    expect(store.count('/configmaps')).toBe(1);
    await store.close();
  });

  it('has after a restart what was acknowledged before, at the same revision', async () => {
    const first = openLmdbStore({ ...ports, directory });
    await Promise.all(
      Array.from({ length: 50 }, (_, at) => put(first, '/configmaps', anObject('ConfigMap', `c${at}`))),
    );
    await first.write('/configmaps', { namespace: 'a', name: 'c0' }, (object) => ({ kind: 'remove', object: object! }));
    const clusterScoped = { apiVersion: 'v1', kind: 'ClusterRole', metadata: { name: 'system:a role' } };
    await first.write('rbac/clusterroles', { name: 'system:a role' }, () => ({ kind: 'put', object: clusterScoped }));
    const revision = first.revision;
    await first.close();
    const second = openLmdbStore({ ...ports, directory });
    expect(second.get('rbac/clusterroles', { name: 'system:a role' })).toMatchObject(clusterScoped);
    expect([
      second.count('/configmaps'),
      second.revision,
      second.get('/configmaps', { namespace: 'a', name: 'c0' }),
    ]).toEqual([49, revision, undefined]);
    expect(Number((await put(second, '/configmaps', anObject('ConfigMap', 'new'))).metadata.resourceVersion)).toBe(
      revision + 1,
    );
    await second.close();
  });

  it('tells of a conflict once what it conflicts with can be read, so that trying again at once ends', async () => {
    const store = openLmdbStore({ ...ports, directory });
    const key = { namespace: 'a', name: 'c' };
    await put(store, '/configmaps', anObject('ConfigMap', 'c'));
    const other = put(store, '/configmaps', anObject('ConfigMap', 'c', { data: { by: 'another' } }));
    let attempts = 0;
    for (;;) {
      attempts += 1;
      const read = store.get('/configmaps', key)!;
      try {
        await store.write('/configmaps', key, (current) => {
          if (current?.metadata.resourceVersion !== read.metadata.resourceVersion) throw new Error('conflict');
          return { kind: 'put', object: { ...read, ...anObject('ConfigMap', 'c', { data: { by: 'me' } }) } };
        });
        break;
      } catch {
        if (attempts > 100) break;
      }
    }
    await other;
    expect([attempts, store.get('/configmaps', key)]).toEqual([2, expect.objectContaining({ data: { by: 'me' } })]);
    const same = put(store, '/configmaps', anObject('ConfigMap', 'kept'));
    const kept = store.write('/configmaps', { namespace: 'a', name: 'kept' }, (object) => ({
      kind: 'keep',
      object: object!,
    }));
    await kept;
    expect(store.get('/configmaps', { namespace: 'a', name: 'kept' })).toEqual(await same);
    await store.close();
  });

  it('keeps secrets unreadable in the folder', async () => {
    const store = openLmdbStore({ ...ports, directory });
    await put(store, '/secrets', anObject('Secret', 's', { data: { password: 'aHVudGVyMg==' } }));
    await put(store, '/configmaps', anObject('ConfigMap', 'c', { data: { visible: 'visible-text' } }));
    await store.close();
    const files = await Promise.all(
      (await readdir(directory)).map((name) => readFile(path.join(directory, name), 'latin1')),
    );
    const all = files.join('\n');
    expect([all.includes('visible-text'), all.includes('aHVudGVyMg=='), all.includes('hunter2')]).toEqual([
      true,
      false,
      false,
    ]);
    const again = openLmdbStore({ ...ports, directory });
    expect(again.get('/secrets', { namespace: 'a', name: 's' })).toMatchObject({ data: { password: 'aHVudGVyMg==' } });
    await again.close();
  });

  it('refuses a folder in use, another format, a lost key and a damaged file, one line each', async () => {
    const store = openLmdbStore({ ...ports, directory });
    await put(store, '/secrets', anObject('Secret', 's', { data: {} }));
    expect(() => openLmdbStore({ ...ports, directory })).toThrow(/in use by process \d+/);
    await store.close();
    await writeFile(path.join(directory, 'secrets.key'), Buffer.alloc(32));
    expect(() => openLmdbStore({ ...ports, directory })).toThrow(/damaged, or its key file/);
    await writeFile(path.join(directory, 'format'), 'argosy-store 99\n');
    expect(() => openLmdbStore({ ...ports, directory })).toThrow(/another version/);
    await writeFile(path.join(directory, 'format'), 'argosy-store 1\n');
    await writeFile(path.join(directory, 'objects.mdb'), 'this is not a database'.repeat(1000));
    expect(() => openLmdbStore({ ...ports, directory })).toThrow(/cannot be read/);
  });

  it('refuses a folder it cannot make', async () => {
    await writeFile(path.join(directory, 'file'), '');
    expect(() => openLmdbStore({ ...ports, directory: path.join(directory, 'file', 'below') })).toThrow(
      /cannot be written/,
    );
  });
});

/** What happens to a store between two crashes. */
const happening = fc.oneof(
  { weight: 3, arbitrary: fc.record({ name: fc.constantFrom('p', 'q', 'r', 's t'), isRemoval: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ milliseconds: fc.constantFrom(100, 900, 1_100, 4_950, 6_000) }) },
);
type Happening = { readonly name: string; readonly isRemoval: boolean } | { readonly milliseconds: number };

/** Gives timers and what they began the time they need. */
const rest = () => new Promise((resolve) => setTimeout(resolve, 5));

/** The files as a process leaves them that is killed now. */
const copyOf = async (from: string, to: string): Promise<string> => {
  await mkdir(to);
  for (const file of ['objects.mdb', 'writes.0.log', 'writes.1.log', 'secrets.key', 'format'])
    await copyFile(path.join(from, file), path.join(to, file));
  return to;
};

describe('a watch over a crash', () => {
  it('goes on with the same changes, or is told that they are not remembered', { timeout: 120_000 }, async () => {
    const root = await mkdtemp(path.join(os.tmpdir(), 'argosy-watch-'));
    let lives = 0;
    const live = async (directory: string, happenings: readonly Happening[]): Promise<string> => {
      const clock = createVirtualClock();
      const store = openLmdbStore({ random: ports.random, clock, directory });
      const before = store.revision;
      const written: { readonly revision: number; readonly at: number }[] = [];
      for (const happens of happenings) {
        if ('milliseconds' in happens) {
          clock.advance(happens.milliseconds);
          await rest();
          continue;
        }
        const key = { namespace: 'a', name: happens.name };
        const resource = happens.name === 'q' ? '/secrets' : '/configmaps';
        const object = anObject('Kind', happens.name, { data: { at: String(written.length) } });
        const isThere = store.get(resource, key) !== undefined;
        if (happens.isRemoval && !isThere) continue;
        await store.write(resource, key, (current) =>
          happens.isRemoval ? { kind: 'remove', object: current! } : { kind: 'put', object },
        );
        written.push({ revision: store.revision, at: clock.now() });
      }
      const after = await copyOf(directory, path.join(root, String((lives += 1))));
      const settled = written.findLast(({ at }) => at < clock.now() - 1_000)?.revision ?? before;
      const again = openLmdbStore({ random: ports.random, clock: createVirtualClock(), directory: after });
      expect(again.revision).toBe(store.revision);
      for (const resource of ['/configmaps', '/secrets', '/pods'])
        for (let from = before; from <= store.revision; from += 1) {
          let changes: unknown;
          try {
            changes = again.changes(resource, from);
          } catch {
            // What was written within a second before the crash is always remembered.
            expect(from).toBeLessThan(settled);
            continue;
          }
          expect(changes).toEqual(store.changes(resource, from));
        }
      await again.close();
      await store.close();
      return after;
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(happening, { maxLength: 25, size: 'max' }), { minLength: 1, maxLength: 6, size: 'max' }),
        async (all) => {
          let directory = path.join(root, String((lives += 1)));
          for (const happenings of all) directory = await live(directory, happenings);
        },
      ),
      { numRuns: 40 },
    );
    await rm(root, { recursive: true });
  });

  it('goes on after an orderly end and another start, and another', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'argosy-watch-'));
    const first = openLmdbStore({ ...ports, directory });
    for (let at = 0; at < 5; at += 1) await put(first, '/configmaps', anObject('ConfigMap', `c${at}`));
    await first.close();
    const second = openLmdbStore({ ...ports, directory });
    await put(second, '/configmaps', anObject('ConfigMap', 'c0'));
    const all = second.changes('/configmaps', 0);
    expect(all.map(({ type }) => type)).toEqual(['ADDED', 'ADDED', 'ADDED', 'ADDED', 'ADDED', 'MODIFIED']);
    await second.close();
    const third = openLmdbStore({ ...ports, directory });
    expect(third.changes('/configmaps', 0)).toEqual(all);
    expect(third.changes('/pods', 1)).toEqual([]);
    expect(third.list('/configmaps', { at: 3 }).items.map(({ metadata }) => metadata.name)).toEqual(['c0', 'c1', 'c2']);
    await third.close();
    await rm(directory, { recursive: true });
  });

  it('remembers a change of just before a crash to what was last written long ago', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'argosy-watch-'));
    for (const name of ['p', 'x']) {
      const store = openLmdbStore({ ...ports, directory });
      await put(store, '/configmaps', anObject('ConfigMap', name));
      await store.close();
    }
    const clock = createVirtualClock();
    const store = openLmdbStore({ random: ports.random, clock, directory });
    await put(store, '/configmaps', anObject('ConfigMap', 'q'));
    clock.advance(4_950);
    await put(store, '/configmaps', anObject('ConfigMap', 'p', { data: { at: 'the end' } }));
    for (const milliseconds of [100, 500]) {
      clock.advance(milliseconds);
      await rest();
    }
    const copy = await copyOf(directory, path.join(directory, 'copy'));
    const again = openLmdbStore({ ...ports, directory: copy });
    expect(again.changes('/configmaps', 3)).toEqual(store.changes('/configmaps', 3));
    await again.close();
    await store.close();
    await rm(directory, { recursive: true });
  });
});

describe('kill -9 under write load', () => {
  it('loses nothing that was acknowledged, and the revision never goes back', { timeout: 120_000 }, async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'argosy-kill-'));
    const writer = new URL('./writer.ts', import.meta.url).pathname;
    let highest = 0;
    const acknowledged = new Set<string>();
    for (let round = 0; round < 5; round += 1) {
      const child = spawn(process.execPath, ['--import', 'tsx', writer, directory, String(round)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let text = '';
      child.stdout.on('data', (part: Buffer) => {
        text += part.toString('utf8');
        if (text.split('\n').length > 200 + round * 97) child.kill('SIGKILL');
      });
      await new Promise((resolve) => child.on('close', resolve));
      for (const line of text.slice(0, text.lastIndexOf('\n')).split('\n')) {
        const [name = '', revision = '0'] = line.split(' ');
        acknowledged.add(name);
        highest = Math.max(highest, Number(revision));
      }
      const store = openLmdbStore({ ...ports, directory });
      const there = new Set(store.list('/configmaps').items.map((object) => object.metadata.name ?? ''));
      expect([...acknowledged].filter((name) => !there.has(name))).toEqual([]);
      expect(store.revision).toBeGreaterThanOrEqual(highest);
      await store.close();
    }
    expect(acknowledged.size).toBeGreaterThan(1000);
    await rm(directory, { recursive: true });
  });
});
