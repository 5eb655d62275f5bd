/**
 * Retrying a finished workflow: failed nodes and everything after them are deleted, what led to them runs again.
 * @spec WF-OPS-08 … WF-OPS-11
 * @upstream argo-workflows workflow/util/util.go#FormulateRetryWorkflow
 */
import { fail, ok, toTimestamp, type Instant, type Result } from '@argosy/base';

import type { NodeStatus, Workflow } from '../api/kinds.ts';
import { LABEL_COMPLETED } from '../api/labels.ts';
import type { Parameter } from '../api/template-schema.ts';
import { isFailedOrError } from '../nodes/node-phase.ts';
import { podNameOf } from '../nodes/node-names.ts';
import { nodeSelector } from '../nodes/node-selector.ts';
import { withParameters } from './operate.ts';

/** What to retry. */
export interface RetryOptions {
  readonly restartSuccessful: boolean;
  readonly selector: string;
  readonly parameters?: readonly Parameter[];
}

/** The workflow to write, and the pods to delete first. */
export interface RetryPlan {
  readonly workflow: Workflow;
  readonly pods: readonly string[];
}

const EXECUTES = new Set(['Pod', 'Container', 'HTTP', 'Plugin', 'Suspend']);
const GROUPS = new Set(['Steps', 'StepGroup', 'DAG', 'TaskGroup', 'Retry']);

/** Plans a retry; refused for workflows that have not failed. */
export const planRetry = (workflow: Workflow, options: RetryOptions, now: Instant): Result<RetryPlan> => {
  const { phase } = workflow.status ?? {};
  if (phase !== 'Failed' && phase !== 'Error') {
    if (phase !== 'Succeeded')
      return fail(`workflow must be Failed/Error to retry, but it is ${phase ?? 'not started'}`);
    if (!options.restartSuccessful || options.selector === '')
      return fail('to retry a succeeded workflow, set restartSuccessful and a nodeFieldSelector');
  }
  const nodes = workflow.status?.nodes ?? {};
  const gone = nodesToDelete(nodes, options);
  for (const node of Object.values(nodes)) if (isExitNode(node)) gone.add(node.id);
  const reset = nodesToReset(nodes, gone);
  if (nodes[workflow.metadata.name ?? '']) reset.add(workflow.metadata.name ?? '');
  return ok({ workflow: rewrite(workflow, { gone, reset, options, now }), pods: podsOf(workflow, gone) });
};

const isExitNode = (node: NodeStatus): boolean => /\.onExit($|[.[(])/.test(node.name ?? '');

const nodesToDelete = (nodes: Readonly<Record<string, NodeStatus>>, options: RetryOptions): Set<string> => {
  const gone = new Set<string>();
  const deleteFrom = (id: string): void => {
    const queue = [id];
    for (let at = 0; at < queue.length; at += 1) {
      const next = queue[at] ?? '';
      if (gone.has(next)) continue;
      gone.add(next);
      queue.push(...(nodes[next]?.children ?? []).filter((child) => nodes[child] !== undefined));
    }
  };
  if (options.selector !== '') {
    const matches = nodeSelector(options.selector);
    for (const [id, node] of Object.entries(nodes)) {
      if (!matches({ ...node, id }) || (node.phase === 'Succeeded' && !options.restartSuccessful)) continue;
      if (EXECUTES.has(node.type) || isFailedOrError(node.phase)) deleteFrom(id);
    }
  }
  for (const [id, node] of Object.entries(nodes)) {
    const isSeed = isFailedOrError(node.phase) && (EXECUTES.has(node.type) || node.type === 'Skipped');
    if (isSeed && !gone.has(id) && !hasSucceededAfter(nodes, id, gone)) deleteFrom(seedOf(nodes, id));
  }
  return gone;
};

/** An attempt stands for its Retry node. */
const seedOf = (nodes: Readonly<Record<string, NodeStatus>>, id: string): string =>
  nodes[id]?.nodeFlag?.retried === true
    ? (Object.entries(nodes).find(([, node]) => node.type === 'Retry' && node.children?.includes(id))?.[0] ?? id)
    : id;

const hasSucceededAfter = (
  nodes: Readonly<Record<string, NodeStatus>>,
  id: string,
  gone: ReadonlySet<string>,
): boolean => {
  const queue = [...(nodes[seedOf(nodes, id)]?.children ?? [])];
  const seen = new Set<string>();
  for (let at = 0; at < queue.length; at += 1) {
    const next = queue[at] ?? '';
    if (seen.has(next) || gone.has(next)) continue;
    seen.add(next);
    const node = nodes[next];
    if (node?.phase === 'Succeeded' && EXECUTES.has(node.type)) return true;
    queue.push(...(node?.children ?? []));
  }
  return false;
};

/** Groups above what is deleted run again. */
const nodesToReset = (nodes: Readonly<Record<string, NodeStatus>>, gone: ReadonlySet<string>): Set<string> => {
  const parents = new Map<string, string[]>();
  for (const [id, node] of Object.entries(nodes))
    for (const child of node.children ?? []) parents.set(child, [...(parents.get(child) ?? []), id]);
  const reset = new Set<string>();
  const queue = [...gone];
  for (let at = 0; at < queue.length; at += 1) {
    const id = queue[at] ?? '';
    const above = [...(parents.get(id) ?? []), ...(nodes[id]?.boundaryID ? [nodes[id].boundaryID] : [])];
    for (const parent of above) {
      const node = nodes[parent];
      if (!node || gone.has(parent) || reset.has(parent) || !GROUPS.has(node.type)) continue;
      reset.add(parent);
      queue.push(parent);
    }
  }
  return reset;
};

interface Rewrite {
  readonly gone: ReadonlySet<string>;
  readonly reset: ReadonlySet<string>;
  readonly options: RetryOptions;
  readonly now: Instant;
}

const rewrite = (workflow: Workflow, how: Rewrite): Workflow => {
  const { options, now } = how;
  const {
    [LABEL_COMPLETED]: _completed,
    'workflows.argoproj.io/workflow-archiving-status': _archiving,
    ...labels
  } = workflow.metadata.labels ?? {};
  const { shutdown: _shutdown, activeDeadlineSeconds, ...spec } = workflow.spec ?? {};
  const conditions = workflow.status?.conditions?.map((one) =>
    one.type === 'Completed' ? { ...one, status: 'False' as const } : one,
  );
  return {
    ...workflow,
    metadata: { ...workflow.metadata, labels },
    spec: withParameters(
      {
        ...spec,
        ...(activeDeadlineSeconds === undefined || activeDeadlineSeconds === 0 ? {} : { activeDeadlineSeconds }),
      },
      options.parameters ?? [],
    ),
    // Not empty, or the spec would be judged again and the run treated as new.
    status: {
      ...workflow.status,
      phase: 'Running',
      message: undefined,
      startedAt: toTimestamp(now),
      finishedAt: null,
      nodes: rewriteNodes(workflow.status?.nodes ?? {}, how),
      ...(conditions ? { conditions } : {}),
    },
  };
};

const rewriteNodes = (
  nodes: Readonly<Record<string, NodeStatus>>,
  { gone, reset }: Rewrite,
): Readonly<Record<string, NodeStatus>> => {
  const kept = (ids: readonly string[]): readonly string[] => ids.filter((id) => !gone.has(id));
  const rewritten: Record<string, NodeStatus> = {};
  for (const [id, node] of Object.entries(nodes)) {
    if (gone.has(id)) continue;
    const linked = {
      ...node,
      ...(node.children ? { children: kept(node.children) } : {}),
      ...(node.outboundNodes ? { outboundNodes: kept(node.outboundNodes) } : {}),
    };
    rewritten[id] = reset.has(id) ? { ...linked, phase: 'Running', message: undefined, finishedAt: null } : linked;
  }
  return rewritten;
};

const podsOf = (workflow: Workflow, gone: ReadonlySet<string>): readonly string[] =>
  [...gone].flatMap((id) => {
    const node = workflow.status?.nodes?.[id];
    return node?.type === 'Pod'
      ? [
          podNameOf(
            workflow.metadata.name ?? '',
            node.name ?? id,
            node.templateRef?.template ?? node.templateName ?? '',
          ),
        ]
      : [];
  });
