/** Kinds that a product declares, with rules of their own. */
import { expect, it } from 'vitest';

import type { KindDefinition, KubeObject } from '@argosy/kube';

import { createApiServer, createMemoryStore } from '../../src/index.ts';
import { PORTS } from '../running-cluster.ts';

const DECLARED: KindDefinition<KubeObject<{ readonly names: readonly string[] }>> = {
  group: 'example.com',
  version: 'v1',
  kind: 'List',
  plural: 'lists',
  singular: 'list',
  scope: 'Namespaced',
  statusSubresource: false,
  schema: {
    type: 'object',
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: { type: 'object', properties: { names: { type: 'array', items: { type: 'string' } } } },
    },
  },
  validate: ({ spec }) =>
    (spec?.names ?? []).flatMap((name) =>
      name.startsWith('x') ? [{ reason: 'FieldValueInvalid', field: 'spec.names', message: 'no x' }] : [],
    ),
};

it.each([
  { names: 1, says: 'must be of type array' },
  { names: [1], says: 'must be of type string' },
  { names: ['xa'], says: 'no x' },
])('an object of $names is refused in one sentence', async ({ names, says }) => {
  const server = await createApiServer(
    { store: createMemoryStore(), ...PORTS },
    { kinds: [DECLARED as KindDefinition] },
  );
  const type = { group: 'example.com', version: 'v1', resource: 'lists', kind: 'List', namespaced: true };
  const object = {
    apiVersion: 'example.com/v1',
    kind: 'List',
    metadata: { name: 'a', namespace: 'default' },
    spec: { names },
  };
  await expect(server.client.create(type, object)).rejects.toMatchObject({
    reason: 'Invalid',
    message: expect.stringContaining(says) as string,
  });
  await server.close();
});
