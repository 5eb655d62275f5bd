import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { removeOlderBuilds } from './older-builds.mjs';

describe('chunks of older builds', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'argosy-builds-'));
    mkdirSync(path.join(folder, 'chunks'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const build = (...names: readonly string[]): readonly string[] => {
    const files = ['main.mjs', ...names.map((name) => `chunks/${name}`)];
    for (const file of files) writeFileSync(path.join(folder, file), '');
    removeOlderBuilds(folder, files);
    return readdirSync(path.join(folder, 'chunks')).sort();
  };

  it('stay for one build more', () => {
    expect(build('a-1', 'b-1')).toEqual(['a-1', 'b-1']);
    expect(build('a-2', 'b-1')).toEqual(['a-1', 'a-2', 'b-1']);
    expect(build('a-3', 'b-2')).toEqual(['a-2', 'a-3', 'b-1', 'b-2']);
  });

  it('stay however often the same is built', () => {
    build('a-1');
    build('a-2');
    expect(build('a-2')).toEqual(['a-1', 'a-2']);
    expect(build('a-2')).toEqual(['a-1', 'a-2']);
    expect(build('a-3')).toEqual(['a-2', 'a-3']);
  });

  it('of builds nobody has written down count as the one before', () => {
    writeFileSync(path.join(folder, 'chunks', 'a-0'), '');
    expect(build('a-1')).toEqual(['a-0', 'a-1']);
    expect(build('a-2')).toEqual(['a-1', 'a-2']);
  });

  it('are not lost to a record that was cut short', () => {
    build('a-1');
    writeFileSync(path.join(folder, 'builds.json'), '[["chunks');
    expect(build('a-2')).toEqual(['a-1', 'a-2']);
  });
});
