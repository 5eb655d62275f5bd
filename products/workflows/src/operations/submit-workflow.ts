/**
 * Submitting: a workflow from a file or from a template, with what the submitter adds. @spec WF-OPS-01, WF-OPS-02
 */
import { fail, ok, type Result } from '@argosy/base';
import type { KubeObject, ResourceType } from '@argosy/kube';

import { CRON_WORKFLOWS, type CronWorkflow } from '../api/cron-workflow.ts';
import { CLUSTER_WORKFLOW_TEMPLATES, WORKFLOW_TEMPLATES, type Workflow, type WorkflowTemplate } from '../api/kinds.ts';
import { LABEL_CLUSTER_WORKFLOW_TEMPLATE, LABEL_WORKFLOW_TEMPLATE } from '../api/labels.ts';
import type { Parameter } from '../api/template-schema.ts';
import { workflowOf } from '../cron-workflow/run-workflow.ts';
import { withParameters } from './operate.ts';

/** What the submitter adds. */
export interface SubmitOptions {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly entrypoint?: string;
  readonly parameters?: readonly Parameter[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
  readonly priority?: number;
}

/** Applies the options to a workflow. */
export const withSubmitOptions = (workflow: Workflow, options: SubmitOptions): Workflow => {
  const spec = withParameters(workflow.spec ?? {}, options.parameters ?? []);
  const { name: _name, generateName: _generated, ...metadata } = workflow.metadata;
  const naming = options.name
    ? { name: options.name }
    : options.generateName
      ? { generateName: options.generateName }
      : { name: workflow.metadata.name, generateName: workflow.metadata.generateName };
  return {
    ...workflow,
    metadata: {
      ...metadata,
      ...Object.fromEntries(Object.entries(naming).filter(([, value]) => value !== undefined)),
      ...(options.namespace ? { namespace: options.namespace } : {}),
      ...(options.labels ? { labels: { ...metadata.labels, ...options.labels } } : {}),
      ...(options.annotations ? { annotations: { ...metadata.annotations, ...options.annotations } } : {}),
    },
    spec: {
      ...spec,
      ...(options.entrypoint ? { entrypoint: options.entrypoint } : {}),
      ...(options.serviceAccount ? { serviceAccountName: options.serviceAccount } : {}),
      ...(options.priority === undefined ? {} : { priority: options.priority }),
    },
  };
};

/** What `--from` may name. */
type TemplateResource = ResourceType<WorkflowTemplate> | ResourceType<CronWorkflow>;

const RESOURCES: Readonly<Record<string, TemplateResource>> = {
  workflowtemplate: WORKFLOW_TEMPLATES,
  workflowtemplates: WORKFLOW_TEMPLATES,
  wftmpl: WORKFLOW_TEMPLATES,
  clusterworkflowtemplate: CLUSTER_WORKFLOW_TEMPLATES,
  clusterworkflowtemplates: CLUSTER_WORKFLOW_TEMPLATES,
  clusterwftmpl: CLUSTER_WORKFLOW_TEMPLATES,
  cwft: CLUSTER_WORKFLOW_TEMPLATES,
  cronworkflow: CRON_WORKFLOWS,
  cronworkflows: CRON_WORKFLOWS,
  cronwf: CRON_WORKFLOWS,
  cwf: CRON_WORKFLOWS,
};

/** Reads `workflowtemplate/x`, `clusterworkflowtemplate/x`, `cronworkflow/x` and their short forms. */
export const readTemplateReference = (
  reference: string,
): Result<{ readonly resource: TemplateResource; readonly name: string }> => {
  const [kind = '', name = '', ...more] = reference.split('/');
  const resource = RESOURCES[kind.toLowerCase()];
  return resource && name !== '' && more.length === 0
    ? ok({ resource, name })
    : fail(
        `${JSON.stringify(reference)}: expected workflowtemplate/NAME, clusterworkflowtemplate/NAME or cronworkflow/NAME`,
      );
};

/** The workflow that runs an object: a template by reference, a cron workflow by its spec, as if it were due `now`. */
export const fromObject = (object: KubeObject, now: string): Workflow => {
  const name = object.metadata.name ?? '';
  if (object.kind === CRON_WORKFLOWS.kind) {
    const run = workflowOf(object as CronWorkflow, now);
    return { ...run, metadata: { ...run.metadata, generateName: `${name}-` } };
  }
  const isCluster = object.kind === CLUSTER_WORKFLOW_TEMPLATES.kind;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: {
      generateName: `${name}-`,
      labels: { [isCluster ? LABEL_CLUSTER_WORKFLOW_TEMPLATE : LABEL_WORKFLOW_TEMPLATE]: name },
    },
    spec: { workflowTemplateRef: { name, ...(isCluster ? { clusterScope: true } : {}) } },
  };
};

/** Reads `name=value`. */
export const parseParameter = (text: string): Result<Parameter> => {
  const equals = text.indexOf('=');
  return equals <= 0
    ? fail(`expected parameter of the form: NAME=VALUE. Received: ${text}`)
    : ok({ name: text.slice(0, equals), value: text.slice(equals + 1) });
};
