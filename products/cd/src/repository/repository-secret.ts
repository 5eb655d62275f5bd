/**
 * Secrets that say how repositories are reached.
 * @spec CD-REPO-01, CD-REPO-02, CD-REPO-05
 */
import type { Secret } from '@argosy/kube';
import type { GitHubApp, RepositoryAccess } from '@argosy/manifests';

/** Label that makes a Secret one of repositories. */
export const SECRET_TYPE_LABEL = 'argocd.argoproj.io/secret-type';

/** What a Secret says. */
export interface RepositoryEntry {
  /** Of one repository, or of all whose address begins so. */
  readonly kind: 'repository' | 'repo-creds';
  /** The Secret, as `namespace/name`. */
  readonly secret: string;
  readonly url: string;
  readonly type: 'git' | 'helm' | 'oci';
  /** The name by which charts refer to it. */
  readonly name: string;
  /** The only project that may use it; empty for all. */
  readonly project: string;
  readonly access: RepositoryAccess;
  /** Why it cannot be used, naming the key; `undefined` when it can. */
  readonly problem: string | undefined;
}

/** Keys that ask for what is not there; a repository that needs one is refused instead of read otherwise. */
const UNSUPPORTED = ['gcpServiceAccountKey', 'useAzureWorkloadIdentity', 'azureServicePrincipalClientId'];

/** Reads a Secret; `undefined` for one of another type. */
export const readRepositorySecret = (secret: Secret): RepositoryEntry | undefined => {
  const kind = secret.metadata.labels?.[SECRET_TYPE_LABEL];
  if (kind !== 'repository' && kind !== 'repo-creds') return undefined;
  const text = (key: string): string => Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8');
  const flag = (key: string): boolean => text(key).trim().toLowerCase() === 'true';
  const name = `${secret.metadata.namespace ?? ''}/${secret.metadata.name ?? ''}`;
  const type = text('type').trim();
  return {
    kind,
    secret: name,
    url: text('url').trim(),
    type: type === 'helm' || type === 'oci' ? type : repositoryTypeOf(text('url')),
    name: text('name').trim(),
    project: text('project').trim(),
    access: readAccess(name, text, flag),
    problem: problemOf({ name, type, url: text('url') }, (key) => !['', 'false'].includes(text(key).trim())),
  };
};

/** The type of a repository whose Secret names none. @spec vectors cd-repo-type */
const repositoryTypeOf = (url: string): 'git' | 'oci' => (url.startsWith('oci://') ? 'oci' : 'git');

const problemOf = (
  { name, type, url }: { readonly name: string; readonly type: string; readonly url: string },
  isSet: (key: string) => boolean,
): string | undefined => {
  if (url.trim() === '') return `repository secret ${name}: url is not set`;
  if (!['', 'git', 'helm', 'oci'].includes(type))
    return `repository secret ${name}: type ${JSON.stringify(type)} is none of git, helm, oci`;
  const key = UNSUPPORTED.find(isSet);
  return key === undefined ? undefined : `repository secret ${name}: ${key} is not supported yet; remove it`;
};

const readApp = (text: (key: string) => string): GitHubApp => ({
  id: text('githubAppID').trim(),
  privateKey: text('githubAppPrivateKey'),
  ...(text('githubAppInstallationID') && { installationId: text('githubAppInstallationID').trim() }),
  ...(text('githubAppEnterpriseBaseUrl') && { baseUrl: text('githubAppEnterpriseBaseUrl').trim() }),
});

const readAccess = (
  identity: string,
  text: (key: string) => string,
  flag: (key: string) => boolean,
): RepositoryAccess => {
  const [username, password, bearerToken] = [text('username'), text('password'), text('bearerToken')];
  const [certificate, key] = [text('tlsClientCertData'), text('tlsClientCertKey')];
  const isInsecure = flag('insecure');
  const tls = {
    ...(certificate && { clientCertificate: certificate }),
    ...(key && { clientKey: key }),
    ...(isInsecure && { skipVerification: true }),
  };
  return {
    identity,
    ...(username && { username }),
    ...(password && { password }),
    ...(bearerToken && { bearerToken }),
    ...(text('githubAppPrivateKey') && text('githubAppID') && { gitHubApp: readApp(text) }),
    ...(text('sshPrivateKey') && { sshPrivateKey: text('sshPrivateKey') }),
    ...(Object.keys(tls).length > 0 && { tls }),
    ...((isInsecure || flag('insecureIgnoreHostKey')) && { skipHostKeys: true }),
    ...(text('proxy') && { proxy: text('proxy').trim() }),
    ...(text('noProxy') && { noProxy: text('noProxy').trim() }),
    ...(flag('forceHttpBasicAuth') && { forceBasicAuth: true }),
    ...(flag('enableLfs') && { hasLargeFiles: true }),
    ...(flag('insecureOCIForceHttp') && { plainHttp: true }),
  };
};
