import { describe, expect, it } from 'vitest';

import { toTimestamp } from '@argosy/base';
import type { Job, Pod } from '@argosy/kube';

import { decideJob } from './decide.ts';
import { COMPLETION_INDEX, formatIndexes, parseIndexes } from './decide/indexes.ts';

const NOW = 1_000_000_000;
const job = (spec: object = {}, status: object = {}): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'j', namespace: 'a', uid: 'u' },
  spec: { completions: 1, template: { spec: { restartPolicy: 'Never', containers: [] } }, ...spec },
  status: { startTime: toTimestamp(NOW - 60_000), ...status },
});
interface PodShape {
  readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  readonly index?: number;
  readonly exitCode?: number;
  /** Seconds since its end. */
  readonly ago?: number;
  readonly deleting?: boolean;
  readonly restarts?: number;
  readonly condition?: string;
}
let count = 0;
const toPod = ({
  phase = 'Running',
  index,
  exitCode,
  ago = 3600,
  deleting,
  restarts = 0,
  condition,
}: PodShape): Pod => {
  count += 1;
  const terminated = { exitCode: exitCode ?? (phase === 'Failed' ? 1 : 0), finishedAt: toTimestamp(NOW - ago * 1000) };
  const isEnded = phase === 'Failed' || phase === 'Succeeded';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `p${count}`,
      namespace: 'a',
      uid: `u${count}`,
      creationTimestamp: toTimestamp(NOW - 7_200_000),
      ...(index === undefined ? {} : { annotations: { [COMPLETION_INDEX]: String(index) } }),
      ...(deleting ? { deletionTimestamp: toTimestamp(NOW) } : {}),
    },
    status: {
      phase,
      conditions: condition ? [{ type: condition, status: 'True' } as never] : [],
      containerStatuses: [
        {
          name: 'main',
          ready: true,
          restartCount: restarts,
          image: '',
          imageID: '',
          state: isEnded ? { terminated } : {},
        },
      ],
    },
  };
};
const decide = (object: Job, pods: readonly PodShape[]) =>
  decideJob({ object, world: { pods: pods.map(toPod) }, now: NOW });
const endOf = (object: Job, pods: readonly PodShape[]): string | undefined => {
  const { conditions = [] } = decide(object, pods).status;
  return conditions
    .map(({ type, reason }) => `${type} ${reason}`)
    .find((text) => /^(Complete|Failed|SuccessCriteriaMet|FailureTarget) /.test(text));
};
const madeBy = (object: Job, pods: readonly PodShape[]) =>
  decide(object, pods).actions.map((action) => (action.kind === 'create-pod' ? (action.index ?? 'pod') : action.kind));

const indexed = (spec: object = {}): object => ({ completionMode: 'Indexed', completions: 4, parallelism: 2, ...spec });
const rule = (action: string, values: readonly number[], operator = 'In') => ({
  podFailurePolicy: { rules: [{ action, onExitCodes: { operator, values } }] },
  podReplacementPolicy: 'Failed',
});
const failed = (more: PodShape = {}): PodShape => ({ phase: 'Failed', ...more });
const done = (more: PodShape = {}): PodShape => ({ phase: 'Succeeded', ...more });

describe('a job', () => {
  it.each<[string, object, readonly PodShape[], readonly (string | number)[]]>([
    ['starts', {}, [], ['pod']],
    ['starts as many as may run at once', { completions: 5, parallelism: 3 }, [{}], ['pod', 'pod']],
    ['starts no more than are left', { completions: 3, parallelism: 3 }, [done(), done()], ['pod']],
    ['waits after a failure', {}, [failed({ ago: 5 })], []],
    ['tries again after ten seconds', {}, [failed({ ago: 11 })], ['pod']],
    ['waits twice as long after the second', {}, [failed({ ago: 40 }), failed({ ago: 11 })], []],
    ['replaces a pod that ends', {}, [{ deleting: true }], ['pod']],
    ['replaces it when it has ended, if told so', { podReplacementPolicy: 'Failed' }, [{ deleting: true }], []],
    ['gives indexes in order', indexed(), [done({ index: 0 }), { index: 1 }], [2]],
    ['gives up surplus pods', { parallelism: 1 }, [{}, {}], ['delete-pod']],
    [
      'retries an index while others go on',
      indexed({ backoffLimitPerIndex: 1 }),
      [failed({ index: 0, ago: 5 })],
      [1, 2],
    ],
    [
      'gives up an index that failed too often',
      indexed({ backoffLimitPerIndex: 0, parallelism: 4 }),
      [failed({ index: 0 })],
      [1, 2, 3],
    ],
    ['is left to others', { managedBy: 'example.com/kueue' }, [], []],
  ])('%s', (_, spec, pods, expected) => expect(madeBy(job(spec), pods)).toEqual(expected));

  it.each<[string, object, readonly PodShape[], string | undefined]>([
    ['when enough have succeeded', {}, [done()], 'SuccessCriteriaMet CompletionsReached'],
    ['not before its limit', { backoffLimit: 1 }, [failed()], undefined],
    ['over its limit', { backoffLimit: 1 }, [failed(), failed()], 'FailureTarget BackoffLimitExceeded'],
    [
      'at its limit of restarts',
      { backoffLimit: 2, template: { spec: { restartPolicy: 'OnFailure', containers: [] } } },
      [{ restarts: 2 }],
      'FailureTarget BackoffLimitExceeded',
    ],
    ['at its deadline', { activeDeadlineSeconds: 60 }, [{}], 'FailureTarget DeadlineExceeded'],
    [
      'by a rule',
      { backoffLimit: 6, ...rule('FailJob', [42]) },
      [failed({ exitCode: 42 }), {}],
      'FailureTarget PodFailurePolicy',
    ],
    ['not by a rule for others', { backoffLimit: 6, ...rule('FailJob', [42]) }, [failed({ exitCode: 1 })], undefined],
    [
      'by a rule for all but some',
      rule('FailJob', [1], 'NotIn'),
      [failed({ exitCode: 2 })],
      'FailureTarget PodFailurePolicy',
    ],
    [
      'not by failures that are ignored',
      { backoffLimit: 0, ...rule('Ignore', [7]) },
      [failed({ exitCode: 7 })],
      undefined,
    ],
    [
      'not by disruptions that are ignored',
      {
        backoffLimit: 0,
        podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] },
      },
      [failed({ condition: 'DisruptionTarget' })],
      undefined,
    ],
    [
      'with failed indexes',
      indexed({ backoffLimitPerIndex: 0 }),
      [failed({ index: 0 }), ...[1, 2, 3].map((index) => done({ index }))],
      'FailureTarget FailedIndexes',
    ],
    [
      'with an index a rule fails',
      indexed({ completions: 1, backoffLimitPerIndex: 5, ...rule('FailIndex', [3]) }),
      [failed({ index: 0, exitCode: 3 })],
      'FailureTarget FailedIndexes',
    ],
    [
      'with too many failed indexes',
      indexed({ backoffLimitPerIndex: 0, maxFailedIndexes: 1 }),
      [failed({ index: 0 }), failed({ index: 1 })],
      'FailureTarget MaxFailedIndexesExceeded',
    ],
    [
      'when the indexes that count are done',
      indexed({ successPolicy: { rules: [{ succeededIndexes: '0,2-3', succeededCount: 2 }] } }),
      [done({ index: 0 }), done({ index: 3 })],
      'SuccessCriteriaMet SuccessPolicy',
    ],
    [
      'not when others are',
      indexed({ successPolicy: { rules: [{ succeededIndexes: '0' }] } }),
      [done({ index: 1 })],
      undefined,
    ],
  ])('ends %s', (_, spec, pods, expected) => expect(endOf(job(spec), pods)).toBe(expected));

  it('goes on to its end when the pods it was decided by are gone', () => {
    const spec = { backoffLimit: 2, template: { spec: { restartPolicy: 'OnFailure', containers: [] } } };
    const ending = decide(job(spec), [{ restarts: 2 }]);
    expect(ending.actions.map(({ kind }) => kind)).toEqual(['delete-pod']);
    expect(ending.status).toMatchObject({ active: 1, failed: 1 });
    const ended = decide(job(spec, ending.status), []);
    expect(ended.actions).toEqual([]);
    expect(ended.status).toMatchObject({
      failed: 1,
      conditions: [
        { type: 'FailureTarget', reason: 'BackoffLimitExceeded' },
        { type: 'Failed', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' },
      ],
    });
    expect(ended.status.active).toBeUndefined();
  });

  it('ends well though its pod is removed meanwhile', () => {
    const met = decide(job({ completions: 1, parallelism: 2 }), [done(), {}]);
    expect(endOf(job({ completions: 1 }, met.status), [])).toBe('SuccessCriteriaMet CompletionsReached');
    expect(decide(job({ completions: 1 }, met.status), []).status.conditions?.at(-1)?.type).toBe('Complete');
  });

  it('tells which rule failed it', () => {
    const spec = { backoffLimit: 6, ...rule('FailJob', [42]) };
    const { status, events } = decide(job(spec), [failed({ exitCode: 42 })]);
    expect(status.conditions?.at(-1)?.message).toMatch(
      /^Container main for pod a\/p\d+ failed with exit code 42 matching FailJob rule at index 0$/,
    );
    expect(events).toMatchObject([{ type: 'Warning', reason: 'PodFailurePolicy' }]);
  });

  it('counts what it has noted of pods that are no more', () => {
    const { status } = decide(
      job(indexed({ backoffLimitPerIndex: 0 }), { completedIndexes: '0,2', failedIndexes: '1' }),
      [{ index: 3 }],
    );
    expect(status).toMatchObject({ active: 1, succeeded: 2, completedIndexes: '0,2', failedIndexes: '1' });
  });

  it('does not do again what a removed pod has done', () => {
    const pods = [done(), {}].map(toPod);
    const world = { pods, removedSucceeded: 1 };
    const { actions, status } = decideJob({ object: job({ completions: 3, parallelism: 2 }), world, now: NOW });
    expect([actions, status.succeeded]).toEqual([[], 2]);
  });

  it.each([
    ['0-2,5', [0, 1, 2, 5]],
    ['1,2', [1, 2]],
  ])('writes and reads %s', (text, indexes) =>
    expect([formatIndexes(indexes), parseIndexes(text, 10)]).toEqual([text, indexes]),
  );
});

it('an Indexed job of billions begins with the first', () => {
  const object = job({ completionMode: 'Indexed', completions: 2_147_483_647, parallelism: 3 });
  const { actions } = decideJob({ object, world: { pods: [] }, now: NOW });
  expect(actions).toEqual([0, 1, 2].map((index) => ({ kind: 'create-pod', index })));
});

it('tells that a suspended job goes on, once', () => {
  const suspended = { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' };
  const first = decideJob({ object: job({}, { conditions: [suspended] }), world: { pods: [] }, now: NOW });
  expect(first.events).toEqual([{ type: 'Normal', reason: 'Resumed', message: 'Job resumed' }]);
  expect(first.actions).toEqual([{ kind: 'create-pod' }]);
  const next = decideJob({ object: job({}, first.status), world: { pods: [toPod({})] }, now: NOW });
  expect([next.events, next.status.conditions?.[0]]).toEqual([
    [],
    expect.objectContaining({ status: 'False', reason: 'JobResumed' }),
  ]);
});
