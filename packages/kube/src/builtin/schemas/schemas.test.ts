import { describe, expect, it } from 'vitest';

import type { StructuralSchema } from '../../kinds/index.ts';
import { formatFieldError } from '../../objects/index.ts';
import { unknownFields, validateAgainstSchema } from '../../schemas/index.ts';
import { BUILTIN_SCHEMAS } from '../index.ts';

const schemaOf = (kind: string): StructuralSchema => BUILTIN_SCHEMAS[kind] ?? {};

/** Keyed lists without their keys; a schema that holds itself is looked at once. */
const keyedLists = (schema: StructuralSchema, path: string, seen = new Set<unknown>()): readonly string[] => {
  if (seen.has(schema)) return [];
  seen.add(schema);
  const lacksKey =
    schema['x-kubernetes-list-type'] === 'map' &&
    (schema['x-kubernetes-list-map-keys'] ?? []).some((key) => !schema.items?.properties?.[key]) &&
    schema.items?.['x-kubernetes-preserve-unknown-fields'] !== true;
  return [
    ...(lacksKey ? [path] : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, part]) => keyedLists(part, `${path}.${name}`, seen)),
    ...(schema.items ? keyedLists(schema.items, `${path}[]`, seen) : []),
  ];
};

describe('built-in schemas', () => {
  it.each(Object.keys(BUILTIN_SCHEMAS))('%s: every key of a keyed list is a property of its items', (kind) => {
    expect(keyedLists(schemaOf(kind), kind)).toEqual([]);
  });

  it('know a pod as people write it', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', labels: { app: 'a' } },
      spec: {
        containers: [
          {
            name: 'web',
            image: 'nginx',
            env: [
              { name: 'A', value: '1' },
              { name: 'A', value: '2' },
            ],
            ports: [{ containerPort: 80 }],
            resources: { requests: { cpu: 1, memory: '64Mi' } },
            livenessProbe: { httpGet: { path: '/', port: 'http' } },
            volumeMounts: [{ name: 'v', mountPath: '/v' }],
            contaner: 1,
          },
        ],
        volumes: [{ name: 'v', emptyDir: {} }],
        affinity: { nodeAffinity: { anything: 1 } },
      },
    };
    expect(unknownFields(schemaOf('/Pod'), pod)).toEqual([
      'spec.containers[0].contaner',
      'spec.affinity.nodeAffinity.anything',
    ]);
    expect(validateAgainstSchema(schemaOf('/Pod'), pod)).toEqual([]);
  });

  it('name what is wrong', () => {
    const broken = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {},
      spec: { replicas: '3', template: { spec: {} } },
    };
    expect(validateAgainstSchema(schemaOf('apps/Deployment'), broken).map(formatFieldError)).toEqual([
      'spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"',
      'spec.template.spec.containers: Required value',
    ]);
  });
});
