/**
 * One look at a cron workflow: what its schedule asks for is decided, done and written down.
 */
import type { Instant } from '@argosy/base';
import type { Client, Informer } from '@argosy/client';
import type { Next } from '@argosy/controller';
import { formatKey, type ObjectKey } from '@argosy/kube';

import { CRON_WORKFLOWS, type CronWorkflow } from '../api/cron-workflow.ts';
import type { Workflow } from '../api/kinds.ts';
import { compileWorkflow } from '../compile/compile-workflow.ts';
import { formatFinding } from '../compile/rules/finding.ts';
import { referencedSpecs } from '../workflow/observe.ts';
import type { WorkflowLoopDeps } from '../workflow/controller.ts';
import { actOnCronWorkflow, type CronOutcome } from './act.ts';
import { decideCronWorkflow, type CronDecision } from './decide.ts';
import { reportCronWorkflow } from './report.ts';
import { runOf } from './run-workflow.ts';
import { scheduleText } from './schedules.ts';

/** What is read, from informers. */
export interface Known extends TemplateListers {
  readonly crons: Informer<CronWorkflow>;
  readonly workflows: Informer<Workflow>;
}

/** Index of workflows by the cron workflow that made them. */
export const CRON_INDEX = 'cron';

type TemplateListers = Parameters<typeof referencedSpecs>[0];

/** Until when a schedule was looked at. */
interface Considered {
  /** Changes when the cron workflow is another one, or its schedule is, or it was resumed. */
  readonly identity: string;
  readonly until: Instant;
}

/** One look at a cron workflow; what was considered and written before is kept between looks. */
export const createReconcileCron = (
  { client, clock }: WorkflowLoopDeps,
  known: Known,
): ((key: ObjectKey, signal: AbortSignal) => Promise<Next>) => {
  const { crons, workflows } = known;
  const considered = new Map<string, Considered>();
  const written = new Map<string, string>();
  const forget = (id: string): Next => {
    considered.delete(id);
    written.delete(id);
    written.delete(runsOf(id));
    return { kind: 'settled' };
  };
  return async (key, signal) => {
    const id = formatKey(key);
    // What was written must be seen, or a run could be counted or started twice.
    await Promise.all([crons.whenSeen(written.get(id), signal), workflows.whenSeen(written.get(runsOf(id)), signal)]);
    const cron = crons.get(key);
    if (!cron || cron.metadata.deletionTimestamp) return forget(id);
    const now = clock.now();
    const decision = decideCronWorkflow({
      cron,
      runs: workflows.byIndex(CRON_INDEX, id).filter((run) => isOwnedBy(run, cron)),
      consideredUntil: untilOf(considered.get(id), cron, now),
      now,
      problem: cron.spec && problemOf(known, cron, now),
    });
    const outcomes = await actInOrder(client, decision, {
      namespace: key.namespace,
      onCreated: (run) => written.set(runsOf(id), run.metadata.resourceVersion ?? ''),
    });
    const next = reportCronWorkflow(cron, decision, outcomes, now);
    if (next !== cron) written.set(id, (await client.update(CRON_WORKFLOWS, next)).metadata.resourceVersion ?? '');
    considered.set(id, { identity: identityOf(cron), until: now });
    return decision.dueAt === undefined
      ? { kind: 'settled' }
      : { kind: 'recheck', afterMs: Math.max(0, decision.dueAt - clock.now()) };
  };
};

/** Under which the newest run of a cron workflow is noted. */
const runsOf = (id: string): string => `${id} runs`;

const isOwnedBy = ({ metadata }: Workflow, cron: CronWorkflow): boolean =>
  metadata.ownerReferences?.some((owner) => owner.uid === cron.metadata.uid) === true;

/** Why a run would not even start. */
const problemOf = (listers: TemplateListers, cron: CronWorkflow, now: Instant): string | undefined => {
  const run = runOf(cron, now);
  const compiled = compileWorkflow(run, referencedSpecs(listers, cron.metadata.namespace ?? '', run.spec ?? {}));
  return compiled.ok ? undefined : compiled.error.map(formatFinding).join('; ');
};

/** One action after the other; what was made is told at once, also when a later one fails. */
const actInOrder = async (
  client: Client,
  { actions }: CronDecision,
  of: { readonly namespace: string | undefined; readonly onCreated: (run: Workflow) => void },
): Promise<readonly CronOutcome[]> => {
  const outcomes: CronOutcome[] = [];
  for (const action of actions) {
    const outcome = await actOnCronWorkflow(client, action, of.namespace);
    if (outcome.kind === 'created') of.onCreated(outcome.run);
    outcomes.push(outcome);
  }
  return outcomes;
};

const untilOf = (known: Considered | undefined, cron: CronWorkflow, now: Instant): Instant =>
  known?.identity === identityOf(cron) ? known.until : now;

const identityOf = ({ metadata, spec }: CronWorkflow): string =>
  `${metadata.uid ?? ''} ${spec?.suspend === true ? 'suspended' : ''} ${spec ? scheduleText(spec) : ''}`;
