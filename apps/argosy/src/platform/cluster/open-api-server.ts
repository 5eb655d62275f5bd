/**
 * The API server of the platform: what it keeps, the kinds it serves, and whom it trusts.
 */
import path from 'node:path';

import {
  API_SERVER_NAMES,
  createApiServer,
  createMemoryStore,
  createPki,
  ensurePki,
  openLmdbStore,
  type ApiServer,
  type Pki,
} from '@argosy/cluster';
import { isApiError, NAMESPACES } from '@argosy/kube';

import type { Lifetime } from '../machine/lifetime.ts';
import type { MachinePorts, PlatformOptions } from '../platform-options.ts';
import { PRODUCT_KINDS } from '../products/products.ts';
import { CONTROL_NAMESPACE } from './control-namespace.ts';
import { CEL_CONDITIONS, CEL_RULES } from './validation-rules.ts';

/** Opens it with the namespace of the controllers in it; it does not listen yet. */
export const openApiServer = async (
  ports: MachinePorts,
  of: { readonly folder: string; readonly options: PlatformOptions },
  lifetime: Lifetime,
): Promise<{ readonly server: ApiServer; readonly pki: Pki }> => {
  const store = of.options.inMemory
    ? createMemoryStore()
    : openLmdbStore({ ...ports, directory: path.join(of.folder, 'store') });
  const extensions = { kinds: PRODUCT_KINDS, rules: CEL_RULES, conditions: CEL_CONDITIONS };
  const server = await createApiServer({ store, ...ports }, extensions);
  lifetime.onEnd(() => server.close());
  const pki = await preparePki(ports, of);
  await ensureNamespace(server, CONTROL_NAMESPACE);
  return { server, pki };
};

const preparePki = (
  ports: MachinePorts,
  of: { readonly folder: string; readonly options: PlatformOptions },
): Promise<Pki> => {
  const hosts = [...new Set(['127.0.0.1', 'localhost', '::1', of.options.host, ...API_SERVER_NAMES])];
  return of.options.inMemory ? createPki(ports, hosts) : ensurePki(ports, { directory: of.folder, hosts });
};

const ensureNamespace = async (server: ApiServer, name: string): Promise<void> => {
  try {
    await server.client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  } catch (thrown) {
    if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
  }
};
