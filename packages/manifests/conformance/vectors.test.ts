import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { createSystemClock, isEqual } from '@argosy/base';
import { matchesGlob } from '@argosy/expressions';

import {
  chooseVersion,
  createHttpPort,
  createMemoryBlobStore,
  createMemoryTree,
  createNetworkSources,
  isOciAddress,
  isSshAddress,
  isVersionConstraint,
  normalizePath,
  parseYamlDocuments,
  renderDirectory,
  renderHelmText,
  withoutCredentials,
} from '../src/index.ts';
import { chartFolderName } from '../src/chart-repository/chart-folder-name.ts';
import { createFieldReader, type Fields } from '../src/helm/chart/typed-fields.ts';
import { isCommitId, isShortCommitId, isShortName } from '../src/git/revisions/revision-names.ts';
import { aChart, serveRegistry } from './registry-server.ts';
import { chartArchive } from './repository-server.ts';

interface Case {
  readonly name: string;
  readonly in: Readonly<Record<string, unknown>>;
  readonly out: unknown;
}

const folder = new URL('../../../../shared/conformance/vectors/', import.meta.url).pathname;

/** Runs a file's cases; `undefined` from `judge` means that the case asks for something not built yet. */
const runVectors = async (file: string, judge: (given: Case) => Promise<boolean | undefined>): Promise<void> => {
  const { cases } = JSON.parse(readFileSync(`${folder}${file}.json`, 'utf8')) as { readonly cases: readonly Case[] };
  const answers = await Promise.all(cases.map(async (given) => ({ name: given.name, held: await judge(given) })));
  const ran = answers.filter((answer) => answer.held !== undefined);
  console.log(
    `${file}: ran ${ran.length}, held ${ran.filter((answer) => answer.held).length}, not yet applicable ${answers.length - ran.length}`,
  );
  expect(ran.filter((answer) => !answer.held).map((answer) => answer.name)).toEqual([]);
};

const aManifest = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

describe.skipIf(!existsSync(folder))('vectors (skipped where the conformance data is absent)', () => {
  it('cd-glob', () =>
    runVectors('cd-glob', async ({ in: given, out }) => {
      const pattern = text(given['pattern']);
      const negated = given['allowNegation'] === true && pattern.startsWith('!');
      return (matchesGlob(negated ? pattern.slice(1) : pattern, text(given['value'])) !== negated) === out;
    }));
  it('cd-directory-include-exclude', () =>
    runVectors('cd-directory-include-exclude', async ({ in: given, out }) => {
      const files = Object.entries(given['files'] as Record<string, string>).map(
        ([path, name]) => [path, aManifest(name)] as const,
      );
      const objects = await renderDirectory(createMemoryTree(Object.fromEntries(files)), '', {
        recurse: given['recurse'] === true,
        include: text(given['include']),
        exclude: text(given['exclude']),
      });
      const names = (list: readonly string[]) => [...list].sort((left, right) => left.localeCompare(right));
      return isEqual(names(objects.map((object) => object.metadata.name ?? '')), names(out as string[]));
    }));
  it('cd-directory-file-filter', () =>
    runVectors('cd-directory-file-filter', async ({ in: given, out }) => {
      const objects = await renderDirectory(createMemoryTree({ [text(given['file'])]: aManifest('a') }), '', {
        include: text(given['include']),
        exclude: text(given['exclude']),
        disableExtensionFilter: given['disableExtensionFilter'] === true,
      });
      return (objects.length === 1) === out;
    }));
  it('cd-app-path', () =>
    runVectors('cd-app-path', async ({ in: given, out }) => {
      try {
        normalizePath(text(given['path']));
        return (out as { readonly valid: boolean }).valid;
      } catch {
        return !(out as { readonly valid: boolean }).valid;
      }
    }));
  it('cd-version-is-constraint', () =>
    runVectors(
      'cd-version-is-constraint',
      async ({ in: given, out }) => isVersionConstraint(text(given['revision'])) === out,
    ));
  it('cd-version-max', () =>
    runVectors('cd-version-max', async ({ in: given, out }) => {
      const chosen = chooseVersion(text(given['revision']), given['versions'] as string[], text(given['tagPrefix']));
      return isEqual(chosen === undefined ? { error: true } : { version: chosen }, out);
    }));
  it('cd-git-tag-resolution', () =>
    runVectors('cd-git-tag-resolution', async ({ in: given, out }) => {
      const chosen = chooseVersion(text(given['revision']), given['tags'] as string[], text(given['tagPrefix']));
      return isEqual(chosen === undefined ? { error: true } : { tag: chosen }, out);
    }));
  it('cd-git-ssh-url', () =>
    runVectors(
      'cd-git-ssh-url',
      async ({ in: given, out }) => isSshAddress(text(given['url'])) === (out as { readonly ssh: boolean }).ssh,
    ));
  it('cd-git-commit-sha', () =>
    runVectors('cd-git-commit-sha', async ({ in: given, out }) => {
      const isSuch = given['kind'] === 'full' ? isCommitId : isShortCommitId;
      return isSuch(text(given['text'])) === out;
    }));
  it('cd-git-short-ref', () =>
    runVectors('cd-git-short-ref', async ({ in: given, out }) => isShortName(text(given['revision'])) === out));
  it('cd-helm-chart-name', () =>
    runVectors('cd-helm-chart-name', async ({ in: given, out }) => {
      const chart = text(given['chart']);
      if (chartFolderName(chart) !== out) return false;
      // Names that end in no name are no repositories of a registry: nothing is read for them.
      if (chart === out && chart.includes('/')) return true;
      const archive = chartArchive(text(out), '1.0.0');
      const server = await serveRegistry({ [`${chart}:1.0.0`]: aChart(archive) });
      const access = { identity: '', plainHttp: true };
      const network = { http: createHttpPort(), blobs: createMemoryBlobStore(), clock: createSystemClock() };
      const { charts } = createNetworkSources(network);
      const { tree } = await charts.open({ repository: server.host, chart, version: '1.0.0', access });
      await server.close();
      return (await renderHelmText(tree)).text.includes(`Source: ${text(out)}/templates/a.yaml`);
    }));
  it('cd-repo-url-sanitize', () =>
    runVectors('cd-repo-url-sanitize', async ({ in: given, out }) => withoutCredentials(text(given['url'])) === out));
  it('cd-helm-oci-repo', () =>
    runVectors('cd-helm-oci-repo', async ({ in: given, out }) => isOciAddress(text(given['url'])) === out));
  it('lang-yaml, typed', () =>
    runVectors('lang-yaml', async ({ in: given, out }) => {
      if (given['op'] !== 'strings') return undefined;
      const expected = out as { readonly json?: string; readonly error?: unknown };
      try {
        const [document] = parseYamlDocuments(text(given['yaml']), 'case.yaml');
        const reader = createFieldReader(document as Fields, 'case.yaml', 'Case');
        const lists = { m: reader.textMap('m'), l: reader.texts('l'), t: reader.flag('t') };
        const b = reader.text('b') === '' ? {} : { b: reader.text('b') };
        const filled = Object.entries(lists).filter(([, value]) => value !== false && !isEqual(value ?? [], []));
        const read = { a: reader.text('a'), ...b, ...Object.fromEntries(filled) };
        return expected.json !== undefined && isEqual(read, JSON.parse(expected.json));
      } catch {
        return expected.error !== undefined;
      }
    }));
  it('lang-yaml, reading', () =>
    runVectors('lang-yaml', async ({ in: given, out }) => {
      if (given['op'] !== 'toJSON') return undefined;
      const expected = out as { readonly json?: string; readonly error?: unknown };
      try {
        const [document] = parseYamlDocuments(text(given['yaml']), 'case.yaml');
        return expected.json !== undefined && isEqual(document ?? null, JSON.parse(expected.json));
      } catch {
        return expected.error !== undefined;
      }
    }));
});
