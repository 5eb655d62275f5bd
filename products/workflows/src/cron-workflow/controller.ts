/**
 * The loop of cron workflows: looks at each when its schedule is due, when it changes, and when one of its runs does.
 * Wiring only.
 */
import type { Instant } from '@argosy/base';
import { createController, watchMapped, watchObjects, type Controller, type Next } from '@argosy/controller';
import { formatKey, keyOf, type KubeObject, type ObjectKey } from '@argosy/kube';

import { CRON_WORKFLOWS, type CronWorkflow } from '../api/cron-workflow.ts';
import { CLUSTER_WORKFLOW_TEMPLATES, WORKFLOW_TEMPLATES, WORKFLOWS, type Workflow } from '../api/kinds.ts';
import { LABEL_CRON_WORKFLOW } from '../api/labels.ts';
import { compileWorkflow } from '../compile/compile-workflow.ts';
import { formatFinding } from '../compile/rules/finding.ts';
import { referencedSpecs } from '../workflow/observe.ts';
import type { WorkflowLoopDeps } from '../workflow/controller.ts';
import { actOnCronWorkflow, type CronOutcome } from './act.ts';
import { decideCronWorkflow } from './decide.ts';
import { reportCronWorkflow } from './report.ts';
import { runOf } from './run-workflow.ts';
import { scheduleText } from './schedules.ts';

const CRON_INDEX = 'cron';

/** Until when a schedule was looked at. */
interface Considered {
  /** Changes when the cron workflow is another one, or its schedule is, or it was resumed. */
  readonly identity: string;
  readonly until: Instant;
}

/** Creates the loop; nothing happens before its controller runs. */
export const createCronWorkflowLoop = (deps: WorkflowLoopDeps): { readonly controller: Controller } => {
  const { client, informers, clock } = deps;
  const crons = informers.of({ resource: CRON_WORKFLOWS });
  const workflows = informers.of({ resource: WORKFLOWS, indexes: { [CRON_INDEX]: cronIndex } });
  const templates = informers.of({ resource: WORKFLOW_TEMPLATES });
  const clusterTemplates = informers.of({ resource: CLUSTER_WORKFLOW_TEMPLATES });
  const considered = new Map<string, Considered>();
  const written = new Map<string, string>();

  const problemOf = (cron: CronWorkflow, now: Instant): string | undefined => {
    const run = runOf(cron, now);
    const referenced = referencedSpecs({ templates, clusterTemplates }, cron.metadata.namespace ?? '', run.spec ?? {});
    const compiled = compileWorkflow(run, referenced);
    return compiled.ok ? undefined : compiled.error.map(formatFinding).join('; ');
  };

  const reconcile = async (key: ObjectKey, signal: AbortSignal): Promise<Next> => {
    const id = formatKey(key);
    // What was written must be seen, or a run could be counted or started twice.
    await Promise.all([crons.whenSeen(written.get(id), signal), workflows.whenSeen(written.get(`${id} runs`), signal)]);
    const cron = crons.get(key);
    if (!cron || cron.metadata.deletionTimestamp) {
      for (const map of [considered, written]) for (const one of [id, `${id} runs`]) map.delete(one);
      return { kind: 'settled' };
    }
    const now = clock.now();
    const consideredUntil = untilOf(considered.get(id), cron, now);
    const runs = workflows
      .byIndex(CRON_INDEX, id)
      .filter((run) => run.metadata.ownerReferences?.some((owner) => owner.uid === cron.metadata.uid));
    const decision = decideCronWorkflow({
      cron,
      runs,
      consideredUntil,
      now,
      problem: cron.spec && problemOf(cron, now),
    });
    const outcomes: CronOutcome[] = [];
    for (const action of decision.actions) {
      const outcome = await actOnCronWorkflow(client, action, key.namespace);
      if (outcome.kind === 'created') written.set(`${id} runs`, outcome.run.metadata.resourceVersion ?? '');
      outcomes.push(outcome);
    }
    const next = reportCronWorkflow(cron, decision, outcomes, now);
    if (next !== cron) written.set(id, (await client.update(CRON_WORKFLOWS, next)).metadata.resourceVersion ?? '');
    considered.set(id, { identity: identityOf(cron), until: now });
    return decision.dueAt === undefined
      ? { kind: 'settled' }
      : { kind: 'recheck', afterMs: Math.max(0, decision.dueAt - clock.now()) };
  };

  return {
    controller: createController(deps, {
      name: 'cron-workflow',
      concurrency: 8,
      sources: [
        watchObjects(crons),
        watchMapped(workflows, ({ object }) => toCron(object)),
        watchMapped(templates, () => []),
        watchMapped(clusterTemplates, () => []),
      ],
      reconcile,
    }),
  };
};

const cronIndex = (workflow: Workflow): readonly string[] => toCron(workflow).map(formatKey);

const toCron = (object: KubeObject): readonly ObjectKey[] => {
  const name = object.metadata.labels?.[LABEL_CRON_WORKFLOW];
  return name === undefined ? [] : [{ ...keyOf(object), name }];
};

const identityOf = ({ metadata, spec }: CronWorkflow): string =>
  `${metadata.uid ?? ''} ${spec?.suspend === true ? 'suspended' : ''} ${spec ? scheduleText(spec) : ''}`;

const untilOf = (known: Considered | undefined, cron: CronWorkflow, now: Instant): Instant =>
  known?.identity === identityOf(cron) ? known.until : now;
