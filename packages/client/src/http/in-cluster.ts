/**
 * How a program inside a pod reaches the cluster it runs in.
 * @spec https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { Failure, messageOf, type Clock } from '@argosy/base';

import type { ClusterAccess } from './cluster-access.ts';
import { tokenFileCredentials } from './token-file.ts';

/** Where the kubelet puts the token of a pod's service account. */
const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Ports of `readInCluster`. */
export interface InClusterDeps {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Default: where the kubelet puts them. */
  readonly folder?: string;
}

/** Whether this process runs inside a pod that was told where its cluster is. */
export const isInCluster = (environment: InClusterDeps['environment']): boolean =>
  Boolean(environment['KUBERNETES_SERVICE_HOST'] && environment['KUBERNETES_SERVICE_PORT']);

/** Reads the address from the environment and the rest from the account's folder. Throws Failure `NotInCluster`. */
export const readInCluster = (deps: InClusterDeps): ClusterAccess => {
  const host = deps.environment['KUBERNETES_SERVICE_HOST'];
  const port = deps.environment['KUBERNETES_SERVICE_PORT'];
  if (!host || !port)
    throw new Failure('not inside a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set', {
      code: 'NotInCluster',
    });
  const folder = deps.folder ?? ACCOUNT_FOLDER;
  const read = (name: string): string => {
    try {
      return readFileSync(path.join(folder, name), 'utf8');
    } catch (thrown) {
      throw new Failure(
        `not inside a cluster: ${messageOf(thrown)}; the pod needs a service account token (automountServiceAccountToken)`,
        { code: 'NotInCluster', cause: thrown },
      );
    }
  };
  read('token');
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    authority: read('ca.crt'),
    credentials: tokenFileCredentials(deps, path.join(folder, 'token')),
    namespace: read('namespace').trim() || 'default',
  };
};
