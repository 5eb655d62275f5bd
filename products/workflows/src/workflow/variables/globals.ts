/**
 * Names below `workflow.` that every template may read. @spec WF-VAR-13, WF-VAR-14
 */
import { parseTimestamp, toTimestamp, type Instant, type Json } from '@argosy/base';
import { formatMoment, momentOf } from '@argosy/expressions';

import type { NodeStatus, Workflow } from '../../api/kinds.ts';
import { ANNOTATION_SCHEDULED_TIME } from '../../api/labels.ts';
import type { WorkflowSpec } from '../../api/template-schema.ts';
import { toAnyText } from '../../compile/any-string.ts';
import { isFailedOrError } from '../../nodes/node-phase.ts';
import { podNameOf } from '../../nodes/node-names.ts';

/** strftime letters and the Go layout that prints them. @upstream argo-workflows util/strftime */
const STRFTIME: Readonly<Record<string, string>> = {
  a: 'Mon',
  A: 'Monday',
  b: 'Jan',
  B: 'January',
  c: 'Mon Jan  2 15:04:05 2006',
  d: '02',
  D: '01/02/06',
  F: '2006-01-02',
  H: '15',
  I: '03',
  j: '002',
  L: '.000',
  m: '01',
  M: '04',
  p: 'PM',
  S: '05',
  T: '15:04:05',
  y: '06',
  Y: '2006',
  z: '-0700',
  Z: 'MST',
};

/** The global scope of a workflow, without what only the exit handler sees. */
export const globalsOf = (workflow: Workflow, spec: WorkflowSpec, now: Instant): Record<string, Json> => {
  const { metadata, status } = workflow;
  const created = parseTimestamp(metadata.creationTimestamp) ?? now;
  const scope: Record<string, Json> = {
    'workflow.name': metadata.name ?? '',
    'workflow.namespace': metadata.namespace ?? '',
    'workflow.uid': metadata.uid ?? '',
    'workflow.mainEntrypoint': spec.entrypoint ?? '',
    'workflow.serviceAccountName': spec.serviceAccountName ?? 'default',
    'workflow.creationTimestamp': toTimestamp(created),
    'workflow.creationTimestamp.RFC3339': toTimestamp(created),
    'workflow.creationTimestamp.s': String(Math.floor(created / 1000)),
    'workflow.duration': ((now - (parseTimestamp(status?.startedAt) ?? now)) / 1000).toFixed(6),
  };
  for (const [letter, layout] of Object.entries(STRFTIME))
    scope[`workflow.creationTimestamp.${letter}`] = formatMoment(momentOf(created), layout).replace(/^\./, '');
  if (spec.priority !== undefined) scope['workflow.priority'] = String(spec.priority);
  const scheduled = metadata.annotations?.[ANNOTATION_SCHEDULED_TIME];
  if (scheduled !== undefined) scope['workflow.scheduledTime'] = scheduled;
  addParameters(scope, spec);
  addMap(scope, 'workflow.labels', metadata.labels);
  addMap(scope, 'workflow.annotations', metadata.annotations);
  for (const parameter of status?.outputs?.parameters ?? [])
    scope[`workflow.outputs.parameters.${parameter.name}`] = toAnyText(parameter.value);
  return scope;
};

const addParameters = (scope: Record<string, Json>, spec: WorkflowSpec): void => {
  const parameters = spec.arguments?.parameters ?? [];
  const all = parameters.map((one) => ({ name: one.name, value: toAnyText(one.value ?? one.default) }));
  scope['workflow.parameters'] = JSON.stringify(all);
  scope['workflow.parameters.json'] = JSON.stringify(all);
  for (const one of parameters)
    if (one.value !== undefined || one.default !== undefined)
      scope[`workflow.parameters.${one.name}`] = toAnyText(one.value ?? one.default);
};

const addMap = (scope: Record<string, Json>, prefix: string, map: Readonly<Record<string, string>> = {}): void => {
  scope[prefix] = JSON.stringify(map);
  scope[`${prefix}.json`] = JSON.stringify(map);
  for (const [key, value] of Object.entries(map)) scope[`${prefix}.${key}`] = value;
};

/** What the exit handler sees besides: the phase, and the failures as an escaped JSON text. */
export const exitGlobals = (workflow: string, phase: string, nodes: Iterable<NodeStatus>): Record<string, Json> => {
  const failures = [...nodes]
    .filter((node) => node.type === 'Pod' && isFailedOrError(node.phase))
    .map((node) => ({
      displayName: node.displayName,
      message: node.message ?? '',
      templateName: node.templateName ?? node.templateRef?.template ?? '',
      phase: node.phase,
      podName: podNameOf(workflow, node.name, node.templateRef?.template ?? node.templateName ?? ''),
      finishedAt: node.finishedAt ?? null,
    }));
  return {
    'workflow.status': phase,
    'workflow.failures': failures.length === 0 ? 'null' : JSON.stringify(JSON.stringify(failures)),
  };
};
