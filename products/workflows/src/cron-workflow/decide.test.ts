import { parseTimestamp } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import type { CronWorkflow, CronWorkflowSpec, CronWorkflowStatus } from '../api/cron-workflow.ts';
import type { Workflow, WorkflowPhase } from '../api/kinds.ts';
import { decideCronWorkflow, type CronDecision } from './decide.ts';

const at = (time: string): number => parseTimestamp(`2026-01-01T${time}Z`)!;
const aCron = (spec: Partial<CronWorkflowSpec> = {}, status: CronWorkflowStatus = {}): CronWorkflow => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'CronWorkflow',
  metadata: { name: 'c', namespace: 'n', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { schedules: ['*/10 * * * *'], workflowSpec: { entrypoint: 'main' }, ...spec },
  status,
});
const aRun = (name: string, phase: WorkflowPhase, finishedAt?: string): Workflow => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Workflow',
  metadata: { name, namespace: 'n', uid: name },
  status: { phase, ...(finishedAt ? { finishedAt: `2026-01-01T${finishedAt}Z` } : {}) },
});
const decide = (
  cron: CronWorkflow,
  { since = '00:00:00', now = '00:10:00', runs = [] as Workflow[], problem = undefined as string | undefined } = {},
): CronDecision => decideCronWorkflow({ cron, runs, consideredUntil: at(since), now: at(now), problem });
const verbs = (decision: CronDecision): readonly string[] =>
  decision.actions.map((action) =>
    action.kind === 'createRun' ? `create ${action.workflow.metadata.name}` : `${action.kind} ${action.name}`,
  );

describe('a cron workflow', () => {
  it('starts a run when it is due and says when the next is', () => {
    const decision = decide(aCron({ workflowMetadata: { labels: { team: 'web' } } }));
    expect({ verbs: verbs(decision), due: decision.dueAt, last: decision.status.lastScheduledTime }).toEqual({
      verbs: [`create c-${at('00:10:00') / 1000}`],
      due: at('00:20:00'),
      last: '2026-01-01T00:10:00Z',
    });
    const [action] = decision.actions;
    expect(action?.kind === 'createRun' && action.workflow.metadata).toMatchObject({
      labels: { team: 'web', 'workflows.argoproj.io/cron-workflow': 'c' },
      annotations: { 'workflows.argoproj.io/scheduled-time': '2026-01-01T00:10:00Z' },
      ownerReferences: [{ kind: 'CronWorkflow', uid: 'u', controller: true }],
    });
  });

  it.each([
    { reason: 'not before', cron: aCron(), when: { now: '00:09:59' }, runs: 0 },
    { reason: 'not while suspended', cron: aCron({ suspend: true }), when: {}, runs: 0 },
    {
      reason: 'not twice',
      cron: aCron({}, { lastScheduledTime: '2026-01-01T00:10:00Z' }),
      when: { now: '00:10:30' },
      runs: 0,
    },
    {
      reason: 'not what was due before anybody looked',
      cron: aCron(),
      when: { since: '00:10:30', now: '00:10:30' },
      runs: 0,
    },
    { reason: 'the latest of many', cron: aCron(), when: { now: '03:00:05' }, runs: 1 },
    {
      reason: 'one for two schedules at one time',
      cron: aCron({ schedules: ['*/10 * * * *', '*/5 * * * *'] }),
      when: {},
      runs: 1,
    },
    { reason: 'one for each time', cron: aCron({ schedules: ['*/10 * * * *', '7 * * * *'] }), when: {}, runs: 2 },
    { reason: 'in its zone', cron: aCron({ schedules: ['10 1 * * *'], timezone: 'Europe/Berlin' }), when: {}, runs: 1 },
    {
      reason: 'not when the condition is false',
      cron: aCron({ when: '{{= cronworkflow.failed > 0 }}' }),
      when: {},
      runs: 0,
    },
    {
      reason: 'when the condition is true',
      cron: aCron({ when: "'{{cronworkflow.name}}' == 'c'" }),
      when: {},
      runs: 1,
    },
    {
      reason: 'by the time since the last run',
      cron: aCron(
        {
          when: '{{= cronworkflow.lastScheduledTime == nil || (now() - cronworkflow.lastScheduledTime).Minutes() > 30 }}',
        },
        { lastScheduledTime: '2026-01-01T00:00:00Z' },
      ),
      when: {},
      runs: 0,
    },
    { reason: 'not a workflow that cannot run', cron: aCron(), when: { problem: 'templates.main …' }, runs: 0 },
    {
      reason: 'every hour, however often it is looked at',
      cron: aCron({ schedules: ['@every 1h'] }),
      when: { since: '00:59:00', now: '01:00:00' },
      runs: 1,
    },
  ])('$reason', ({ cron, when, runs }) => {
    expect(decide(cron, when).actions.filter((action) => action.kind === 'createRun').length).toBe(runs);
  });

  it.each([
    { policy: 'Allow', wanted: ['create'] },
    { policy: 'Forbid', wanted: [] },
    { policy: 'Replace', wanted: ['terminateRun', 'create'] },
  ])('with $policy', ({ policy, wanted }) => {
    const decision = decide(aCron({ concurrencyPolicy: policy }), { runs: [aRun('old', 'Running')] });
    expect(verbs(decision).map((verb) => verb.split(' ')[0])).toEqual(wanted);
  });

  it('counts what has ended once, and keeps a history', () => {
    const runs = [
      aRun('s1', 'Succeeded', '00:01:00'),
      aRun('s2', 'Succeeded', '00:02:00'),
      aRun('s3', 'Succeeded', '00:03:00'),
      aRun('s4', 'Succeeded', '00:04:00'),
      aRun('f1', 'Failed', '00:05:00'),
      aRun('f2', 'Error', '00:06:00'),
      aRun('r', 'Running'),
    ];
    const active = ['s4', 'f2', 'r'].map((name) => ({ name, uid: name }));
    const first = decide(aCron({}, { active, succeeded: 3, failed: 1 }), { now: '00:09:00', runs });
    expect({
      counts: [first.status.succeeded, first.status.failed],
      active: first.status.active?.map((one) => one.name),
    }).toEqual({
      counts: [4, 2],
      active: ['r'],
    });
    const second = decide({ ...aCron(), status: first.status }, { now: '00:09:00', runs });
    expect([second.status.succeeded, second.status.failed, verbs(second)]).toEqual([
      4,
      2,
      ['deleteRun s1', 'deleteRun f1'],
    ]);
  });

  it('stops for good', () => {
    const cron = aCron({ stopStrategy: { expression: 'cronworkflow.failed >= 1' } }, { active: [{ uid: 'f' }] });
    const decision = decide(cron, { runs: [aRun('f', 'Failed', '00:05:00')] });
    expect([decision.status.phase, decision.actions, decision.labels, decision.dueAt]).toEqual([
      'Stopped',
      [],
      { 'cronworkflows.argoproj.io/completed': 'true' },
      undefined,
    ]);
  });

  it('says what is wrong with it', () => {
    const wrong = aCron({ schedules: ['not a schedule'] });
    expect(decide(wrong).status.conditions).toMatchObject([
      { type: 'SpecError', status: 'True', message: expect.stringContaining('spec.schedules[0]') },
    ]);
    const mended = decide({ ...aCron(), status: decide(wrong).status });
    expect(mended.status.conditions).toEqual([]);
  });
});
