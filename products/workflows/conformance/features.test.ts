import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { isApiError, PODS } from '@argosy/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { WORKFLOWS, type Workflow, type WorkflowSpec } from '../src/index.ts';
import { NAMESPACE, isEnded, sh, startCluster, type EmbeddedCluster } from './embedded-cluster.ts';

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

const run = async (name: string, spec: WorkflowSpec): Promise<Workflow> => {
  await cluster.submit(name, spec);
  return cluster.until(name, isEnded, 40);
};
const phasesOf = (workflow: Workflow) =>
  Object.fromEntries(Object.values(workflow.status?.nodes ?? {}).map((node) => [node.name, node.phase]));
const podsOf = async (workflow: string) =>
  (
    await cluster.client.list(PODS, {
      namespace: NAMESPACE,
      labelSelector: `workflows.argoproj.io/workflow=${workflow}`,
    })
  ).items;
const exists = async (name: string): Promise<boolean> => {
  try {
    await cluster.client.get(WORKFLOWS, { namespace: NAMESPACE, name });
    return true;
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound')) return false;
    throw thrown;
  }
};

describe('hooks', () => {
  it('run beside a step and after it, with what it made', { timeout: 40_000 }, async () => {
    const ended = await run('step-hooks', {
      entrypoint: 'main',
      templates: [
        {
          name: 'main',
          steps: [
            [
              {
                name: 'work',
                template: 'work',
                hooks: {
                  running: {
                    expression: 'steps["work"].status == "Running"',
                    template: 'say',
                    arguments: { parameters: [{ name: 'm', value: 'running' }] },
                  },
                  never: {
                    expression: 'steps["work"].status == "Failed"',
                    template: 'say',
                    arguments: { parameters: [{ name: 'm', value: 'failed' }] },
                  },
                  exit: {
                    template: 'say',
                    arguments: { parameters: [{ name: 'm', value: '{{steps.work.outputs.parameters.p}}' }] },
                  },
                },
              },
            ],
          ],
        },
        {
          ...sh('work', 'sleep 0.4; echo -n made > /tmp/p'),
          outputs: { parameters: [{ name: 'p', valueFrom: { path: '/tmp/p' } }] },
        },
        { ...sh('say', 'test -n "{{inputs.parameters.m}}"'), inputs: { parameters: [{ name: 'm' }] } },
      ],
    });
    expect(phasesOf(ended)).toEqual({
      'step-hooks': 'Succeeded',
      'step-hooks[0]': 'Succeeded',
      'step-hooks[0].work': 'Succeeded',
      'step-hooks[0].work.hooks.running': 'Succeeded',
      'step-hooks[0].work.onExit': 'Succeeded',
    });
    const exit = Object.values(ended.status?.nodes ?? {}).find((node) => node.name.endsWith('.onExit'));
    expect(exit?.inputs?.parameters).toEqual([{ name: 'm', value: 'made' }]);
  });

  it('of the workflow see its status', { timeout: 40_000 }, async () => {
    const ended = await run('wf-hooks', {
      entrypoint: 'main',
      hooks: {
        running: { expression: 'workflow.status == "Running"', template: 'say' },
        exit: { template: 'last' },
      },
      templates: [
        sh('main', 'sleep 0.3; exit 1'),
        sh('say', 'true'),
        sh('last', 'test "{{workflow.status}}" = Failed'),
      ],
    });
    expect([ended.status?.phase, phasesOf(ended)]).toEqual([
      'Failed',
      { 'wf-hooks': 'Failed', 'wf-hooks.hooks.running': 'Succeeded', 'wf-hooks.onExit': 'Succeeded' },
    ]);
  });
});

describe('daemons', () => {
  it('serve the steps after them, and end with their template', { timeout: 40_000 }, async () => {
    const ended = await run('daemon', {
      entrypoint: 'main',
      templates: [
        {
          name: 'main',
          steps: [
            [{ name: 'server', template: 'server' }],
            [
              {
                name: 'client',
                template: 'client',
                arguments: { parameters: [{ name: 'ip', value: '{{steps.server.ip}}' }] },
              },
            ],
          ],
        },
        { ...sh('server', 'sleep 300'), daemon: true },
        { ...sh('client', 'test -n "{{inputs.parameters.ip}}"'), inputs: { parameters: [{ name: 'ip' }] } },
      ],
    });
    expect([ended.status?.phase, phasesOf(ended)['daemon[0].server']]).toEqual(['Succeeded', 'Succeeded']);
    await expect
      .poll(async () => (await podsOf('daemon')).map((pod) => pod.status?.phase), { timeout: 15_000 })
      .not.toContain('Running');
  });
});

describe('limits', () => {
  /** The most pods that ran at once. */
  const widest = (workflow: Workflow): number => {
    const times = Object.values(workflow.status?.nodes ?? {})
      .filter((node) => node.type === 'Pod')
      .flatMap((node) => [
        { at: node.startedAt ?? '', by: 1 },
        { at: node.finishedAt ?? '', by: -1 },
      ])
      .sort((left, right) => (left.at === right.at ? left.by - right.by : left.at < right.at ? -1 : 1));
    let now = 0;
    return Math.max(...times.map(({ by }) => (now += by)));
  };

  it('hold the pods of a workflow', { timeout: 40_000 }, async () => {
    const ended = await run('par-wf', {
      entrypoint: 'main',
      parallelism: 1,
      templates: [
        { name: 'main', steps: [[{ name: 's', template: 'one', withItems: [1, 2, 3] }]] },
        sh('one', 'sleep 1.1'),
      ],
    });
    expect([ended.status?.phase, widest(ended)]).toEqual(['Succeeded', 1]);
  });

  it('hold the children of a template', { timeout: 40_000 }, async () => {
    const ended = await run('par-tmpl', {
      entrypoint: 'main',
      templates: [
        { name: 'main', parallelism: 2, steps: [[{ name: 's', template: 'one', withItems: [1, 2, 3, 4] }]] },
        sh('one', 'sleep 1.1'),
      ],
    });
    expect([ended.status?.phase, widest(ended)]).toEqual(['Succeeded', 2]);
  });

  it('start nothing more after a failure with failFast', { timeout: 40_000 }, async () => {
    const ended = await run('fail-fast', {
      entrypoint: 'main',
      templates: [
        {
          name: 'main',
          parallelism: 1,
          failFast: true,
          steps: [[{ name: 's', template: 'one', withItems: [1, 2, 3] }]],
        },
        sh('one', 'exit 1'),
      ],
    });
    expect(Object.values(ended.status?.nodes ?? {}).filter((node) => node.type === 'Pod').length).toBe(1);
    expect(Object.values(ended.status?.nodes ?? {}).find((node) => node.type === 'StepGroup')?.message).toBe(
      'template has failed or errored children and failFast enabled',
    );
  });
});

describe('what is left behind', () => {
  it('pods go when the strategy says so', { timeout: 40_000 }, async () => {
    const spec = (strategy: string): WorkflowSpec => ({
      entrypoint: 'main',
      podGC: { strategy, deleteDelayDuration: '0s' },
      templates: [
        {
          name: 'main',
          steps: [
            [
              { name: 'good', template: 'good' },
              { name: 'bad', template: 'bad', continueOn: { failed: true } },
            ],
          ],
        },
        sh('good', 'true'),
        sh('bad', 'false'),
      ],
    });
    await Promise.all(
      ['OnPodCompletion', 'OnPodSuccess', 'OnWorkflowSuccess'].map((strategy) =>
        run(strategy.toLowerCase(), spec(strategy)),
      ),
    );
    const left = async (name: string) => (await podsOf(name)).map((pod) => pod.status?.phase);
    await expect.poll(() => left('onpodcompletion'), { timeout: 10_000 }).toEqual([]);
    await expect.poll(() => left('onpodsuccess'), { timeout: 10_000 }).toEqual(['Failed']);
    await expect.poll(() => left('onworkflowsuccess'), { timeout: 10_000 }).toEqual([]);
  });

  it('pods go while their workflow still runs', { timeout: 40_000 }, async () => {
    await cluster.submit('early', {
      entrypoint: 'main',
      podGC: { strategy: 'OnPodCompletion', deleteDelayDuration: '0s' },
      templates: [
        { name: 'main', steps: [[{ name: 'a', template: 'a' }], [{ name: 'b', template: 'b' }]] },
        sh('a', 'true'),
        sh('b', 'sleep 60'),
      ],
    });
    await cluster.until('early', (workflow) => phasesOf(workflow)['early[1].b'] === 'Running');
    await expect.poll(async () => (await podsOf('early')).length, { timeout: 10_000 }).toBe(1);
    await cluster.client.delete(WORKFLOWS, { namespace: NAMESPACE, name: 'early' });
  });

  it('a workflow goes when its time to live is over', { timeout: 40_000 }, async () => {
    await run('short-lived', {
      entrypoint: 'main',
      ttlStrategy: { secondsAfterSuccess: 1 },
      templates: [sh('main', 'true')],
    });
    await run('long-lived', {
      entrypoint: 'main',
      ttlStrategy: { secondsAfterSuccess: 1 },
      templates: [sh('main', 'false')],
    });
    await expect.poll(() => exists('short-lived'), { timeout: 10_000 }).toBe(false);
    expect(await exists('long-lived')).toBe(true);
  });
});

describe('git artifacts', () => {
  it('are cloned at their revision', { timeout: 40_000 }, async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-git-'));
    const git = (...args: string[]): void =>
      void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
        cwd: folder,
        stdio: 'ignore',
      });
    git('init', '--initial-branch=main');
    fs.writeFileSync(path.join(folder, 'a.txt'), 'first');
    git('add', '.');
    git('commit', '-m', 'one');
    git('tag', 'v1');
    fs.writeFileSync(path.join(folder, 'a.txt'), 'second');
    git('commit', '-am', 'two');
    const spec = (revision: string): WorkflowSpec => ({
      entrypoint: 'main',
      templates: [
        {
          ...sh('main', 'test "$(cat /src/a.txt)" = first'),
          inputs: { artifacts: [{ name: 'source', path: '/src', git: { repo: `file://${folder}`, revision } }] },
        },
      ],
    });
    const [tagged, branch, missing] = await Promise.all([
      run('git-tag', spec('v1')),
      run('git-main', spec('main')),
      run('git-nope', spec('nope')),
    ]);
    expect([tagged.status?.phase, branch.status?.phase]).toEqual(['Succeeded', 'Failed']);
    expect([missing.status?.phase, Object.values(missing.status?.nodes ?? {})[0]?.message]).toEqual([
      'Error',
      expect.stringContaining('git'),
    ]);
    fs.rmSync(folder, { recursive: true, force: true });
  });
});
