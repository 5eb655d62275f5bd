/**
 * Events that Git hosts send: which repository was pushed to, and what. Pure.
 * @spec CD-WH-02 … CD-WH-10; vectors cd-webhook-revision
 * @upstream argo-cd util/webhook/webhook.go#affectedRevisionInfo, sourceRevisionHasChanged
 */
import { isObject } from '@argosy/base';
import { isVersionConstraint, satisfiesConstraint } from '@argosy/manifests';

import { concernsPaths } from '../source/refresh-paths.ts';

/** A push. */
export interface PushEvent {
  /** Addresses of the repository, in every way the event tells them. */
  readonly addresses: readonly string[];
  /** What was pushed; empty when the event does not tell. */
  readonly pushed: readonly PushedRevision[];
  /** All files that differ since; empty when the event does not tell, or not of all. */
  readonly files: readonly string[];
}

/** A branch or tag, by its short name. */
export interface PushedRevision {
  readonly name: string;
  /** Whether it is the default branch, or may be. */
  readonly isHead: boolean;
}

/** Reads an event of GitHub, Gitea, Gogs, GitLab or Bitbucket; `undefined` for a body that names no repository. */
export const readPushEvent = (body: unknown): PushEvent | undefined => {
  if (!isObject(body)) return undefined;
  const addresses = addressesIn(body);
  return addresses.length === 0 ? undefined : { addresses, pushed: pushedIn(body), files: filesIn(body) };
};

/** Whether a push may change what a source's revision means. */
export const concernsRevision = (targetRevision: string, pushed: PushedRevision): boolean => {
  const target = shortName(targetRevision);
  if (target === '' || target === 'HEAD') return pushed.isHead;
  return target === pushed.name || (isVersionConstraint(target) && satisfiesConstraint(target, pushed.name));
};

/** Whether an event may change what a source's revision means: it may when it does not tell what was pushed. */
export const concernsSource = ({ pushed }: Pick<PushEvent, 'pushed'>, targetRevision = ''): boolean =>
  pushed.length === 0 || pushed.some((one) => concernsRevision(targetRevision, one));

/** Whether an event may change one of these paths: it may when it does not tell which files differ. */
export const concernsFiles = ({ files }: Pick<PushEvent, 'files'>, paths: readonly string[]): boolean =>
  files.length === 0 || concernsPaths(paths, files);

type Body = Readonly<Record<string, unknown>>;

const textsIn = (of: unknown, names: readonly string[]): readonly string[] =>
  isObject(of)
    ? names.map((name) => of[name]).filter((text): text is string => typeof text === 'string' && text !== '')
    : [];

const listIn = (of: unknown, name: string): readonly unknown[] => {
  const list = isObject(of) ? of[name] : undefined;
  return Array.isArray(list) ? (list as readonly unknown[]) : [];
};

const fieldIn = (of: unknown, name: string): unknown => (isObject(of) ? of[name] : undefined);

const addressesIn = ({ repository, project }: Body): readonly string[] => {
  const links = fieldIn(repository, 'links');
  return [
    ...textsIn(repository, ['clone_url', 'html_url', 'ssh_url', 'git_http_url', 'git_ssh_url', 'homepage', 'url']),
    ...textsIn(project, ['git_http_url', 'git_ssh_url', 'web_url']),
    ...textsIn(fieldIn(links, 'html'), ['href']),
    ...listIn(links, 'clone').flatMap((link) => textsIn(link, ['href'])),
  ];
};

const pushedIn = (body: Body): readonly PushedRevision[] => {
  const [head] = [...textsIn(body['repository'], ['default_branch']), ...textsIn(body['project'], ['default_branch'])];
  const [ref] = textsIn(body, ['ref']);
  const cloud = listIn(body['push'], 'changes').flatMap((change) => textsIn(fieldIn(change, 'new'), ['name']));
  const server = listIn(body, 'changes')
    .flatMap((change) => textsIn(fieldIn(change, 'ref'), ['id']))
    .map(shortName);
  const names = [...(ref === undefined ? [] : [shortName(ref)]), ...cloud, ...server];
  return names.map((name) => ({ name, isHead: head === undefined || head === name }));
};

/**
 * Only where the commits it lists are all that happened: a push by force takes others away, GitLab lists the last
 * twenty.
 */
const filesIn = (body: Body): readonly string[] => {
  const commits = listIn(body, 'commits');
  const total = body['total_commits_count'] ?? body['total_commits'] ?? commits.length;
  if (body['forced'] === true || body['deleted'] === true || total !== commits.length) return [];
  if (commits.length >= MOST_COMMITS) return [];
  const files = commits.flatMap((commit) => ['added', 'modified', 'removed'].flatMap((name) => listIn(commit, name)));
  return [...new Set(files.filter((file) => typeof file === 'string'))];
};

/** A list that is as long as GitHub makes it may lack some. */
const MOST_COMMITS = 2048;

const shortName = (revision: string): string => revision.replace(/^refs\/(?:heads|tags)\//, '');
