import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { createMemoryTree, renderKustomization, type Tree } from '../src/index.ts';

const shared = new URL('../../../../shared/conformance/', import.meta.url).pathname;
const FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

const hasKubectl = (): boolean => {
  try {
    return /Kustomize Version: v5\.5\./.test(execFileSync('kubectl', ['version', '--client'], { encoding: 'utf8' }));
  } catch {
    return false;
  }
};

const listFiles = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length));

const readTree = (folder: string): Tree =>
  createMemoryTree(
    Object.fromEntries(listFiles(folder).map((path) => [path, readFileSync(`${folder}${path}`, 'utf8')] as const)),
  );

const printed = (folder: string): string => {
  try {
    return execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return 'refused';
  }
};

/** Builds every kustomization of a folder with the real program and with ours. */
const compareAll = async (folder: string): Promise<readonly string[]> => {
  const tree = readTree(folder);
  const paths = listFiles(folder)
    .filter((path) => FILES.includes(path.split('/').at(-1) ?? ''))
    .map((path) => path.split('/').slice(0, -1).join('/'));
  const different: string[] = [];
  for (const path of paths) {
    const ours = await renderKustomization(tree, path).then(
      ({ text }) => text,
      () => 'refused',
    );
    if (ours !== printed(`${folder}${path}`)) different.push(path);
  }
  console.log(`${folder.slice(shared.length)}: ${paths.length - different.length} of ${paths.length} equal`);
  expect(paths.length).toBeGreaterThan(0);
  return different;
};

const isReady = existsSync(`${shared}kustomize`) && hasKubectl();

describe.skipIf(!isReady)("examples (skipped without the conformance data or kubectl's kustomize 5.5)", () => {
  it("builds kustomize's examples byte for byte", async () => {
    expect(await compareAll(`${shared}kustomize/examples/`)).toEqual([]);
  });

  it("builds Argo CD's example applications byte for byte", async () => {
    expect(await compareAll(`${shared}cd/example-apps/`)).toEqual([]);
  });
});
