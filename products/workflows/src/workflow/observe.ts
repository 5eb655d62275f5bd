/**
 * Everything a decision about a workflow reads, from informer caches only.
 */
import { fail, ok, type Result } from '@argosy/base';
import type { Lister } from '@argosy/client';
import type { ConfigMap, ObjectKey, Pod } from '@argosy/kube';

import type { Workflow, WorkflowTaskResult, WorkflowTemplate } from '../api/kinds.ts';
import { ANNOTATION_NODE_ID, LABEL_CONFIG_MAP_TYPE, LABEL_WORKFLOW } from '../api/labels.ts';
import type { WorkflowSpec } from '../api/template-schema.ts';
import { referencesOf } from '../compile/compile-workflow.ts';
import type { ReferencedSpecs } from '../compile/workflow-graph.ts';
import type { LockTable } from '../locks/lock-table.ts';
import type { ConfigMapLookup, WorkflowFacts } from './run.ts';

/** Index of pods and task results by the workflow they belong to. */
export const WORKFLOW_INDEX = 'workflow';

/** Value of the index for an object. */
export const workflowIndex = (object: Pod | WorkflowTaskResult): readonly string[] => {
  const workflow = object.metadata.labels?.[LABEL_WORKFLOW];
  return workflow === undefined ? [] : [`${object.metadata.namespace ?? ''}/${workflow}`];
};

/** The caches read. */
export interface WorkflowCaches {
  readonly workflows: Lister<Workflow>;
  readonly pods: Lister<Pod>;
  readonly taskResults: Lister<WorkflowTaskResult>;
  readonly templates: Lister<WorkflowTemplate>;
  readonly clusterTemplates: Lister<WorkflowTemplate>;
  readonly configMaps: Lister<ConfigMap>;
}

/** What the world says about one workflow. */
export const factsOf = (caches: WorkflowCaches, workflow: Workflow, locks: LockTable): WorkflowFacts => {
  const { namespace = '', name = '', uid } = workflow.metadata;
  const value = `${namespace}/${name}`;
  // A pod of an earlier workflow of the same name is not ours.
  const isOurs = (object: Pod): boolean => object.metadata.ownerReferences?.some((owner) => owner.uid === uid) ?? false;
  const pods = caches.pods.byIndex(WORKFLOW_INDEX, value).filter(isOurs);
  return {
    pods: new Map(pods.map((pod) => [pod.metadata.annotations?.[ANNOTATION_NODE_ID] ?? '', pod])),
    taskResults: new Map(
      caches.taskResults.byIndex(WORKFLOW_INDEX, value).map((result) => [result.metadata.name ?? '', result]),
    ),
    configMapValue: (map, key) => lookUp(caches.configMaps, { namespace, name: map }, key),
    semaphoreLimit: (of, map, key) => limitOf(caches.configMaps.get({ namespace: of, name: map }), { map, key }),
    locks,
  };
};

/** @spec WF-PARAM-04 */
const lookUp = (configMaps: Lister<ConfigMap>, of: ObjectKey, key: string): ConfigMapLookup => {
  const map = configMaps.get(of);
  if (!map) return { kind: 'absent' };
  if (map.metadata.labels?.[LABEL_CONFIG_MAP_TYPE] !== 'Parameter')
    return {
      kind: 'refused',
      message: `ConfigMap '${of.name}' needs to have the label ${LABEL_CONFIG_MAP_TYPE}: Parameter to load parameters`,
    };
  const value = map.data?.[key];
  return value === undefined ? { kind: 'absent' } : { kind: 'found', value };
};

/** @spec WF-SYNC-03 */
const limitOf = (
  configMap: ConfigMap | undefined,
  of: { readonly map: string; readonly key: string },
): Result<number> => {
  const text = configMap?.data?.[of.key];
  if (!configMap) return fail(`configmaps "${of.map}" not found`);
  if (text === undefined) return fail(`Sync configuration key '${of.key}' not found in ConfigMap ${of.map}`);
  const limit = Number(text);
  return /^\s*\d+\s*$/.test(text) && limit > 0
    ? ok(limit)
    : fail(`ConfigMap ${of.map}: ${of.key} is ${JSON.stringify(text)}; a limit is a whole number above 0`);
};

/** The specs a workflow refers to, directly or through others. */
export const referencedSpecs = (
  caches: Pick<WorkflowCaches, 'templates' | 'clusterTemplates'>,
  namespace: string,
  spec: WorkflowSpec,
): ReferencedSpecs => {
  const found = new Map<string, WorkflowSpec>();
  const queue = [...referencesOf(spec)];
  for (let at = 0; at < queue.length; at += 1) {
    const scope = queue[at] ?? '';
    if (found.has(scope)) continue;
    const name = scope.slice(scope.indexOf('/') + 1);
    const template = scope.startsWith('cluster/')
      ? caches.clusterTemplates.get({ name })
      : caches.templates.get({ namespace, name });
    if (!template?.spec) continue;
    found.set(scope, template.spec);
    queue.push(...referencesOf(template.spec));
  }
  return found;
};
