/**
 * The kinds of Argo Workflows this version serves. None of the first three has a status subresource: status is written
 * with the object. @spec WF-CRD-01, WF-CRD-02, WF-CRD-03
 */
import { Type } from 'typebox';

import {
  AnyObject,
  resourceOf,
  toStructuralSchema,
  type Condition,
  type KindDefinition,
  type KubeObject,
} from '@argosy/kube';

import {
  WorkflowSpecSchema,
  OutputsSchema,
  type Artifact,
  type Inputs,
  type Outputs,
  type TemplateRef,
  type WorkflowSpec,
  type Template,
} from './template-schema.ts';
import { CRON_WORKFLOW } from './cron-workflow.ts';
import type { SynchronizationStatus } from '../locks/synchronization-status.ts';
import { unsupportedIn } from './unsupported-fields.ts';

/** Phases of a node. @spec WF-CRD-13 */
export type NodePhase = 'Pending' | 'Running' | 'Succeeded' | 'Skipped' | 'Failed' | 'Error' | 'Omitted';
/** Phases of a workflow; the empty text before it is first looked at. @spec WF-CRD-12 */
export type WorkflowPhase = '' | 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Error';
/** Types of node. @spec WF-CRD-14 */
export type NodeType =
  | 'Pod'
  | 'Container'
  | 'Steps'
  | 'StepGroup'
  | 'DAG'
  | 'TaskGroup'
  | 'Retry'
  | 'Skipped'
  | 'Suspend'
  | 'HTTP'
  | 'Plugin';

/** A node of a running workflow. @spec WF-CRD-16 */
export interface NodeStatus {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly type: NodeType;
  readonly templateName?: string;
  readonly templateRef?: TemplateRef;
  readonly templateScope?: string;
  readonly phase: NodePhase;
  readonly boundaryID?: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string | null;
  readonly progress?: string;
  readonly podIP?: string;
  readonly daemoned?: boolean;
  readonly nodeFlag?: { readonly hooked?: boolean; readonly retried?: boolean };
  readonly inputs?: Inputs;
  readonly outputs?: Outputs;
  readonly children?: readonly string[];
  readonly outboundNodes?: readonly string[];
  readonly hostNodeName?: string;
  readonly taskResultSynced?: boolean;
  /** The lock the node waits for before it starts. */
  readonly synchronizationStatus?: { readonly waiting?: string };
}

/** Status of a workflow. @spec WF-CRD-15 */
export interface WorkflowStatus {
  readonly phase?: WorkflowPhase;
  readonly startedAt?: string | null;
  readonly finishedAt?: string | null;
  readonly progress?: string;
  readonly message?: string;
  readonly nodes?: Readonly<Record<string, NodeStatus>>;
  readonly storedTemplates?: Readonly<Record<string, Template>>;
  readonly storedWorkflowTemplateSpec?: WorkflowSpec;
  readonly outputs?: Outputs;
  readonly conditions?: readonly Condition[];
  readonly synchronization?: SynchronizationStatus;
}

export type Workflow = KubeObject<WorkflowSpec, WorkflowStatus>;
export type WorkflowTemplate = KubeObject<WorkflowSpec>;

/** What a pod gave back. Flat: the fields stand beside `metadata`. @spec WF-CRD-09 */
export interface WorkflowTaskResult extends KubeObject {
  readonly phase?: NodePhase;
  readonly message?: string;
  readonly outputs?: Outputs;
  readonly progress?: string;
}

const GROUP = { group: 'argoproj.io', version: 'v1alpha1', statusSubresource: false } as const;

const withRefusals = <T extends KubeObject>(definition: KindDefinition<T>): KindDefinition<T> => ({
  ...definition,
  validate: (object) => unsupportedIn(definition.schema, object),
});

const objectSchema = (
  spec: Parameters<typeof toStructuralSchema>[0],
  more: Readonly<Record<string, Parameters<typeof toStructuralSchema>[0]>> = {},
) => toStructuralSchema(Type.Object({ spec, ...more }));

/** `kubectl get wf` shows run time as the age. */
export const WORKFLOW: KindDefinition<Workflow> = withRefusals<Workflow>({
  ...GROUP,
  kind: 'Workflow',
  plural: 'workflows',
  singular: 'workflow',
  shortNames: ['wf'],
  scope: 'Namespaced',
  schema: objectSchema(WorkflowSpecSchema, { status: Type.Optional(AnyObject) }),
  printerColumns: [
    { name: 'Status', type: 'string', jsonPath: '.status.phase', description: 'Status of the workflow' },
    { name: 'Age', type: 'date', jsonPath: '.status.startedAt', description: 'When the workflow was started' },
    {
      name: 'Message',
      type: 'string',
      jsonPath: '.status.message',
      description: 'Human readable message indicating details about why the workflow is in this condition.',
    },
  ],
});

export const WORKFLOW_TEMPLATE: KindDefinition<WorkflowTemplate> = withRefusals<WorkflowTemplate>({
  ...GROUP,
  kind: 'WorkflowTemplate',
  plural: 'workflowtemplates',
  singular: 'workflowtemplate',
  shortNames: ['wftmpl'],
  scope: 'Namespaced',
  schema: objectSchema(WorkflowSpecSchema),
});

export const CLUSTER_WORKFLOW_TEMPLATE: KindDefinition<WorkflowTemplate> = withRefusals<WorkflowTemplate>({
  ...GROUP,
  kind: 'ClusterWorkflowTemplate',
  plural: 'clusterworkflowtemplates',
  singular: 'clusterworkflowtemplate',
  shortNames: ['clusterwftmpl', 'cwft'],
  scope: 'Cluster',
  schema: objectSchema(WorkflowSpecSchema),
});

export const WORKFLOW_TASK_RESULT: KindDefinition<WorkflowTaskResult> = {
  ...GROUP,
  kind: 'WorkflowTaskResult',
  plural: 'workflowtaskresults',
  singular: 'workflowtaskresult',
  scope: 'Namespaced',
  schema: toStructuralSchema(
    Type.Object({
      phase: Type.Optional(Type.String()),
      message: Type.Optional(Type.String()),
      outputs: Type.Optional(Type.Unsafe<Outputs>({ ...OutputsSchema, 'x-kubernetes-preserve-unknown-fields': true })),
      progress: Type.Optional(Type.String()),
    }),
  ),
};

/** Every kind of this product, for the API server to serve and the installer to install. */
export const WORKFLOW_KINDS: readonly KindDefinition[] = [
  WORKFLOW as unknown as KindDefinition,
  WORKFLOW_TEMPLATE as unknown as KindDefinition,
  CLUSTER_WORKFLOW_TEMPLATE as unknown as KindDefinition,
  WORKFLOW_TASK_RESULT as unknown as KindDefinition,
  CRON_WORKFLOW as unknown as KindDefinition,
];

export const WORKFLOWS = resourceOf(WORKFLOW);
export const WORKFLOW_TEMPLATES = resourceOf(WORKFLOW_TEMPLATE);
export const CLUSTER_WORKFLOW_TEMPLATES = resourceOf(CLUSTER_WORKFLOW_TEMPLATE);
export const WORKFLOW_TASK_RESULTS = resourceOf(WORKFLOW_TASK_RESULT);

export type { Artifact, Inputs, Outputs, WorkflowSpec };
