import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { KubeObject } from '@argosy/kube';
import { parseManifests } from '@argosy/manifests';
import { describe, expect, it } from 'vitest';

import { isLintable, lintObject, specsOf } from './lint.ts';

const FOLDER = fileURLToPath(new URL('../../../../../shared/conformance/workflows/', import.meta.url));

const filesOf = (folder: string): readonly string[] =>
  existsSync(FOLDER)
    ? (readdirSync(path.join(FOLDER, folder), { recursive: true }) as string[])
        .filter((file) => file.endsWith('.yaml'))
        .sort()
    : [];
const read = (folder: string, file: string): readonly KubeObject[] =>
  parseManifests(readFileSync(path.join(FOLDER, folder, file), 'utf8'), file);
const readAll = (folder: string): readonly KubeObject[] =>
  filesOf(folder).flatMap((file) => {
    try {
      return read(folder, file);
    } catch {
      return [];
    }
  });
const lint = (folder: string, file: string): readonly string[] => {
  const around = specsOf(readAll(folder));
  return read(folder, file)
    .filter(isLintable)
    .flatMap((object) => lintObject(object, around));
};

/** Findings that are not the file's fault: what this version lacks, and templates the folder does not hold. */
const EXCUSED =
  /not supported yet; remove it|there is no \w+WorkflowTemplate|there is no WorkflowTemplate|argoproj\.io "[\w-]+" not found/;
/** Two files of upstream repeat `metadata`, so that their second name wins or none is left. */
const NAMELESS: readonly string[] = ['fun-with-gifs.yaml', 'k8s-jobs.yaml'];

/** Refused before they run; every other file there fails while it runs. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'empty-parameter-dag.yaml': /arguments\.parameters.*must be of type array/,
  'empty-parameter-steps.yaml': /arguments\.parameters.*must be of type array/,
  'misreference-template-name.yaml':
    /^templates\.steps-with-misreference\.steps\[1\]\.hello2 template hell0 undefined$/,
};

describe.skipIf(!existsSync(FOLDER))("upstream's files", () => {
  it.each(filesOf('examples').filter((file) => !NAMELESS.includes(file)))(
    'accepts examples/%s, or names a field it has not',
    (file) => {
      const findings = lint('examples', file);
      expect(findings.some((one) => EXCUSED.test(one)) ? [] : findings).toEqual([]);
    },
  );
  it.each(NAMELESS)('finds no name in examples/%s', (file) => {
    expect(() => read('examples', file)).toThrow('has no metadata.name');
  });
  it.each(filesOf('e2e-expectedfailures'))('lets e2e-expectedfailures/%s run, or refuses it', (file) => {
    const findings = lint('e2e-expectedfailures', file).filter((one) => !EXCUSED.test(one));
    const wanted = REFUSED[file];
    if (wanted) expect(findings[0]).toMatch(wanted);
    else expect(findings).toEqual([]);
  });
  it.each(filesOf('e2e-lintfail'))('refuses e2e-lintfail/%s', (file) => {
    expect(lint('e2e-lintfail', file)).not.toEqual([]);
  });
});
