/**
 * CronWorkflow: a workflow that is created at the times of a schedule. It has no status subresource: status is written
 * with the object. @spec WF-CRON, WF-CRD-02, WF-VAL-11
 */
import { Type, type Static } from 'typebox';

import { parseCron } from '@argosy/base';
import {
  invalidField,
  requiredField,
  resourceOf,
  StringRecord,
  toStructuralSchema,
  AnyObject,
  type Condition,
  type FieldError,
  type KindDefinition,
  type KubeObject,
} from '@argosy/kube';

import { unsupportedIn } from './unsupported-fields.ts';
import { WorkflowSpecSchema } from './template-schema.ts';

const optional = Type.Optional;

/** What a run gets besides its spec. */
const RunMetadata = Type.Object({
  labels: optional(StringRecord),
  annotations: optional(StringRecord),
  finalizers: optional(Type.Array(Type.String())),
});

const CronWorkflowSpecSchema = Type.Object({
  schedules: Type.Array(Type.String({ description: 'Five fields or a descriptor such as @daily.' }), { minItems: 1 }),
  timezone: optional(Type.String({ description: 'IANA name; UTC by default.' })),
  workflowSpec: WorkflowSpecSchema,
  workflowMetadata: optional(RunMetadata),
  concurrencyPolicy: optional(Type.String()),
  startingDeadlineSeconds: optional(Type.Integer()),
  suspend: optional(Type.Boolean()),
  successfulJobsHistoryLimit: optional(Type.Integer()),
  failedJobsHistoryLimit: optional(Type.Integer()),
  stopStrategy: optional(Type.Object({ expression: Type.String() })),
  when: optional(Type.String()),
});

/** @see CronWorkflowSpecSchema */
export type CronWorkflowSpec = Static<typeof CronWorkflowSpecSchema>;

/** A run that has not ended. */
export interface ActiveRun {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
}

/** Status of a cron workflow. @spec WF-CRON-10 */
export interface CronWorkflowStatus {
  readonly active?: readonly ActiveRun[];
  readonly lastScheduledTime?: string | null;
  readonly succeeded?: number;
  readonly failed?: number;
  readonly phase?: 'Active' | 'Stopped' | '';
  readonly conditions?: readonly Condition[];
}

export type CronWorkflow = KubeObject<CronWorkflowSpec, CronWorkflowStatus>;

/** Longest name: the time of the run is appended and the whole becomes a label. @spec WF-CRON-11 */
const LONGEST_CRON_NAME = 52;

const POLICIES = ['Allow', 'Forbid', 'Replace'];

/** What is wrong with a cron workflow by itself; its workflow is judged when it is about to run, and by lint. */
export const judgeCronSpec = (cron: CronWorkflow): readonly FieldError[] => {
  const { spec, metadata } = cron;
  if (!spec) return [requiredField('spec')];
  const findings: FieldError[] = [];
  const add = (field: string, value: unknown, detail: string): void =>
    void findings.push(invalidField(field, value, detail));
  if ((metadata.name ?? '').length > LONGEST_CRON_NAME)
    add('metadata.name', metadata.name, `must be no more than ${LONGEST_CRON_NAME} characters`);
  const zone = parseCron('* * * * *', { zone: spec.timezone || 'UTC' });
  if (!zone.ok) add('spec.timezone', spec.timezone, zone.error);
  for (const [index, schedule] of (Array.isArray(spec.schedules) ? spec.schedules : []).entries()) {
    const read = parseCron(schedule, { zone: 'UTC' });
    if (!read.ok) add(`spec.schedules[${index}]`, schedule, `cron schedule is malformed: ${read.error}`);
  }
  if (spec.concurrencyPolicy && !POLICIES.includes(spec.concurrencyPolicy))
    add('spec.concurrencyPolicy', spec.concurrencyPolicy, `must be one of: ${POLICIES.join(', ')}`);
  for (const field of ['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit'] as const)
    if ((spec[field] ?? 0) < 0) add(`spec.${field}`, spec[field], 'must not be negative');
  return findings;
};

const schema = toStructuralSchema(Type.Object({ spec: CronWorkflowSpecSchema, status: optional(AnyObject) }));

export const CRON_WORKFLOW: KindDefinition<CronWorkflow> = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  statusSubresource: false,
  kind: 'CronWorkflow',
  plural: 'cronworkflows',
  singular: 'cronworkflow',
  shortNames: ['cwf', 'cronwf'],
  scope: 'Namespaced',
  schema,
  validate: (object) => [...unsupportedIn(schema, object), ...judgeCronSpec(object)],
  printerColumns: [
    { name: 'Schedules', type: 'string', jsonPath: '.spec.schedules', description: 'When it runs' },
    { name: 'Suspended', type: 'boolean', jsonPath: '.spec.suspend', description: 'Whether it is held' },
    { name: 'Last Run', type: 'date', jsonPath: '.status.lastScheduledTime', description: 'When it last ran' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'When it was created' },
  ],
};

export const CRON_WORKFLOWS = resourceOf(CRON_WORKFLOW);
