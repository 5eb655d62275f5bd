/**
 * The user of a kubeconfig: where credentials come from, and on whose behalf requests are made.
 */
import { isObject } from '@argosy/base';

import { fixedCredentials, type ClusterAccess, type Credentials, type Impersonation } from './cluster-access.ts';
import { EXEC_API_VERSIONS, execCredentials, type ExecPlugin } from './exec-credentials.ts';
import type { KubeconfigDeps } from './kubeconfig.ts';
import { besideOf, invalid, readMaterial, text, type ConfigEntry } from './kubeconfig-file.ts';
import { tokenFileCredentials } from './token-file.ts';

/** Reads a user; `cluster` is told to plugins that ask for it. Throws Failure `InvalidKubeconfig`. */
export const readUser = (
  deps: KubeconfigDeps,
  user: ConfigEntry,
  cluster: ConfigEntry,
): Pick<ClusterAccess, 'credentials' | 'impersonate'> => {
  if (user.fields['auth-provider'] !== undefined)
    throw invalid(user.file, 'user.auth-provider was removed from Kubernetes in 1.26; use user.exec');
  const impersonate = readImpersonation(user);
  return { credentials: readCredentials(deps, user, cluster), ...(impersonate ? { impersonate } : {}) };
};

const readCredentials = (
  deps: KubeconfigDeps,
  user: ConfigEntry,
  cluster: ConfigEntry,
): ClusterAccess['credentials'] => {
  const { fields } = user;
  const fixed = readFixed(user);
  // client-go prefers what is written down to what must be asked for.
  const tokenFile = text(fields['tokenFile']);
  if (tokenFile) return tokenFileCredentials(deps, besideOf(user, tokenFile), fixed);
  if (!isObject(fields['exec'])) return fixedCredentials(fixed);
  const plugin = readPlugin(user, fields['exec'], cluster);
  if (!deps.plugins)
    throw invalid(user.file, 'user.exec: credential plugins are not run here; use a token or certificate');
  return execCredentials({ ...deps.plugins, clock: deps.clock }, plugin);
};

const readFixed = (user: ConfigEntry): Credentials => {
  const { fields } = user;
  const clientCertificate = readMaterial(user, 'client-certificate');
  const clientKey = readMaterial(user, 'client-key');
  if (Boolean(clientCertificate) !== Boolean(clientKey))
    throw invalid(user.file, 'user.client-certificate and user.client-key are only of use together');
  const token = text(fields['token']);
  const username = text(fields['username']);
  return {
    ...(clientCertificate && clientKey ? { clientCertificate, clientKey } : {}),
    ...(token ? { token } : {}),
    ...(username && !token ? { basic: { username, password: text(fields['password']) ?? '' } } : {}),
  };
};

const readPlugin = (user: ConfigEntry, exec: ConfigEntry['fields'], cluster: ConfigEntry): ExecPlugin => {
  const apiVersion = text(exec['apiVersion']) ?? '';
  if (!EXEC_API_VERSIONS.includes(apiVersion))
    throw invalid(
      user.file,
      `user.exec.apiVersion ${JSON.stringify(apiVersion)}: use ${EXEC_API_VERSIONS.join(' or ')}`,
    );
  const command = text(exec['command']);
  if (!command) throw invalid(user.file, 'user.exec.command is not set');
  const installHint = text(exec['installHint']);
  return {
    apiVersion,
    // A path is meant from the kubeconfig's folder; a bare name is looked for in PATH.
    command: command.includes('/') ? besideOf(user, command) : command,
    args: Array.isArray(exec['args']) ? exec['args'].map(String) : [],
    environment: readEnvironment(exec['env']),
    ...(installHint ? { installHint } : {}),
    ...(exec['provideClusterInfo'] === true ? { cluster: describeCluster(cluster) } : {}),
    interactiveMode: readInteractiveMode(user, exec['interactiveMode']),
  };
};

const readEnvironment = (env: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (Array.isArray(env) ? env : [])
      .filter(isObject)
      .map(({ name, value }) => [text(name) ?? '', typeof value === 'string' ? value : ''] as const)
      .filter(([name]) => name !== ''),
  );

const readInteractiveMode = (user: ConfigEntry, mode: unknown): ExecPlugin['interactiveMode'] => {
  if (mode === undefined) return 'IfAvailable';
  if (mode === 'Never' || mode === 'IfAvailable' || mode === 'Always') return mode;
  throw invalid(user.file, `user.exec.interactiveMode ${JSON.stringify(mode)}: use Never, IfAvailable or Always`);
};

const describeCluster = (cluster: ConfigEntry): Readonly<Record<string, unknown>> => {
  const { fields } = cluster;
  const authority = readMaterial(cluster, 'certificate-authority');
  return {
    server: fields['server'],
    ...(fields['tls-server-name'] ? { 'tls-server-name': fields['tls-server-name'] } : {}),
    ...(fields['insecure-skip-tls-verify'] === true ? { 'insecure-skip-tls-verify': true } : {}),
    ...(authority ? { 'certificate-authority-data': Buffer.from(authority).toString('base64') } : {}),
    ...(fields['proxy-url'] ? { 'proxy-url': fields['proxy-url'] } : {}),
    config: execExtension(fields['extensions']),
  };
};

/** What the cluster's entry holds for plugins. */
const execExtension = (extensions: unknown): unknown => {
  const found = (Array.isArray(extensions) ? extensions : [])
    .filter(isObject)
    .find(({ name }) => name === 'client.authentication.k8s.io/exec');
  return found?.['extension'] ?? null;
};

const readImpersonation = ({ file, fields }: ConfigEntry): Impersonation | undefined => {
  const user = text(fields['as']);
  const uid = text(fields['as-uid']);
  const groups = Array.isArray(fields['as-groups']) ? fields['as-groups'].map(String) : [];
  const extra = isObject(fields['as-user-extra']) ? fields['as-user-extra'] : {};
  if (!user) {
    if (uid || groups.length > 0 || Object.keys(extra).length > 0)
      throw invalid(file, 'user.as-uid, as-groups and as-user-extra need user.as');
    return undefined;
  }
  const values = Object.entries(extra).map(([key, of]) => [key, Array.isArray(of) ? of.map(String) : []] as const);
  return { user, ...(uid ? { uid } : {}), groups, extra: Object.fromEntries(values) };
};
