/**
 * Kubeconfig files, as far as they say how to reach a cluster. @spec https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import yaml from 'js-yaml';

import { Failure, isObject, messageOf } from '@argosy/base';

/** How to reach a cluster. Certificates and keys in PEM. */
export interface ClusterAccess {
  readonly server: string;
  readonly authority?: string;
  readonly skipVerification?: boolean;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly token?: string;
  /** Namespace of the context, `default` if it names none. */
  readonly namespace: string;
}

/** Reads a file's current context, or the one named. Throws Failure `InvalidKubeconfig` naming the file and the field. */
export const readKubeconfig = (file: string, contextName?: string): ClusterAccess => {
  const config = parse(file);
  const wanted = contextName ?? text(config['current-context']);
  if (!wanted) throw invalid(file, 'current-context is not set');
  const context = named(config['contexts'], wanted, 'context') ?? failNamed(file, 'context', wanted);
  const clusterName = text(context['cluster']) ?? '';
  const cluster = named(config['clusters'], clusterName, 'cluster') ?? failNamed(file, 'cluster', clusterName);
  const user = named(config['users'], text(context['user']) ?? '', 'user') ?? {};
  const server = text(cluster['server']);
  if (!server) throw invalid(file, `cluster ${clusterName} has no server`);
  for (const field of ['exec', 'auth-provider', 'username'])
    if (user[field] !== undefined)
      throw invalid(file, `user.${field} is not supported yet; use a client certificate or a token`);
  const material = (of: Readonly<Record<string, unknown>>, field: string): string | undefined =>
    readMaterial(file, of, field);
  const authority = material(cluster, 'certificate-authority');
  const clientCertificate = material(user, 'client-certificate');
  const clientKey = material(user, 'client-key');
  const token =
    text(user['token']) ?? (text(user['tokenFile']) ? readText(file, text(user['tokenFile']) ?? '').trim() : undefined);
  return {
    server: server.replace(/\/+$/, ''),
    ...(authority ? { authority } : {}),
    ...(cluster['insecure-skip-tls-verify'] === true ? { skipVerification: true } : {}),
    ...(clientCertificate ? { clientCertificate } : {}),
    ...(clientKey ? { clientKey } : {}),
    ...(token ? { token } : {}),
    namespace: text(context['namespace']) ?? 'default',
  };
};

type Fields = Readonly<Record<string, unknown>>;

const parse = (file: string): Fields => {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new Failure(
      `kubeconfig ${file} cannot be read: ${messageOf(thrown)}; is the platform running? start it with "argosy up"`,
      { code: 'InvalidKubeconfig', cause: thrown },
    );
  }
  try {
    const parsed = yaml.load(content);
    if (isObject(parsed)) return parsed;
  } catch (thrown) {
    throw invalid(file, messageOf(thrown));
  }
  throw invalid(file, 'it is not an object');
};

const named = (list: unknown, name: string, field: string): Fields | undefined => {
  const found = Array.isArray(list) ? list.find((item) => isObject(item) && item['name'] === name) : undefined;
  const value: unknown = isObject(found) ? found[field] : undefined;
  return isObject(value) ? value : undefined;
};

const failNamed = (file: string, what: string, name: string): never => {
  throw invalid(file, `there is no ${what} ${JSON.stringify(name)}`);
};

/** Either inline (`x-data`, base64) or in a file beside the kubeconfig. */
const readMaterial = (file: string, of: Fields, field: string): string | undefined => {
  const inline = text(of[`${field}-data`]);
  if (inline) return Buffer.from(inline, 'base64').toString('utf8');
  const elsewhere = text(of[field]);
  return elsewhere ? readText(file, elsewhere) : undefined;
};

const readText = (file: string, elsewhere: string): string => {
  try {
    return readFileSync(path.resolve(path.dirname(file), elsewhere), 'utf8');
  } catch (thrown) {
    throw invalid(file, messageOf(thrown));
  }
};

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const invalid = (file: string, why: string): Failure =>
  new Failure(`kubeconfig ${file}: ${why}`, { code: 'InvalidKubeconfig' });
