import { describe, expect, it } from 'vitest';

import { decodeProblem } from './decode-problem.ts';
import { MESSAGES } from './message-table.ts';

const pod = (spec: unknown): unknown => ({ metadata: { name: 'p' }, spec });
const container = (part: object): unknown => pod({ containers: [{ name: 'a', ...part }] });
const field = (word: string, path: string, type: string): string =>
  `json: cannot unmarshal ${word} into Go struct field ${path} of type ${type}`;

const AT = 'JSONSchemaProps.spec.versions.schema.openAPIV3Schema';

describe('decodeProblem', () => {
  it.each<readonly [string, unknown, string | undefined]>([
    ['nothing', container({ image: 'a', command: null, unknown: [1] }), undefined],
    ['a struct', pod('x'), field('string', 'Pod.spec', 'v1.PodSpec')],
    ['metadata', { metadata: 'x' }, field('string', 'Pod.metadata', 'v1.ObjectMeta')],
    ['a text', container({ image: 1 }), field('number', 'Container.spec.containers.image', 'string')],
    [
      'a text with a name',
      pod({ restartPolicy: true }),
      field('bool', 'PodSpec.spec.restartPolicy', 'v1.RestartPolicy'),
    ],
    ['a list', container({ command: 'x' }), field('string', 'Container.spec.containers.command', '[]string')],
    ['an item', pod({ containers: ['a'] }), field('string', 'PodSpec.spec.containers', 'v1.Container')],
    [
      'an item with a name',
      container({ securityContext: { capabilities: { add: [1] } } }),
      field('number', 'Capabilities.spec.containers.securityContext.capabilities.add', 'v1.Capability'),
    ],
    [
      'a list of items with a name',
      container({ securityContext: { capabilities: { add: 'X' } } }),
      field('string', 'Capabilities.spec.containers.securityContext.capabilities.add', '[]v1.Capability'),
    ],
    ['a map', { metadata: { labels: 'x' } }, field('string', 'ObjectMeta.metadata.labels', 'map[string]string')],
    ['a value of a map', { metadata: { labels: { a: 1 } } }, field('number', 'ObjectMeta.metadata.labels', 'string')],
    [
      'a map with a name',
      container({ resources: { limits: [] } }),
      field('array', 'ResourceRequirements.spec.containers.resources.limits', 'v1.ResourceList'),
    ],
    [
      'half a number',
      pod({ activeDeadlineSeconds: 1.5 }),
      field('number 1.5', 'PodSpec.spec.activeDeadlineSeconds', 'int64'),
    ],
    ['too large a number', pod({ priority: 3e9 }), field('number 3000000000', 'PodSpec.spec.priority', 'int32')],
    [
      'a member that stands in another struct',
      pod({ volumes: [{ name: 'v', emptyDir: 1 }] }),
      field('number', 'Volume.spec.volumes.emptyDir', 'v1.EmptyDirVolumeSource'),
    ],
    [
      'a number or a text',
      container({ livenessProbe: { httpGet: { port: true } } }),
      field('bool', 'HTTPGetAction.spec.containers.livenessProbe.httpGet.port', 'int32'),
    ],
    [
      'an amount',
      container({ resources: { limits: { cpu: '1 GB' } } }),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      'an amount of more than one number',
      container({ resources: { limits: { cpu: '10.0.0.1' } } }),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      'the unit of an amount',
      container({ resources: { limits: { cpu: '1KK' } } }),
      "unable to parse quantity's suffix",
    ],
    [
      'a time',
      { metadata: { creationTimestamp: 'xyz' } },
      'parsing time "xyz" as "2006-01-02T15:04:05Z07:00": cannot parse "xyz" as "2006"',
    ],
    [
      'a time without zone',
      { metadata: { creationTimestamp: '2024-01-01T00:00:00' } },
      'parsing time "2024-01-01T00:00:00" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "Z07:00"',
    ],
    [
      'a day that never was',
      { metadata: { creationTimestamp: '2023-02-29T00:00:00Z' } },
      'parsing time "2023-02-29T00:00:00Z": day out of range',
    ],
    ['the first of two', pod({ hostNetwork: 'a', hostPID: 'b' }), field('string', 'PodSpec.spec.hostNetwork', 'bool')],
  ])('%s', (_what, value, want) => {
    expect(decodeProblem(MESSAGES, 'core/v1.Pod', value)).toBe(want);
  });

  it('bytes are base64', () => {
    const secret = (data: unknown): unknown => ({ data });
    expect(decodeProblem(MESSAGES, 'core/v1.Secret', secret({ a: 'Yg==' }))).toBeUndefined();
    expect(decodeProblem(MESSAGES, 'core/v1.Secret', secret({ a: '!!!' }))).toBe('illegal base64 data at input byte 0');
    expect(decodeProblem(MESSAGES, 'core/v1.Secret', secret({ a: 1 }))).toBe(field('number', 'Secret.data', '[]uint8'));
  });

  it.each<readonly [string, unknown, string]>([
    ['a text for a number', { spec: { replicas: '3' } }, 'unrecognized type: int32'],
    ['half a number', { spec: { replicas: 1.5 } }, 'cannot convert float64 to int32'],
    ['a text for a struct', { spec: 'x' }, 'cannot restore struct from: string'],
    ['a map for a list', { spec: { template: { spec: { containers: {} } } } }, 'cannot restore slice from map'],
    ['a number for a text', { metadata: { labels: { a: 1 } } }, 'cannot convert int64 to string'],
    ['a text for a flag', { spec: { paused: 'yes' } }, 'unrecognized type: bool'],
    [
      'a flag for a number or text',
      { spec: { strategy: { rollingUpdate: { maxSurge: true } } } },
      'json: cannot unmarshal bool into Go value of type int32',
    ],
  ])('the converter: %s', (_what, value, want) => {
    expect(decodeProblem(MESSAGES, 'apps/v1.Deployment', value, 'converter')).toBe(want);
  });

  it('microseconds are written out', () => {
    const lease = (renewTime: string): unknown => ({ spec: { renewTime } });
    const layout = '2006-01-02T15:04:05.000000Z07:00';
    expect(decodeProblem(MESSAGES, 'coordination/v1.Lease', lease('2024-01-01T00:00:00.123456Z'))).toBeUndefined();
    expect(decodeProblem(MESSAGES, 'coordination/v1.Lease', lease('2024-01-01T00:00:00Z'))).toBe(
      `parsing time "2024-01-01T00:00:00Z" as "${layout}": cannot parse "Z" as ".000000"`,
    );
  });

  it.each<readonly [string, object, string | undefined]>([
    ['what may be', { properties: { a: { items: { type: 'string' }, additionalProperties: true } } }, undefined],
    ['a word of another type', { properties: { a: { type: 1 } } }, field('number', `${AT}.properties.type`, 'string')],
    ['a schema that is none', { oneOf: ['x'] }, field('string', `${AT}.oneOf`, 'v1.JSONSchemaProps')],
    [
      'a word within what reads itself, which is said of that',
      { properties: { a: { items: { items: { nullable: 'no' } } } } },
      field('string', `${AT}.properties.items`, 'bool'),
    ],
    ['neither a schema nor a flag', { additionalProperties: 'x' }, 'boolean or JSON schema expected'],
    ['what upstream reads as nothing', { items: 'x' }, undefined],
    ['a list of texts', { dependencies: { a: [1] } }, field('number', `${AT}.dependencies`, 'string')],
  ])('schemas of definitions: %s', (_what, openAPIV3Schema, want) => {
    const definition = { spec: { versions: [{ schema: { openAPIV3Schema } }] } };
    expect(decodeProblem(MESSAGES, 'apiextensions/v1.CustomResourceDefinition', definition)).toBe(want);
  });

  it.each([
    ['YQ==', undefined],
    ['YQ==x', 4],
    ['aGVsbG8=x', 8],
    ['a#', 1],
    ['YWI', 0],
  ])('bytes: %s', (a, at) => {
    const problem = at === undefined ? undefined : `illegal base64 data at input byte ${at}`;
    expect(decodeProblem(MESSAGES, 'core/v1.Secret', { data: { a } })).toBe(problem);
  });

  it('says nothing of what it does not know', () => {
    expect(decodeProblem(MESSAGES, 'example/v1.Thing', { spec: 1 })).toBeUndefined();
  });
});
