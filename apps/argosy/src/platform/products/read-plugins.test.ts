import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readPlugins } from './read-plugins.ts';

describe('readPlugins', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'argosy-plugins-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, spec: string): void => {
    mkdirSync(path.join(folder, 'plugins'), { recursive: true });
    const text = `kind: ConfigManagementPlugin\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
    writeFileSync(path.join(folder, 'plugins', `${name}.yaml`), text);
  };

  it('has none where nothing is configured', () => {
    expect(readPlugins(folder, {})).toBeUndefined();
  });

  it('reads the folder in order, and says which file is wrong', () => {
    write('b', '{generate: {command: [x]}}');
    write('a', '{generate: {command: [x]}, version: v1}');
    expect(readPlugins(folder, { PATH: '/bin' })).toMatchObject({
      configs: [{ name: 'a-v1' }, { name: 'b' }],
      deps: { path: '/bin' },
    });
    write('c', '{}');
    expect(() => readPlugins(folder, {})).toThrow(/plugins\/c\.yaml: spec\.generate\.command is needed/);
  });
});
