import { appendFileSync, chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { createSystemClock, createSystemRandom, silentLogger } from '@argosy/base';
import { createApiServer, createMemoryStore, type ApiServer } from '@argosy/cluster';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { FileSource } from '../../api/event-source.ts';
import type { RunningSource } from '../source-adapter.ts';
import { createFileAdapter } from './file-adapter.ts';
import { findFileChanges } from './file-changes.ts';
import { createNodeDirectories } from './node-directories.ts';

const aFile = (name: string, more: object = {}) => ({
  name,
  inode: 1,
  sizeBytes: 0,
  modifiedMs: 0,
  mode: 0o644,
  ...more,
});

describe('findFileChanges', () => {
  it.each([
    { reason: 'an empty file', before: [], now: [aFile('a')], changes: ['CREATE a'] },
    {
      reason: 'a file with content',
      before: [],
      now: [aFile('a', { sizeBytes: 1 })],
      changes: ['CREATE a', 'WRITE a'],
    },
    { reason: 'content', before: [aFile('a')], now: [aFile('a', { modifiedMs: 1 })], changes: ['WRITE a'] },
    { reason: 'permissions', before: [aFile('a')], now: [aFile('a', { mode: 0o600 })], changes: ['CHMOD a'] },
    { reason: 'removal', before: [aFile('a')], now: [], changes: ['REMOVE a'] },
    { reason: 'another name', before: [aFile('a')], now: [aFile('b')], changes: ['RENAME a', 'CREATE b'] },
    {
      reason: 'another file of the name',
      before: [aFile('a')],
      now: [aFile('a', { inode: 2 })],
      changes: ['REMOVE a', 'CREATE a'],
    },
    { reason: 'nothing', before: [aFile('a')], now: [aFile('a')], changes: [] },
  ])('tells $reason', ({ before, now, changes }) => {
    expect(findFileChanges(before, now).map(({ name, operation }) => `${operation} ${name}`)).toEqual(changes);
  });
});

describe('file source', () => {
  const ports = { clock: createSystemClock(), random: createSystemRandom(), log: silentLogger };
  let server: ApiServer;
  let directory: string;
  let told: unknown[];
  let running: RunningSource;
  beforeEach(async () => {
    server = await createApiServer({ store: createMemoryStore(), ...ports }, { kinds: [] });
    directory = mkdtempSync(path.join(os.tmpdir(), 'argosy-files-'));
    told = [];
  });
  afterEach(async () => {
    await running.stop();
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const start = async (config: FileSource): Promise<void> => {
    const adapter = createFileAdapter({ client: server.client, ...ports }, createNodeDirectories());
    const plan = {
      type: 'file' as const,
      namespace: 'default',
      sourceName: 's',
      eventName: 'e',
      config: { ...config, watchPathConfig: { directory, ...config.watchPathConfig } },
    };
    running = await adapter.start(plan, ({ data }) => Promise.resolve(void told.push(JSON.parse(data))));
  };
  const untilTold = async (count: number): Promise<void> => {
    const end = Date.now() + 5000;
    while (told.length < count && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  it.each([false, true])('tells what it was asked for, polling %s', async (polling) => {
    writeFileSync(path.join(directory, 'old.txt'), 'x');
    await start({ eventType: 'CREATE', watchPathConfig: { pathRegexp: '\\.txt$' }, polling, metadata: { a: 'b' } });
    writeFileSync(path.join(directory, 'new.log'), 'x');
    writeFileSync(path.join(directory, 'new.txt'), 'x');
    appendFileSync(path.join(directory, 'old.txt'), 'y');
    await untilTold(1);
    expect(told).toEqual([{ name: path.join(directory, 'new.txt'), op: 1, metadata: { a: 'b' } }]);
  });

  it('tells a new name and new permissions', async () => {
    writeFileSync(path.join(directory, 'a'), '');
    await start({ eventType: 'RENAME', watchPathConfig: { path: 'a' } });
    chmodSync(path.join(directory, 'a'), 0o600);
    renameSync(path.join(directory, 'a'), path.join(directory, 'b'));
    await untilTold(1);
    expect(told).toEqual([{ name: path.join(directory, 'a'), op: 8 }]);
  });
});
