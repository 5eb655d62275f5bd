import { createSeededRandom, isEqual } from '@argosy/base';
import { createMemoryTree } from '@argosy/manifests';

import { validateProject } from '../src/api/app-project.ts';
import { permitsDestination, permitsResource, permitsSource, permitsSourceNamespace } from '../src/project/permit.ts';
import { normalizeRepositoryUrl, sshHostOf } from '../src/repository/normalize-url.ts';
import { readRepositorySecret } from '../src/repository/repository-secret.ts';
import {
  flattenValues,
  parseHelmParameter,
  valuesText,
  withFileParameter,
} from '../src/source/tools/helm-parameters.ts';
import { commonRootOf, refreshPathsOf } from '../src/source/refresh-paths.ts';
import { renderSource } from '../src/source/render-source.ts';
import { sourceDefaults } from '../src/source/source-defaults.ts';
import { isSameRepository } from '../src/routes.ts';
import { concernsRevision, concernsSource, readPushEvent } from '../src/webhook/push-event.ts';
import { judgeVectors, orError, type Case, type Judge } from './judged-vectors.ts';

/** What hosts say of a push. */
const EVENTS: Readonly<Record<string, (name: string) => object>> = {
  bitbucketPush: (name) => ({ push: { changes: [{ new: { name } }] } }),
  bitbucketRefChanged: (name) => ({ changes: [{ ref: { id: `refs/heads/${name}` } }] }),
  githubPush: (name) => ({ ref: `refs/heads/${name}` }),
  gitlabPush: (name) => ({ ref: `refs/heads/${name}` }),
  gitlabTag: (name) => ({ ref: `refs/tags/${name}` }),
  gogsPush: (name) => ({ ref: `refs/heads/${name}` }),
};

/** A folder of a tool that shows the image it was given. */
const FOLDERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  kustomize: {
    'kustomization.yaml': 'resources: [pod.yaml]\n',
    'pod.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: "quay.io/argoprojlabs/argocd-e2e-container:0.1"}]}\n',
  },
  helm: {
    'Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
    'values.yaml': 'image: {tag: "0.1"}\n',
    'templates/pod.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: "quay.io/argoprojlabs/argocd-e2e-container:{{ .Values.image.tag }}"}]}\n',
  },
};

const imageOf = async (given: Case['in']): Promise<unknown> => {
  const overrides = Object.entries<unknown>(given.files).map(
    ([name, content]) => [name, typeof content === 'string' ? content : JSON.stringify(content)] as const,
  );
  const tree = createMemoryTree({ ...FOLDERS[given.tool], ...Object.fromEntries(overrides) });
  const context = { appName: 'a', instanceName: given.app, project: 'default', namespace: 'd', apiVersions: [] };
  const ports = { now: () => 0, random: createSeededRandom(1) };
  const source = { repoURL: 'https://git.test/a', path: '.' };
  const { objects } = await renderSource(tree, source, { context, commit: 'a'.repeat(40), ports });
  const pod = objects[0] as { readonly spec?: { readonly containers?: readonly { readonly image?: string }[] } };
  return { image: pod.spec?.containers?.[0]?.image };
};

const JUDGES: Readonly<Record<string, Judge>> = {
  'cd-helm-flat-values': ({ in: given, out }) => isEqual(flattenValues(given.values), out),
  'cd-helm-parameters': ({ in: given, out }) =>
    given.text === undefined
      ? isEqual(withFileParameter(given.fileParameters, given.add), out.fileParameters)
      : isEqual(
          orError(() => parseHelmParameter(given.text, given.forceString)),
          out,
        ),
  'cd-helm-values-text': ({ in: given, out }) => {
    const text = orError(() => valuesText(given.json));
    return isEqual(typeof text === 'string' ? { text } : text, out);
  },
  'cd-source-overrides': ({ in: given, out }) => {
    const context = { namespace: '', apiVersions: [], [given.field]: given.default };
    const found = sourceDefaults(given.source ?? {}, context) as unknown as Readonly<Record<string, unknown>>;
    return isEqual(found[given.field], out);
  },
  'cd-source-override-files': async ({ in: given, out }) => isEqual(await imageOf(given), out),
  'cd-git-same-url': ({ in: { a, b }, out }) => (normalizeRepositoryUrl(a) === normalizeRepositoryUrl(b)) === out,
  'cd-git-ssh-host': ({ in: given, out }) => sshHostOf(given.url) === out,
  'cd-refresh-paths': ({ in: { annotation, sourcePath, hydrator }, out }) =>
    isEqual(
      refreshPathsOf(annotation ?? undefined, {
        path: sourcePath,
        ...(hydrator && { syncPath: hydrator.syncSourcePath }),
      }),
      out,
    ),
  'cd-generate-paths-root': ({ in: { annotation, appPath }, out }) => commonRootOf(annotation, appPath) === out,
  'cd-repo-type': ({ in: given, out }) => {
    const data = Object.fromEntries(
      Object.entries<string>(given).map(([key, text]) => [key, Buffer.from(text).toString('base64')] as const),
    );
    const labels = { 'argocd.argoproj.io/secret-type': 'repository' };
    return (
      readRepositorySecret({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', labels }, data })?.type === out
    );
  },
  'cd-webhook-revision': ({ in: given, out }) => {
    if (given.event === undefined)
      return concernsRevision(given.targetRevision, { name: given.pushedRevision, isHead: given.touchedHead }) === out;
    const event = readPushEvent({
      repository: { html_url: 'https://git.test/a' },
      ...EVENTS[given.event]!(given.name),
    });
    return event !== undefined && concernsSource(event, given.targetRevision) === out;
  },
  'cd-project-sources': ({ in: given, out }) => permitsSource(given, given.repoURL) === out,
  // There is one cluster, which belongs to no project.
  'cd-project-destinations': ({ in: given, out }) =>
    given.permitOnlyProjectScopedClusters ? undefined : permitsDestination(given, given.app) === out,
  'cd-project-resources': ({ in: given, out }) => {
    const { group, kind, name, namespaced: isNamespaced } = given;
    return permitsResource(given.project, { group, kind, name, isNamespaced }) === out;
  },
  'cd-project-source-namespaces': ({ in: given, out }) =>
    permitsSourceNamespace(given, given.appNamespace, given.controllerNamespace) === out,
  'cd-project-validation': ({ in: given, out }) =>
    given.roles || given.syncWindows ? undefined : (validateProject(given).length === 0) === out.valid,
  'cd-webhook-url-match': ({ in: given, out }) =>
    given.kind === 'web' ? isSameRepository(given.hookURL, given.repoURL) === out : undefined,
};

judgeVectors('vectors of sources', JUDGES);
