/**
 * Which Secrets speak for an address. Pure.
 * @spec CD-REPO-02, CD-REPO-05, CD-REPO-06, CD-SEC-01
 * @upstream argo-cd util/db/repository_secrets.go#GetRepository, GetRepoCredsBySecretIndex
 */
import { Failure } from '@argosy/base';
import { ANONYMOUS, type RepositoryAccess } from '@argosy/manifests';

import { authorityOf, normalizeRepositoryUrl, sshHostOf } from './normalize-url.ts';
import type { RepositoryEntry } from './repository-secret.ts';

/** What is known of repositories. */
export interface RepositoryFacts {
  readonly entries: readonly RepositoryEntry[];
  /** PEM certificates by host, for `argocd-tls-certs-cm`. */
  readonly authorities: Readonly<Record<string, string>>;
  /** Lines of known hosts; `undefined` to use the machine's own. */
  readonly knownHosts: string | undefined;
}

/** The access for an address in a project. Throws Failure `InvalidRepository` naming the Secret and its key. */
export const chooseAccess = (facts: RepositoryFacts, url: string, project: string): RepositoryAccess => {
  const repository = findRepository(facts.entries, url, project);
  const template = findTemplate(facts.entries, url, project);
  const isBare = repository === undefined || !hasCredentials(repository.access);
  const used = [repository, isBare ? template : undefined].filter((entry) => entry !== undefined);
  const problem = used.find((entry) => entry.problem !== undefined)?.problem;
  if (problem !== undefined) throw new Failure(problem, { code: 'InvalidRepository' });
  const merged: RepositoryAccess = {
    ...(isBare && template ? template.access : {}),
    ...(repository ? repository.access : {}),
    identity: used.map(({ secret }) => secret).join('+'),
  };
  return withTrust(used.length === 0 ? ANONYMOUS : merged, facts, url);
};

/** The address behind a chart repository's name (`@name`, `alias:name`), among those a project may use. */
export const urlOfName = (facts: RepositoryFacts, alias: string, project: string): string | undefined => {
  const name = alias.replace(/^(?:@|alias:)/, '');
  return facts.entries.find((entry) => entry.kind === 'repository' && entry.name === name && isFor(entry, project))
    ?.url;
};

/** Whether a repository is registered for a project and no other. */
export const isRepositoryOf = ({ entries }: RepositoryFacts, url: string, project: string): boolean =>
  project !== '' && findRepository(entries, url, project)?.project === project;

/** That of the same project before that of all. */
const findRepository = (
  entries: readonly RepositoryEntry[],
  url: string,
  project: string,
): RepositoryEntry | undefined => {
  const wanted = normalizeRepositoryUrl(url);
  const those = entries.filter(
    (entry) => entry.kind === 'repository' && isFor(entry, project) && normalizeRepositoryUrl(entry.url) === wanted,
  );
  return those.find((entry) => entry.project === project) ?? those[0];
};

/**
 * The longest beginning wins. Deviates: the host must be the whole host, so that credentials for `https://git.example`
 * never go to `https://git.example.evil.test`; pinned in choose-access.test.ts.
 */
const findTemplate = (
  entries: readonly RepositoryEntry[],
  url: string,
  project: string,
): RepositoryEntry | undefined => {
  const wanted = normalizeRepositoryUrl(url);
  const those = entries.filter((entry) => {
    const start = normalizeRepositoryUrl(entry.url);
    return (
      entry.kind === 'repo-creds' &&
      isFor(entry, project) &&
      start !== '' &&
      wanted.startsWith(start) &&
      authorityOf(wanted) === authorityOf(start)
    );
  });
  return those.toSorted((one, other) => other.url.length - one.url.length)[0];
};

const isFor = (entry: RepositoryEntry, project: string): boolean => entry.project === '' || entry.project === project;

const hasCredentials = (access: RepositoryAccess): boolean =>
  [
    access.username,
    access.password,
    access.bearerToken,
    access.sshPrivateKey,
    access.gitHubApp,
    access.tls?.clientCertificate,
  ].some((value) => Boolean(value));

const withTrust = (access: RepositoryAccess, facts: RepositoryFacts, url: string): RepositoryAccess => {
  if (sshHostOf(url) !== '')
    return facts.knownHosts === undefined ? access : { ...access, knownHosts: facts.knownHosts };
  const host = authorityOf(normalizeRepositoryUrl(url)).replace(/:\d+$/, '');
  const authorities = Object.hasOwn(facts.authorities, host) ? facts.authorities[host] : undefined;
  return authorities === undefined ? access : { ...access, tls: { ...access.tls, authorities } };
};
