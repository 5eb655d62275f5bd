/**
 * The loop of cron workflows: looks at each when its schedule is due, when it changes, and when one of its runs does.
 * Wiring only.
 */
import { createController, watchMapped, watchObjects, type Controller } from '@argosy/controller';
import { formatKey, keyOf, type KubeObject, type ObjectKey } from '@argosy/kube';

import { CRON_WORKFLOWS } from '../api/cron-workflow.ts';
import { CLUSTER_WORKFLOW_TEMPLATES, WORKFLOW_TEMPLATES, WORKFLOWS, type Workflow } from '../api/kinds.ts';
import { LABEL_CRON_WORKFLOW } from '../api/labels.ts';
import type { WorkflowLoopDeps } from '../workflow/controller.ts';
import { createReconcileCron, CRON_INDEX } from './reconcile.ts';

/** Creates the loop; nothing happens before its controller runs. */
export const createCronWorkflowLoop = (deps: WorkflowLoopDeps): { readonly controller: Controller } => {
  const { informers } = deps;
  const crons = informers.of({ resource: CRON_WORKFLOWS });
  const workflows = informers.of({ resource: WORKFLOWS, indexes: { [CRON_INDEX]: cronIndex } });
  const templates = informers.of({ resource: WORKFLOW_TEMPLATES });
  const clusterTemplates = informers.of({ resource: CLUSTER_WORKFLOW_TEMPLATES });
  const reconcile = createReconcileCron(deps, { crons, workflows, templates, clusterTemplates });
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
