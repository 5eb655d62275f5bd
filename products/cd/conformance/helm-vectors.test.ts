import { describe, expect, it } from 'vitest';

import { isEqual } from '@argosy/base';
import { createMemoryTree } from '@argosy/manifests';

import { buildEnvironment, substituteEnvironment } from '../src/source/build-environment.ts';
import { escapeParameter } from '../src/source/tools/helm-source.ts';
import { isGlobPath, nameOfFile, resolveValueFiles } from '../src/source/tools/helm-value-files.ts';
import { judgeVectors, type Case, type Judge } from './judged-vectors.ts';

const MAIN = 'main-repo';

const JUDGES: Readonly<Record<string, Judge>> = {
  'cd-env-substitution': async ({ in: given, out }) => substituteEnvironment(given.text, given.env) === out,
  'cd-helm-set-escape': async ({ in: given, out }) => escapeParameter(given.value) === out,
  'cd-helm-glob-path': async ({ in: given, out }) => isGlobPath(given.path) === out,
  'cd-helm-value-files': async ({ in: given, out }) => {
    const [ref, url = ''] = Object.entries<string>(given.refSources)[0] ?? [];
    const lent = given.checkouts[url];
    const refFiles: readonly string[] = given.files?.[lent] ?? (out.files ?? []).map((file: Case['in']) => file.path);
    // A repository that was not checked out cannot be opened, which fails before.
    if (ref !== undefined && lent === undefined) return out.error === true;
    const refs =
      ref === undefined
        ? undefined
        : new Map([[ref.slice(1), createMemoryTree(Object.fromEntries(refFiles.map((file) => [file, 'a: 1'])))]]);
    const files: readonly string[] = given.files?.[MAIN] ?? (out.files ?? []).map((file: Case['in']) => file.path);
    const tree = createMemoryTree(Object.fromEntries(files.map((file) => [file, 'a: 1'])));
    const ignoreMissing = given.ignoreMissingValueFiles;
    const scope = { tree, path: '', environment: given.env, ignoreMissing, ...(refs && { refs }), schemes: ['https'] };
    try {
      const found = await resolveValueFiles([given.valueFile], scope);
      return isEqual(
        found.map((file) =>
          file.kind === 'url' ? { url: file.url } : { repo: file.ref === '' ? MAIN : lent, path: file.path },
        ),
        out.files,
      );
    } catch {
      return out.error === true;
    }
  },
};

judgeVectors('vectors of Helm sources', JUDGES);

describe('value files', () => {
  const tree = createMemoryTree({ 'app/values.yaml': '', 'app/x/a.yaml': '', 'app/x/b.yaml': '', 'common.yaml': '' });
  const scope = { tree, path: 'app', environment: {}, ignoreMissing: false };

  it('stand where they are named, and a glob leaves those out', async () => {
    const found = await resolveValueFiles(['x/*.yaml', '/common.yaml', 'x/a.yaml'], scope);
    expect(found.map(nameOfFile)).toEqual(['app/x/b.yaml', 'common.yaml', 'app/x/a.yaml']);
  });

  it.each([
    ['../../outside.yaml', 'PathOutside'],
    ['https://example.test/values.yaml', 'NotSupported'],
    ['none/*.yaml', 'NotFound'],
  ])('refuse %s', async (entry, code) => {
    await expect(resolveValueFiles([entry], scope)).rejects.toMatchObject({ code });
  });
});

describe('the build environment', () => {
  it('has the variables of upstream', () => {
    expect(
      buildEnvironment({
        instanceName: 'team_app',
        namespace: 'ns',
        project: 'default',
        revision: '0123456789abcdef',
        path: 'p',
        repoURL: 'https://x.test/r',
        targetRevision: 'main',
      }),
    ).toEqual({
      ARGOCD_APP_NAME: 'team_app',
      ARGOCD_APP_NAMESPACE: 'ns',
      ARGOCD_APP_PROJECT_NAME: 'default',
      ARGOCD_APP_REVISION: '0123456789abcdef',
      ARGOCD_APP_REVISION_SHORT: '0123456',
      ARGOCD_APP_REVISION_SHORT_8: '01234567',
      ARGOCD_APP_SOURCE_PATH: 'p',
      ARGOCD_APP_SOURCE_REPO_URL: 'https://x.test/r',
      ARGOCD_APP_SOURCE_TARGET_REVISION: 'main',
    });
  });
});
