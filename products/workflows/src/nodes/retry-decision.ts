/**
 * What happens to a node with a retry strategy. @spec WF-RETRY-02 … WF-RETRY-09
 * @upstream argo-workflows workflow/controller/operator.go#processNodeRetries
 */
import type { Instant } from '@argosy/base';
import { evaluateCondition, WORKFLOW_FUNCTIONS } from '@argosy/expressions';

import type { NodePhase } from '../api/kinds.ts';
import type { RetryStrategy } from '../api/template-schema.ts';
import { parseDurationText } from '../compile/any-string.ts';
import { isCompleted, isFulfilled } from './node-phase.ts';

/** One attempt, as far as the decision looks. Instants in milliseconds. */
export interface Attempt {
  readonly phase: NodePhase;
  readonly startedAt?: Instant;
  readonly finishedAt?: Instant;
  readonly exitCode?: string;
  readonly message?: string;
  readonly daemoned?: boolean;
}

/** Everything the decision depends on. */
export interface RetryInput {
  readonly strategy: RetryStrategy;
  /** Oldest first. */
  readonly attempts: readonly Attempt[];
  readonly now: Instant;
  /** `Stop` or `Terminate` when the workflow is being ended. */
  readonly shutdown?: string;
  readonly workflowDeadline?: Instant;
  readonly isTransient?: (message: string) => boolean;
}

/** Why no further attempt is made. */
export type RetryEnd =
  | 'shutdown'
  | 'workflow-deadline'
  | 'max-duration-exceeded'
  | 'backoff-would-exceed-max-duration'
  | 'policy'
  | 'no-more-retries'
  | 'expression-false'
  | 'invalid';

/** The decision. */
export type RetryDecision =
  | { readonly action: 'start' }
  | { readonly action: 'wait' }
  | { readonly action: 'running'; readonly phase: NodePhase }
  /** `waitMs`: the whole wait; `untilMs`: when it is over. */
  | { readonly action: 'backoff'; readonly waitMs: number; readonly untilMs: Instant; readonly message: string }
  | { readonly action: 'retry'; readonly attemptDeadline?: Instant }
  | { readonly action: 'done'; readonly phase: NodePhase; readonly reason?: RetryEnd; readonly message: string };

const POLICIES: ReadonlySet<string> = new Set(['Always', 'OnFailure', 'OnError', 'OnTransientError']);

const TRANSIENT =
  /exceeded quota|TooManyRequests|429|timed? ?out|timeout|connection reset|connection refused|no such host|i\/o timeout|TLS handshake|EOF|transport is closing|etcdserver|service unavailable|ServiceUnavailable/i;

/** Decides. Pure. */
export const decideRetry = (input: RetryInput): RetryDecision => {
  const { strategy, attempts, now } = input;
  const last = attempts.at(-1);
  if (!last) return { action: 'start' };
  if (!isCompleted(last.phase)) {
    if (last.daemoned === true) return { action: 'running', phase: last.phase };
    return isFulfilled(last) ? { action: 'done', phase: 'Succeeded', message: last.message ?? '' } : { action: 'wait' };
  }
  if (last.phase === 'Succeeded') return { action: 'done', phase: 'Succeeded', message: '' };
  const done = (reason: RetryEnd, message: string, phase: NodePhase = last.phase): RetryDecision => ({
    action: 'done',
    phase,
    reason,
    message,
  });
  if (input.shutdown !== undefined && input.shutdown !== '')
    return done('shutdown', `Stopped with strategy '${input.shutdown}'`);
  if (input.workflowDeadline !== undefined && now > input.workflowDeadline)
    return done('workflow-deadline', 'retry exceeded workflow deadline', 'Failed');
  const policy = strategy.retryPolicy || (strategy.expression ? 'Always' : 'OnFailure');
  if (!POLICIES.has(policy))
    return done('invalid', `retryStrategy.retryPolicy: ${JSON.stringify(policy)} is not a valid RetryPolicy`, 'Error');
  const limit = limitOf(strategy);
  const backoff = decideBackoff(input, last, limit);
  if (backoff.end) return done(backoff.end.reason, backoff.end.message, 'Failed');
  if (backoff.wait) return backoff.wait;
  if (!isPolicyMet(policy, last, input.isTransient)) return done('policy', last.message ?? '');
  if (limit !== undefined && attempts.length > limit)
    return done('no-more-retries', 'No more retries left', last.phase);
  if (strategy.expression !== undefined && strategy.expression !== '') {
    const verdict = evaluateCondition(strategy.expression, retryScope(attempts), { now });
    if (!verdict.ok) return done('invalid', `retryStrategy.expression: ${verdict.error.message}`, 'Error');
    if (!verdict.value) return done('expression-false', 'retryStrategy.expression evaluated to false');
  }
  return {
    action: 'retry',
    ...(backoff.attemptDeadline === undefined ? {} : { attemptDeadline: backoff.attemptDeadline }),
  };
};

const limitOf = (strategy: RetryStrategy): number | undefined => {
  const text = String(strategy.limit ?? '').trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
};

interface BackoffVerdict {
  readonly end?: { readonly reason: RetryEnd; readonly message: string };
  readonly wait?: RetryDecision;
  readonly attemptDeadline?: Instant;
}

const decideBackoff = (
  { strategy, attempts, now }: RetryInput,
  last: Attempt,
  limit: number | undefined,
): BackoffVerdict => {
  const { backoff } = strategy;
  if (!backoff) return {};
  let attemptDeadline: Instant | undefined;
  const maxMs =
    backoff.maxDuration === undefined || backoff.maxDuration === ''
      ? undefined
      : parseDurationText(backoff.maxDuration);
  if (maxMs !== undefined) {
    attemptDeadline = (attempts[0]?.startedAt ?? now) + maxMs;
    if (now > attemptDeadline)
      return { end: { reason: 'max-duration-exceeded', message: 'Max duration limit exceeded' } };
  }
  // As upstream: without a limit, or beyond it, the wait is not enforced.
  if (limit === undefined || attempts.length > limit) return attemptDeadline === undefined ? {} : { attemptDeadline };
  const base = parseDurationText(backoff.duration ?? '');
  if (base === undefined)
    return {
      end: {
        reason: 'invalid',
        message: 'retryStrategy.backoff.duration: no base duration specified for retryStrategy',
      },
    };
  const waitMs = waitBefore(attempts.length, base, backoff);
  const untilMs = (last.finishedAt ?? now) + waitMs;
  if (attemptDeadline !== undefined && untilMs > attemptDeadline)
    return { end: { reason: 'backoff-would-exceed-max-duration', message: 'Backoff would exceed max duration limit' } };
  if (now < untilMs)
    return { wait: { action: 'backoff', waitMs, untilMs, message: `Backoff for ${humanize(waitMs)}` } };
  return attemptDeadline === undefined ? {} : { attemptDeadline };
};

const waitBefore = (attempts: number, base: number, backoff: NonNullable<RetryStrategy['backoff']>): number => {
  const factor = /^\d+$/.test(String(backoff.factor ?? '')) ? Number(backoff.factor) : 0;
  const grown = factor > 0 ? base * factor ** (attempts - 1) : base;
  const cap = backoff.cap === undefined || backoff.cap === '' ? undefined : parseDurationText(backoff.cap);
  return cap !== undefined && cap > 0 ? Math.min(grown, cap) : grown;
};

/** As upstream's humanize: the two largest units, spelled out. */
const humanize = (milliseconds: number): string => {
  const seconds = Math.round(milliseconds / 1000);
  const units: readonly (readonly [number, string])[] = [
    [86_400, 'days'],
    [3600, 'hours'],
    [60, 'minutes'],
    [1, 'seconds'],
  ];
  const parts: string[] = [];
  let left = seconds;
  for (const [size, name] of units) {
    if (left < size && !(size === 1 && parts.length === 0)) continue;
    parts.push(`${Math.floor(left / size)} ${name}`);
    left %= size;
  }
  return parts.slice(0, 2).join(' ');
};

const isPolicyMet = (policy: string, last: Attempt, isTransient: RetryInput['isTransient']): boolean => {
  switch (policy) {
    case 'Always':
      return true;
    case 'OnError':
      return last.phase === 'Error';
    case 'OnTransientError':
      return isTransient ? isTransient(last.message ?? '') : TRANSIENT.test(last.message ?? '');
    default:
      return last.phase === 'Failed';
  }
};

/** What an expression of the strategy reads. An unknown exit code is "-1". @spec WF-RETRY-06 */
const retryScope = (attempts: readonly Attempt[]) => {
  const last = attempts.at(-1);
  const seconds =
    last?.startedAt === undefined || last.finishedAt === undefined
      ? 0
      : Math.round((last.finishedAt - last.startedAt) / 1000);
  return {
    ...WORKFLOW_FUNCTIONS,
    retries: String(attempts.length - 1),
    lastRetry: {
      exitCode: last?.exitCode ?? '-1',
      status: last?.phase ?? '',
      duration: String(seconds),
      message: last?.message ?? '',
    },
  };
};
