import { parseManifests } from '@argosy/manifests';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  CRON_WORKFLOWS,
  deleteCronWorkflows,
  getCronWorkflows,
  holdCronWorkflows,
  listCronWorkflows,
  putCronWorkflows,
  submitFrom,
  WORKFLOWS,
  type CronWorkflow,
} from '../src/index.ts';
import { NAMESPACE, runVerb, startCluster, type EmbeddedCluster } from './embedded-cluster.ts';

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

const run = (verb: Parameters<typeof runVerb>[1]) => runVerb(cluster, verb);
const create = (name: string, script: string, more: string) =>
  run((deps) =>
    putCronWorkflows(
      deps,
      parseManifests(
        `
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: ${name}}
spec:
  ${more}
  workflowSpec:
    entrypoint: main
    templates:
      - name: main
        container: {image: any, command: [sh, -c, '${script}']}
`,
        name,
      ),
      { update: false },
    ),
  );
const until = async (name: string, holds: (cron: CronWorkflow) => boolean): Promise<CronWorkflow> => {
  for (const end = Date.now() + 25_000; ;) {
    const cron = await cluster.client.get(CRON_WORKFLOWS, { namespace: NAMESPACE, name });
    if (holds(cron)) return cron;
    if (Date.now() > end) throw new Error(`${name} did not get there: ${JSON.stringify(cron.status)}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
};
const runsOf = async (name: string) =>
  (
    await cluster.client.list(WORKFLOWS, {
      namespace: NAMESPACE,
      labelSelector: `workflows.argoproj.io/cron-workflow=${name}`,
    })
  ).items;

describe('cron workflows', () => {
  it('run on schedule, count, keep a history and stop', { timeout: 30_000 }, async () => {
    await create(
      'ticks',
      'true',
      `schedules: ['@every 1s']\n  stopStrategy: {expression: cronworkflow.succeeded >= 3}\n  successfulJobsHistoryLimit: 1`,
    );
    const stopped = await until(
      'ticks',
      (cron) => cron.status?.phase === 'Stopped' && (cron.status.active ?? []).length === 0,
    );
    expect(stopped.status?.succeeded).toBeGreaterThanOrEqual(3);
    expect(stopped.metadata.labels).toEqual({ 'cronworkflows.argoproj.io/completed': 'true' });
    await expect.poll(async () => (await runsOf('ticks')).length, { timeout: 10_000 }).toBe(1);
    const [last] = await runsOf('ticks');
    expect(last?.metadata.name).toMatch(/^ticks-\d{10}$/);
  });

  it('replace a run that has not ended', { timeout: 30_000 }, async () => {
    await create('replaced', 'sleep 60', `schedules: ['@every 1s']\n  concurrencyPolicy: Replace`);
    const cron = await until('replaced', (one) => (one.status?.failed ?? 0) >= 1);
    expect((cron.status?.active ?? []).length).toBeLessThanOrEqual(2);
    await run((deps) => deleteCronWorkflows(deps, ['replaced'], { all: false }));
    await expect.poll(async () => (await runsOf('replaced')).length, { timeout: 10_000 }).toBe(0);
  });

  it('are held, listed and run by hand', { timeout: 30_000 }, async () => {
    const created = await create('nightly', 'true', `schedules: ['0 3 * * *']\n  timezone: Europe/Berlin`);
    expect(created.out).toMatch(/^Name: +nightly\nNamespace: +default\n[^]*NextScheduledTime: +\d{4}/);
    expect((await run((deps) => holdCronWorkflows(deps, ['nightly'], true))).out).toBe(
      "CronWorkflow 'nightly' suspended\n",
    );
    expect((await run((deps) => listCronWorkflows(deps, { output: '' }))).out).toMatch(
      /nightly +\d+s +N\/A +N\/A +0 3 \* \* \* +Europe\/Berlin +true\n/,
    );
    expect((await run((deps) => holdCronWorkflows(deps, ['nightly'], false))).out).toBe(
      "CronWorkflow 'nightly' resumed\n",
    );
    const submitted = await run((deps) =>
      submitFrom(deps, 'cronworkflow/nightly', { parameters: [], wait: true, output: 'name', timeoutSeconds: 20 }),
    );
    expect(submitted).toEqual({ code: 0, out: expect.stringMatching(/^nightly-\w+\n/) });
    expect((await run((deps) => getCronWorkflows(deps, ['nightly'], { output: 'json' }))).out).toContain('"0 3 * * *"');
  });

  it.each([
    { reason: 'a schedule', more: "schedules: ['61 * * * *']", message: /spec\.schedules\[0\].*malformed/ },
    { reason: 'a zone', more: "schedules: ['* * * * *']\n  timezone: Mars/Base", message: /spec\.timezone/ },
    {
      reason: 'a policy',
      more: "schedules: ['* * * * *']\n  concurrencyPolicy: Never",
      message: /must be one of: Allow, Forbid, Replace/,
    },
    { reason: 'no schedule', more: 'schedules: []', message: /spec\.schedules/ },
  ])('refuse $reason that cannot be', async ({ more, message }) => {
    await expect(create('wrong', 'true', more)).rejects.toThrow(message);
  });

  it('refuse a workflow that could not run', async () => {
    await expect(create('wrong', '{{inputs.parameters.x}}', "schedules: ['* * * * *']")).rejects.toThrow(
      'wrong: templates.main failed to resolve {{inputs.parameters.x}}',
    );
  });
});
