/**
 * Submitting: a workflow from a file or from a template, with what the submitter adds. @spec WF-OPS-01, WF-OPS-02
 */
import { fail, isObject, ok, type Result } from '@argosy/base';

import type { Workflow } from '../api/kinds.ts';
import { LABEL_CLUSTER_WORKFLOW_TEMPLATE, LABEL_WORKFLOW_TEMPLATE } from '../api/labels.ts';
import type { Parameter } from '../api/template-schema.ts';
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

/** A workflow that runs a template: `workflowtemplate/x`, `wftmpl/x`, `clusterworkflowtemplate/x`, `cwft/x`. */
export const workflowFromTemplate = (reference: string): Result<Workflow> => {
  const [kind = '', name = ''] = reference.split('/');
  const isCluster = ['clusterworkflowtemplate', 'clusterworkflowtemplates', 'cwft', 'clusterwftmpl'].includes(
    kind.toLowerCase(),
  );
  const isNamespaced = ['workflowtemplate', 'workflowtemplates', 'wftmpl'].includes(kind.toLowerCase());
  if (name === '' || (!isCluster && !isNamespaced))
    return fail(`${JSON.stringify(reference)}: expected workflowtemplate/NAME or clusterworkflowtemplate/NAME`);
  return ok({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: {
      generateName: `${name}-`,
      labels: { [isCluster ? LABEL_CLUSTER_WORKFLOW_TEMPLATE : LABEL_WORKFLOW_TEMPLATE]: name },
    },
    spec: { workflowTemplateRef: { name, ...(isCluster ? { clusterScope: true } : {}) } },
  });
};

/** Reads `name=value`. */
export const parseParameter = (text: string): Result<Parameter> => {
  const equals = text.indexOf('=');
  return equals <= 0
    ? fail(`expected parameter of the form: NAME=VALUE. Received: ${text}`)
    : ok({ name: text.slice(0, equals), value: text.slice(equals + 1) });
};

/** Tells a Workflow from other objects of a file. */
export const isWorkflow = (object: unknown): object is Workflow =>
  isObject(object) && object['kind'] === 'Workflow' && isObject(object['metadata']);
