/**
 * What the control namespace says of repositories and of rendering, kept up to date.
 * @spec CD-REPO-01, CD-SEC-01, CD-SEC-02, CD-KUS-08, CD-GEN-02
 */
import type { InformerSet } from '@argosy/client';
import { CONFIG_MAPS, SECRETS } from '@argosy/kube';
import type { RepositoryAccess } from '@argosy/manifests';

import { readRenderSettings, type RenderSettings } from '../source/render-settings.ts';
import { chooseAccess, isRepositoryOf, urlOfName, type RepositoryFacts } from './choose-access.ts';
import { readRepositorySecret, SECRET_TYPE_LABEL } from './repository-secret.ts';

/** Answers for addresses. */
export interface RepositoryCatalog {
  readonly synced: Promise<unknown>;
  /** How a project reaches an address. Throws Failure `InvalidRepository`. */
  accessOf(url: string, project: string): RepositoryAccess;
  /** The address of a chart repository by the name its Secret gives it. */
  urlOf(alias: string, project: string): string | undefined;
  /** Whether a repository is registered for a project alone. */
  isOwn(url: string, project: string): boolean;
  /** What `argocd-cm` says of rendering. */
  settings(): RenderSettings;
  /** Calls back when any of it changed. */
  onChange(handler: () => void): void;
}

const SETTINGS = 'argocd-cm';
const AUTHORITIES = 'argocd-tls-certs-cm';
const KNOWN_HOSTS = 'argocd-ssh-known-hosts-cm';

/** Creates the catalog over a namespace. */
export const createRepositoryCatalog = (informers: InformerSet, namespace: string): RepositoryCatalog => {
  const secrets = informers.of({
    resource: SECRETS,
    namespace,
    labelSelector: `${SECRET_TYPE_LABEL} in (repository,repo-creds)`,
  });
  const mapOf = (name: string) =>
    informers.of({ resource: CONFIG_MAPS, namespace, fieldSelector: `metadata.name=${name}` });
  const maps = { settings: mapOf(SETTINGS), authorities: mapOf(AUTHORITIES), knownHosts: mapOf(KNOWN_HOSTS) };
  const readFacts = (): RepositoryFacts => ({
    entries: secrets.list().flatMap((secret) => readRepositorySecret(secret) ?? []),
    authorities: maps.authorities.get({ namespace, name: AUTHORITIES })?.data ?? {},
    knownHosts: maps.knownHosts.get({ namespace, name: KNOWN_HOSTS })?.data?.['ssh_known_hosts'],
  });
  /** Kept until something changes: thousands of sources ask for it. */
  let known: RepositoryFacts | undefined;
  const facts = (): RepositoryFacts => (known ??= readFacts());
  const all = [secrets, ...Object.values(maps)];
  for (const informer of all) informer.onChange(() => (known = undefined));
  return {
    synced: Promise.all(all.map((informer) => informer.synced)),
    accessOf: (url, project) => chooseAccess(facts(), url, project),
    urlOf: (alias, project) => urlOfName(facts(), alias, project),
    isOwn: (url, project) => isRepositoryOf(facts(), url, project),
    settings: () => readRenderSettings(maps.settings.get({ namespace, name: SETTINGS })?.data ?? {}),
    onChange: (handler) => {
      secrets.onChange(handler);
      for (const informer of Object.values(maps)) informer.onChange(handler);
    },
  };
};
