import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { messageOf } from '@argosy/base';

import { createMemoryTree, renderKustomization } from '../src/index.ts';

/**
 * Every field of a kustomization. What is printed was printed by `kubectl kustomize` 1.32 (kustomize 5.5); what is
 * refused it refuses as well, and the text is ours.
 */
interface Case {
  readonly name: string;
  /** The folder that is built. */
  readonly path: string;
  readonly files: Readonly<Record<string, string>>;
  readonly end: 'printed' | 'refused';
  readonly text: string;
}

const folder = new URL('./kustomize/', import.meta.url).pathname;

/** `==> path` begins a file, `==> path < name` is a shared one, `<== printed` or `<== refused` what comes of it. */
const parseCase = (text: string): Case => {
  const [name = '', ...sections] = text.split(/^(?=(?:==>|<==) )/m);
  const files: Record<string, string> = {};
  let path = '';
  let end: Case['end'] = 'printed';
  let expected = '';
  for (const section of sections) {
    const at = section.indexOf('\n');
    const head = section.slice(4, at);
    const body = section.slice(at + 1);
    const [file = '', shared] = head.split(' < ');
    if (section.startsWith('<== ')) {
      end = head === 'refused' ? 'refused' : 'printed';
      expected = body;
    } else if (head.startsWith('build ')) path = head.slice(6);
    else if (shared !== undefined) files[file] = readFileSync(`${folder}fixtures/${shared}`, 'utf8');
    else if (head.endsWith(' (no newline)')) files[head.slice(0, -' (no newline)'.length)] = body.slice(0, -1);
    else files[head] = body;
  }
  return { name: name.trim(), path, files, end, text: expected };
};

const readCases = (file: string): readonly Case[] =>
  readFileSync(`${folder}${file}`, 'utf8')
    .split(/^#### /m)
    .slice(1)
    .map((text) => parseCase(text.replace(/\n\n$/, '\n')));

const files = readdirSync(folder).filter((file) => file.endsWith('.cases'));

describe.each(files)('%s', (file) => {
  it.each(readCases(file))('$name', async ({ files: given, path, end, text }) => {
    const built = renderKustomization(createMemoryTree(given), path);
    if (end === 'printed') expect((await built).text).toBe(text);
    else
      expect(
        await built.then(
          () => 'printed',
          (thrown: unknown) => messageOf(thrown),
        ),
      ).toBe(text.trimEnd());
  });
});

const hasKubectl = (): boolean => {
  try {
    return /Kustomize Version: v5\.5\./.test(execFileSync('kubectl', ['version', '--client'], { encoding: 'utf8' }));
  } catch {
    return false;
  }
};

/** kubectl's own build has no version; kustomize's has, and only that one is a valid label. */
const withVersion = (text: string): string => text.replaceAll('kustomize-(devel)', 'kustomize-v5.5.0');

const printedBy = (given: Case, root: string): string => {
  for (const [path, text] of Object.entries(given.files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const built = spawnSync('kubectl', ['kustomize', join(root, given.path)], { encoding: 'utf8' });
  return built.status === 0 ? withVersion(built.stdout) : 'refused';
};

describe.skipIf(!hasKubectl())("what the cases expect (skipped without kubectl's kustomize 5.5)", () => {
  it.each(files)('is what kubectl prints: %s', { timeout: 120_000 }, (file) => {
    const root = mkdtempSync(join(tmpdir(), 'argosy-kustomize-'));
    try {
      const wrong = readCases(file).filter((given, at) => {
        const printed = printedBy(given, join(root, String(at)));
        return printed !== (given.end === 'printed' ? given.text : 'refused');
      });
      expect(wrong.map(({ name }) => name)).toEqual([]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
