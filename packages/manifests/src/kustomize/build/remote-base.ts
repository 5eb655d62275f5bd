/**
 * Addresses of bases in other repositories: `https://host/org/repo//path?ref=v1`, `github.com/org/repo/path?ref=v1`,
 * `git@host:org/repo.git//path`.
 * @upstream sigs.k8s.io/kustomize/api/internal/git/repospec.go
 */
import { Failure } from '@argosy/base';

/** A base in another repository. */
export interface RemoteBase {
  /** As the kustomization has it. */
  readonly text: string;
  /** What to clone. */
  readonly repository: string;
  /** Branch, tag or commit; empty for the default branch. */
  readonly revision: string;
  /** The folder within the repository; empty for its root. */
  readonly path: string;
}

/** Reads an address; `undefined` when the text is a path. Throws Failure `PathOutside` for one that leaves the repository. */
export const parseRemoteBase = (text: string): RemoteBase | undefined => {
  if (text.startsWith('/')) return undefined;
  const [address = '', query = ''] = splitOnce(text, '?');
  const host = readHost(address.replace(/^git::/i, ''));
  if (!host) return undefined;
  const split = splitRepository(host.rest, host.isFile);
  if (!split || split.repository === '') return undefined;
  const path = split.path.replace(/^\//, '');
  if (path.split('/').includes('..'))
    throw new Failure(`remote base ${text} leads outside of its repository`, { code: 'PathOutside' });
  const parameters = new URLSearchParams(query);
  return {
    text,
    repository: `${host.prefix}${split.repository}`,
    revision: parameters.get('ref') || parameters.get('version') || '',
    path,
  };
};

/** Whether a text is the address of a file to download, and not that of a repository. */
export const isDownload = (text: string): boolean =>
  /^https?:\/\//i.test(text) && (!parseRemoteBase(text) || /\.(?:ya?ml|json)$/i.test(text.split('?')[0] ?? ''));

interface Host {
  /** Everything before the path of the repository. */
  readonly prefix: string;
  readonly rest: string;
  readonly isFile: boolean;
}

const readHost = (address: string): Host | undefined => {
  const scheme = /^(ssh|https|http|file):\/\//i.exec(address)?.[0].toLowerCase() ?? '';
  const afterScheme = address.slice(scheme.length);
  const user = /^[a-zA-Z][a-zA-Z0-9-]*@/.exec(afterScheme)?.[0] ?? '';
  const rest = afterScheme.slice(user.length);
  if (scheme === 'file://') return { prefix: scheme, rest: `${user}${rest}`, isFile: true };
  const isGithub = /^github\.com[/:]/i.test(rest);
  if (scheme === '' && user === '' && !isGithub) return undefined;
  const at = findSeparator(rest, scheme === '');
  if (at <= 0) return undefined;
  const path = rest.slice(at + 1);
  if (!isGithub) return { prefix: `${scheme}${user}${rest.slice(0, at + 1)}`, rest: path, isFile: false };
  const isSsh = scheme === 'ssh://' || user !== '';
  return { prefix: isSsh ? `${user}github.com:` : 'https://github.com/', rest: path, isFile: false };
};

const findSeparator = (rest: string, acceptsColon: boolean): number => {
  const slash = rest.indexOf('/');
  const colon = rest.indexOf(':');
  const isColon = acceptsColon && (slash < 0 || (colon > 0 && colon < slash));
  return isColon ? colon : slash;
};

const splitRepository = (
  rest: string,
  isFile: boolean,
): { readonly repository: string; readonly path: string } | undefined => {
  const azure = rest.indexOf('_git/');
  if (azure >= 0) {
    const [name = '', ...path] = rest.slice(azure + 5).split('/');
    return { repository: `${rest.slice(0, azure + 5)}${name}`, path: path.join('/') };
  }
  const double = rest.indexOf('//');
  if (double >= 0) return { repository: rest.slice(0, double), path: rest.slice(double + 2) };
  const git = rest.indexOf('.git');
  if (git >= 0) return { repository: rest.slice(0, git + 4), path: rest.slice(git + 4) };
  if (isFile) return { repository: rest, path: '' };
  const parts = rest.split('/');
  return parts.length < 2 ? undefined : { repository: parts.slice(0, 2).join('/'), path: parts.slice(2).join('/') };
};

const splitOnce = (text: string, separator: string): readonly string[] => {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
};
