import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { applyChange, WORKFLOW_TEMPLATES, WORKFLOWS, type Workflow, type WorkflowChange } from '../src/index.ts';
import { NAMESPACE, isEnded, sh, startCluster, type EmbeddedCluster } from './embedded-cluster.ts';

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

const change = async (name: string, wanted: WorkflowChange): Promise<void> => {
  for (;;) {
    const changed = applyChange(
      await cluster.client.get(WORKFLOWS, { namespace: NAMESPACE, name }),
      wanted,
      Date.now(),
    );
    if (!changed.ok) throw new Error(changed.error);
    const written = await cluster.client.update(WORKFLOWS, changed.value).catch(() => undefined);
    if (written) return;
  }
};
const phasesOf = (workflow: Workflow) =>
  Object.fromEntries(Object.values(workflow.status?.nodes ?? {}).map((node) => [node.name, node.phase]));

describe('operations', () => {
  it('resumes a suspended node', async () => {
    await cluster.submit('approve', {
      entrypoint: 'main',
      templates: [
        { name: 'main', steps: [[{ name: 'wait', template: 'wait' }], [{ name: 'go', template: 'go' }]] },
        { name: 'wait', suspend: {} },
        sh('go', 'true'),
      ],
    });
    await cluster.until('approve', (workflow) => phasesOf(workflow)['approve[0].wait'] === 'Running');
    await change('approve', { kind: 'resume', selector: '' });
    expect((await cluster.until('approve', isEnded)).status?.phase).toBe('Succeeded');
  });

  it.each([
    { kind: 'stop' as const, selector: '', message: '', exit: 'Succeeded' },
    { kind: 'terminate' as const, exit: undefined },
  ])('ends a running workflow by $kind', { timeout: 30_000 }, async ({ exit, ...wanted }) => {
    const name = `ends-by-${wanted.kind}`;
    await cluster.submit(name, {
      entrypoint: 'main',
      onExit: 'bye',
      templates: [sh('main', 'sleep 300'), sh('bye', 'true')],
    });
    await cluster.until(name, (workflow) => phasesOf(workflow)[name] === 'Running');
    await change(name, wanted);
    const ended = await cluster.until(name, isEnded);
    expect({ phase: ended.status?.phase, nodes: phasesOf(ended) }).toEqual({
      phase: 'Failed',
      nodes: { [name]: 'Failed', ...(exit ? { [`${name}.onExit`]: exit } : {}) },
    });
  });

  it('fails a workflow at its deadline', { timeout: 30_000 }, async () => {
    await cluster.submit('deadline', {
      entrypoint: 'main',
      activeDeadlineSeconds: 1,
      templates: [sh('main', 'sleep 300')],
    });
    const ended = await cluster.until('deadline', isEnded);
    expect({ phase: ended.status?.phase, message: Object.values(ended.status?.nodes ?? {})[0]?.message }).toEqual({
      phase: 'Failed',
      message: 'Step exceeded its deadline',
    });
  });

  it('runs a template of another object, and keeps what it used', async () => {
    await cluster.client.create(WORKFLOW_TEMPLATES, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'WorkflowTemplate',
      metadata: { name: 'shared', namespace: NAMESPACE },
      spec: {
        entrypoint: 'say',
        arguments: { parameters: [{ name: 'm', value: 'x' }] },
        templates: [
          {
            name: 'say',
            inputs: { parameters: [{ name: 'm' }] },
            container: { image: 'any', command: ['echo'], args: ['{{inputs.parameters.m}}'] },
          },
        ],
      },
    });
    await cluster.submit('by-ref', { workflowTemplateRef: { name: 'shared' } });
    await cluster.submit('by-step', {
      entrypoint: 'main',
      templates: [
        {
          name: 'main',
          steps: [
            [
              {
                name: 'a',
                templateRef: { name: 'shared', template: 'say' },
                arguments: { parameters: [{ name: 'm', value: 'y' }] },
              },
            ],
          ],
        },
      ],
    });
    const [whole, step] = [await cluster.until('by-ref', isEnded), await cluster.until('by-step', isEnded)];
    expect([whole.status?.phase, whole.status?.storedWorkflowTemplateSpec?.entrypoint]).toEqual(['Succeeded', 'say']);
    expect([step.status?.phase, Object.keys(step.status?.storedTemplates ?? {})]).toEqual([
      'Succeeded',
      ['namespaced/shared/say'],
    ]);
  });

  it('refuses what it does not act on by name', async () => {
    const refused = cluster.submit('unsupported', {
      entrypoint: 'main',
      templates: [{ name: 'main', plugin: { hello: {} } }],
    } as unknown as Workflow['spec']);
    await expect(refused).rejects.toThrow(/spec\.templates\[0\]\.plugin.*not supported yet/);
  });

  it('fails a workflow whose entrypoint does not exist', async () => {
    await cluster.submit('no-entry', { entrypoint: 'nope', templates: [sh('main', 'true')] });
    const ended = await cluster.until('no-entry', isEnded);
    expect([ended.status?.phase, ended.status?.message]).toEqual([
      'Failed',
      'invalid spec: spec.entrypoint template nope undefined',
    ]);
  });
});
