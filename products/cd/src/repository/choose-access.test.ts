import { describe, expect, it } from 'vitest';

import { chooseAccess, urlOfName, type RepositoryFacts } from './choose-access.ts';
import { readRepositorySecret, type RepositoryEntry } from './repository-secret.ts';

const anEntry = (
  name: string,
  data: Readonly<Record<string, string>>,
  kind: RepositoryEntry['kind'] = 'repository',
): RepositoryEntry => {
  const encoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')] as const);
  return readRepositorySecret({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'argocd', labels: { 'argocd.argoproj.io/secret-type': kind } },
    data: Object.fromEntries(encoded),
  })!;
};
const facts = (entries: readonly RepositoryEntry[], more: Partial<RepositoryFacts> = {}): RepositoryFacts => ({
  entries,
  authorities: {},
  knownHosts: undefined,
  ...more,
});
const creds = (name: string, url: string, more = {}): RepositoryEntry =>
  anEntry(name, { url, username: name, password: 'x', ...more }, 'repo-creds');

describe('chooseAccess', () => {
  it.each<readonly [string, readonly RepositoryEntry[], string, string, string]>([
    ['nobody knows it', [], 'https://git.test/a/b', 'p', ''],
    [
      'its own secret, written otherwise',
      [anEntry('own', { url: 'https://GIT.test/a/b.git' })],
      'https://git.test/a/b',
      'p',
      'argocd/own',
    ],
    [
      'that of its project first',
      [anEntry('all', { url: 'https://git.test/a' }), anEntry('mine', { url: 'https://git.test/a', project: 'p' })],
      'https://git.test/a',
      'p',
      'argocd/mine',
    ],
    [
      'never that of another project',
      [anEntry('theirs', { url: 'https://git.test/a', project: 'q', username: 'u' })],
      'https://git.test/a',
      'p',
      '',
    ],
    [
      'the longest beginning',
      [creds('short', 'https://git.test/'), creds('long', 'https://git.test/a')],
      'https://git.test/a/b',
      'p',
      'argocd/long',
    ],
    [
      'a beginning for a repository without credentials',
      [anEntry('own', { url: 'https://git.test/a/b', proxy: 'http://p' }), creds('c', 'https://git.test/a')],
      'https://git.test/a/b',
      'p',
      'argocd/own+argocd/c',
    ],
    [
      'no beginning when it has credentials',
      [anEntry('own', { url: 'https://git.test/a/b', username: 'u' }), creds('c', 'https://git.test/a')],
      'https://git.test/a/b',
      'p',
      'argocd/own',
    ],
    ['no beginning of another host', [creds('c', 'https://git.test')], 'https://git.test.evil.test/a', 'p', ''],
    ['no beginning of another scheme', [creds('c', 'https://git.test/a')], 'http://git.test/a/b', 'p', ''],
    [
      'ssh in both ways of writing',
      [creds('c', 'git@git.test:org', { sshPrivateKey: 'k' })],
      'ssh://git@git.test/org/repo.git',
      'p',
      'argocd/c',
    ],
    [
      'a registry with and without its scheme',
      [anEntry('r', { url: 'registry.test/charts', type: 'helm', enableOCI: 'true' })],
      'oci://registry.test/charts',
      'p',
      'argocd/r',
    ],
  ])('takes %s', (_reason, entries, url, project, identity) => {
    expect(chooseAccess(facts(entries), url, project).identity).toBe(identity);
  });

  it('reads every key', () => {
    const entry = anEntry('all', {
      url: 'https://git.test/a',
      username: 'u',
      password: 'p',
      bearerToken: 'b',
      sshPrivateKey: 'k',
      tlsClientCertData: 'cert',
      tlsClientCertKey: 'key',
      insecure: 'true',
      proxy: 'http://proxy',
      noProxy: 'a,b',
      forceHttpBasicAuth: 'true',
      insecureOCIForceHttp: 'true',
      enableLfs: 'true',
    });
    expect(chooseAccess(facts([entry], { authorities: { 'git.test': 'PEM' } }), 'https://git.test/a', 'p')).toEqual({
      identity: 'argocd/all',
      username: 'u',
      password: 'p',
      bearerToken: 'b',
      sshPrivateKey: 'k',
      tls: { clientCertificate: 'cert', clientKey: 'key', skipVerification: true, authorities: 'PEM' },
      skipHostKeys: true,
      proxy: 'http://proxy',
      noProxy: 'a,b',
      forceBasicAuth: true,
      hasLargeFiles: true,
      plainHttp: true,
    });
  });

  it('knows apps of GitHub, also for all repositories of an owner', () => {
    const data = { githubAppID: '7', githubAppPrivateKey: 'KEY', githubAppInstallationID: '8' };
    const entries = [
      anEntry('own', { url: 'https://github.test/o/r' }),
      anEntry('app', { url: 'https://github.test/o', ...data }, 'repo-creds'),
    ];
    expect(chooseAccess(facts(entries), 'https://github.test/o/r', 'p')).toEqual({
      identity: 'argocd/own+argocd/app',
      gitHubApp: { id: '7', privateKey: 'KEY', installationId: '8' },
    });
  });

  it('trusts known hosts and certificates of the control namespace without any secret', () => {
    const known = facts([], { knownHosts: 'h ssh-rsa x', authorities: { 'git.test': 'PEM' } });
    expect(chooseAccess(known, 'git@git.test:a', 'p')).toEqual({ identity: '', knownHosts: 'h ssh-rsa x' });
    expect(chooseAccess(known, 'https://git.test:8443/a', 'p')).toEqual({ identity: '', tls: { authorities: 'PEM' } });
    expect(chooseAccess(known, 'https://constructor/a', 'p')).toEqual({ identity: '' });
  });

  it.each([
    [{ url: 'https://git.test/a', gcpServiceAccountKey: '7' }, 'gcpServiceAccountKey is not supported yet; remove it'],
    [{ url: 'https://git.test/a', useAzureWorkloadIdentity: 'true' }, 'useAzureWorkloadIdentity is not supported yet'],
    [{ url: 'https://git.test/a', type: 'svn' }, 'type "svn" is none of git, helm, oci'],
  ])('refuses %o', (data, message) => {
    expect(() => chooseAccess(facts([anEntry('s', data)]), 'https://git.test/a', 'p')).toThrow(message);
    // What it concerns is refused, nothing else.
    expect(chooseAccess(facts([anEntry('s', data)]), 'https://git.test/b', 'p').identity).toBe('');
  });

  it('knows chart repositories by name, of the project or of all', () => {
    const known = facts([
      anEntry('a', { url: 'https://a.test', type: 'helm', name: 'stable', project: 'q' }),
      anEntry('b', { url: 'https://b.test', type: 'helm', name: 'stable' }),
    ]);
    expect([
      urlOfName(known, '@stable', 'p'),
      urlOfName(known, 'alias:stable', 'q'),
      urlOfName(known, '@x', 'p'),
    ]).toEqual(['https://b.test', 'https://a.test', undefined]);
  });
});
