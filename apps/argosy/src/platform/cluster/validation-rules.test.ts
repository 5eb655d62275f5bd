import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSystemClock, createSystemRandom, silentLogger } from '@argosy/base';
import { createApiServer, createMemoryStore, type ApiServer } from '@argosy/cluster';
import { CUSTOM_RESOURCE_DEFINITIONS, type CustomResourceDefinition } from '@argosy/kube';

import { CEL_RULES } from './validation-rules.ts';

const ports = { clock: createSystemClock(), random: createSystemRandom(), log: silentLogger };

const aDefinition = (maxItems: number, more: object = {}): CustomResourceDefinition => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'lists.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'lists', singular: 'list', kind: 'List', listKind: 'ListList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              items: {
                type: 'array',
                maxItems,
                items: { type: 'string', maxLength: 20 },
                'x-kubernetes-validations': [{ rule: 'self.all(x, self.exists(y, x == y))' }],
              },
            },
          },
        },
        ...more,
      },
    ],
  },
});

describe('the costs of rules of a CustomResourceDefinition', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await createApiServer({ store: createMemoryStore(), ...ports }, { kinds: [], rules: CEL_RULES });
  });
  afterAll(() => server.close());

  it('are judged when it is written', async () => {
    const { client } = server;
    await expect(client.create(CUSTOM_RESOURCE_DEFINITIONS, aDefinition(2000))).rejects.toMatchObject({
      reason: 'Invalid',
      message: expect.stringMatching(
        /spec\.validation\.openAPIV3Schema\.properties\[items\]\.x-kubernetes-validations\[0\]\.rule: Forbidden: estimated rule cost exceeds budget by factor of \d\.\dx \(try simplifying the rule, or adding maxItems/,
      ),
    });
    await client.create(CUSTOM_RESOURCE_DEFINITIONS, aDefinition(500));
    await expect(
      client.patch(CUSTOM_RESOURCE_DEFINITIONS, { name: 'lists.example.com' }, {
        kind: 'merge',
        patch: { spec: { versions: aDefinition(2000).spec?.versions } },
      } as Parameters<typeof client.patch>[2]),
    ).rejects.toMatchObject({ reason: 'Invalid' });
  });

  it('are told of the whole schema, too', async () => {
    const message = expect.stringMatching(
      /spec\.validation\.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x/,
    );
    await expect(server.client.create(CUSTOM_RESOURCE_DEFINITIONS, aDefinition(1_000_000))).rejects.toMatchObject({
      message,
    });
  });
});
