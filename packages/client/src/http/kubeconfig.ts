/**
 * Kubeconfig files, as far as they say how to reach a cluster and as whom. Several files are one configuration, in
 * which the first to name something wins. @spec https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 */
import { existsSync } from 'node:fs';

import { createSystemClock, type Clock } from '@argosy/base';

import type { ClusterAccess } from './cluster-access.ts';
import type { ExecPorts } from './exec-credentials.ts';
import { invalid, named, parseKubeconfig, readMaterial, text, type ConfigEntry } from './kubeconfig-file.ts';
import { readUser } from './kubeconfig-user.ts';

/** Ports of a kubeconfig's users. */
export interface KubeconfigDeps {
  readonly clock: Clock;
  /** Without it credential plugins are refused: they are programs that run with the rights of this one. */
  readonly plugins?: ExecPorts;
}

/**
 * Reads the current context of a file or of several (as `KUBECONFIG` lists them), or the context named. Files that do
 * not exist are passed over when there are several. Throws Failure `InvalidKubeconfig` naming the file and the field.
 */
export const readKubeconfig = (
  files: string | readonly string[],
  contextName?: string,
  deps: KubeconfigDeps = { clock: createSystemClock() },
): ClusterAccess => {
  const listed = typeof files === 'string' ? [files] : files;
  const present = listed.filter((file) => listed.length === 1 || existsSync(file));
  const configs = present.map(parseKubeconfig);
  const [first = { file: listed.join(', ') || 'KUBECONFIG', fields: {} }] = configs;
  const wanted =
    contextName ?? configs.map(({ fields }) => text(fields['current-context'])).find((name) => name !== undefined);
  if (!wanted) throw invalid(first.file, 'current-context is not set');
  const find = (list: string, name: string, field: string): ConfigEntry => {
    const found = findNamed(configs, { list, name, field });
    if (!found) throw invalid(first.file, `there is no ${field} ${JSON.stringify(name)}`);
    return found;
  };
  const context = find('contexts', wanted, 'context');
  const clusterName = text(context.fields['cluster']) ?? '';
  const cluster = find('clusters', clusterName, 'cluster');
  const userName = text(context.fields['user']);
  const user = userName === undefined ? { file: context.file, fields: {} } : find('users', userName, 'user');
  return {
    ...readCluster(cluster, clusterName),
    ...readUser(deps, user, cluster),
    namespace: text(context.fields['namespace']) ?? 'default',
  };
};

const findNamed = (
  configs: readonly ConfigEntry[],
  wanted: { readonly list: string; readonly name: string; readonly field: string },
): ConfigEntry | undefined => {
  for (const { file, fields } of configs) {
    const found = named(fields[wanted.list], wanted.name, wanted.field);
    if (found) return { file, fields: found };
  }
  return undefined;
};

const readCluster = (
  cluster: ConfigEntry,
  name: string,
): Pick<ClusterAccess, 'server' | 'authority' | 'skipVerification' | 'serverName' | 'proxy'> => {
  const { file, fields } = cluster;
  const server = text(fields['server']);
  if (!server) throw invalid(file, `cluster ${name} has no server`);
  if (!/^https?:\/\//.test(server))
    throw invalid(file, `cluster ${name}: server ${server} is not an http or https URL`);
  const proxy = text(fields['proxy-url']);
  if (proxy && !/^https?:\/\//.test(proxy))
    throw invalid(
      file,
      `cluster ${name}: proxy-url ${proxy.split(':')[0]}: is not supported; use an http or https proxy`,
    );
  const authority = readMaterial(cluster, 'certificate-authority');
  const serverName = text(fields['tls-server-name']);
  return {
    server: server.replace(/\/+$/, ''),
    ...(authority ? { authority } : {}),
    ...(fields['insecure-skip-tls-verify'] === true ? { skipVerification: true } : {}),
    ...(serverName ? { serverName } : {}),
    ...(proxy ? { proxy } : {}),
  };
};
