import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Workflow, type WorkflowSpec } from '../src/index.ts';
import { isEnded, startCluster, type EmbeddedCluster } from './embedded-cluster.ts';

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

const run = async (name: string, spec: WorkflowSpec): Promise<Workflow> => {
  await cluster.submit(name, spec);
  return cluster.until(name, isEnded, 30);
};
const test = (name: string, inputs: NonNullable<WorkflowSpec['templates']>[number]['inputs'], check: string) => ({
  name,
  inputs,
  container: { image: 'any', command: ['sh', '-c'], args: [check] },
});

describe('inputs', () => {
  it('of the declaration read the workflow and each other', { timeout: 30_000 }, async () => {
    const ended = await run('declared', {
      entrypoint: 'main',
      arguments: { parameters: [{ name: 'who', value: 'world' }] },
      templates: [
        test(
          'main',
          {
            parameters: [
              { name: 'greeting', value: 'hello {{workflow.parameters.who}}' },
              { name: 'loud', default: '{{= sprig.upper(inputs.parameters.greeting) }}' },
            ],
          },
          'test "{{inputs.parameters.loud}}" = "HELLO WORLD"',
        ),
      ],
    });
    expect([ended.status?.phase, Object.values(ended.status?.nodes ?? {})[0]?.inputs?.parameters]).toEqual([
      'Succeeded',
      [
        { name: 'greeting', value: 'hello world' },
        { name: 'loud', default: '{{= sprig.upper(inputs.parameters.greeting) }}', value: 'HELLO WORLD' },
      ],
    ]);
  });

  it('given by a step are data: a tag that a pod printed stays text', { timeout: 30_000 }, async () => {
    const ended = await run('data', {
      entrypoint: 'main',
      templates: [
        {
          name: 'main',
          steps: [
            [{ name: 'print', template: 'print' }],
            [
              {
                name: 'show',
                template: 'show',
                arguments: { parameters: [{ name: 'p', value: '{{steps.print.outputs.result}}' }] },
              },
            ],
          ],
        },
        test('print', undefined, 'printf "{%s{workflow.name}}" ""'),
        test('show', { parameters: [{ name: 'p' }] }, 'true'),
      ],
    });
    const show = Object.values(ended.status?.nodes ?? {}).find((node) => node.displayName === 'show');
    expect([ended.status?.phase, show?.inputs?.parameters]).toEqual([
      'Succeeded',
      [{ name: 'p', value: '{{workflow.name}}' }],
    ]);
  });

  it('that are optional and not given are passed on as not given', { timeout: 30_000 }, async () => {
    const optional = { artifacts: [{ name: 'file', path: '/tmp/in', optional: true }] };
    const ended = await run('optional', {
      entrypoint: 'main',
      templates: [
        {
          name: 'main',
          inputs: { artifacts: [{ name: 'file', optional: true }] },
          steps: [
            [
              {
                name: 'a',
                template: 'a',
                arguments: { artifacts: [{ name: 'file', from: '{{inputs.artifacts.file}}' }] },
              },
            ],
          ],
        },
        test('a', optional, 'test ! -e /tmp/in'),
      ],
    });
    expect(ended.status?.phase).toBe('Succeeded');
  });

  it('that are optional may have an empty address', { timeout: 30_000 }, async () => {
    const empty = { artifacts: [{ name: 'file', path: '/tmp/in', optional: true, http: { url: '' } }] };
    expect((await run('empty', { entrypoint: 'main', templates: [test('main', empty, 'true')] })).status?.phase).toBe(
      'Succeeded',
    );
  });
});

describe('sidecars', () => {
  it('end with the main container', { timeout: 60_000 }, async () => {
    const ended = await run('sidecar', {
      entrypoint: 'main',
      templates: [
        {
          name: 'main',
          volumes: [{ name: 'shared', emptyDir: {} }],
          container: {
            image: 'any',
            command: ['sh', '-c', 'until test -e /shared/ready; do sleep 0.05; done; exit 3'],
            volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
          },
          sidecars: [
            {
              name: 'side',
              image: 'any',
              mirrorVolumeMounts: true,
              command: ['sh', '-c', 'touch /shared/ready; trap "exit 9" TERM; while :; do sleep 0.1; done'],
            },
          ],
        },
      ],
    });
    // What the sidecar says at its end is nobody's business.
    expect([ended.status?.phase, ended.status?.message]).toEqual(['Failed', 'main: Error (exit code 3)']);
  });
});
