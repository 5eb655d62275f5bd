/**
 * A workflow as people read it: facts, then the tree of its nodes. @spec WF-CLI-03
 */
import type { NodeStatus, Workflow } from '../api/kinds.ts';
import { toAnyText } from '../compile/any-string.ts';
import { podNameOf } from '../nodes/node-names.ts';
import { nodeSelector } from '../nodes/node-selector.ts';
import { ageOf, durationOf, inColumns } from './print-objects.ts';

/** Which nodes of the tree are shown. */
export interface NodeFilter {
  readonly nodeFieldSelector?: string;
  /** Phase of the nodes. */
  readonly status?: string;
  /** Plain letters in place of signs. */
  readonly noUtf8?: boolean;
}

/** Lines of `argo get`. */
export const describeWorkflow = (workflow: Workflow, now: number, filter: NodeFilter = {}): readonly string[] => {
  const status = workflow.status ?? {};
  const created = workflow.metadata.creationTimestamp;
  const facts: readonly (readonly [string, string | null | undefined])[] = [
    ['Name', workflow.metadata.name],
    ['Namespace', workflow.metadata.namespace],
    ['ServiceAccount', workflow.spec?.serviceAccountName ?? 'unset (will run with the default ServiceAccount)'],
    ['Status', statusOf(workflow)],
    ['Message', status.message],
    ['Created', created === undefined ? undefined : `${created} (${ageOf(workflow, now)} ago)`],
    ['Started', status.startedAt],
    ['Finished', status.finishedAt],
    ['Duration', durationOf(status, now)],
    ['Progress', status.progress],
  ];
  return [
    ...facts.filter(([, value]) => value).map(([name, value]) => `${`${name}:`.padEnd(21)}${value ?? ''}`),
    ...describeParameters(workflow),
    ...describeNodes(workflow, now, filter),
  ];
};

/** Status for people: a suspended workflow says so. */
export const statusOf = (workflow: Workflow): string => {
  const phase = workflow.status?.phase ?? '';
  const isSuspended =
    workflow.spec?.suspend === true ||
    Object.values(workflow.status?.nodes ?? {}).some((node) => node.type === 'Suspend' && node.phase === 'Running');
  return phase === 'Running' && isSuspended ? 'Running (Suspended)' : phase === '' ? 'Pending' : phase;
};

const describeParameters = (workflow: Workflow): readonly string[] => {
  const parameters = workflow.spec?.arguments?.parameters ?? [];
  const rows = parameters
    .filter((one) => one.value !== undefined)
    .map((one) => `  ${`${one.name}:`.padEnd(19)}${toAnyText(one.value)}`);
  return rows.length > 0 ? ['Parameters:', ...rows] : [];
};

const SIGNS: Readonly<Record<string, readonly [string, string]>> = {
  Succeeded: ['✔', 'Succeeded'],
  Failed: ['✖', 'Failed'],
  Error: ['⚠', 'Error'],
  Running: ['●', 'Running'],
  Pending: ['◷', 'Pending'],
  Skipped: ['○', 'Skipped'],
  Omitted: ['○', 'Omitted'],
};

const describeNodes = (workflow: Workflow, now: number, filter: NodeFilter): readonly string[] => {
  const nodes = workflow.status?.nodes ?? {};
  const { name = '' } = workflow.metadata;
  const roots = Object.values(nodes).filter((node) => node.name === name || node.name === `${name}.onExit`);
  const matches = nodeSelector(filter.nodeFieldSelector ?? '');
  const rows = roots.flatMap((root) => [
    ...(root.name === name ? [] : [['', '', '', '', '']]),
    ...treeRows({ nodes, workflow: name, now, filter, matches, seen: new Set() }, root, ''),
  ]);
  return rows.length > 0 ? ['', ...inColumns([['STEP', 'TEMPLATE', 'PODNAME', 'DURATION', 'MESSAGE'], ...rows])] : [];
};

interface Tree {
  readonly nodes: Readonly<Record<string, NodeStatus>>;
  readonly workflow: string;
  readonly now: number;
  readonly filter: NodeFilter;
  readonly matches: (node: NodeStatus) => boolean;
  readonly seen: Set<string>;
}

/** Nodes as a tree: each under the boundary that made it. A node is shown once, however many lead to it. */
const treeRows = (tree: Tree, node: NodeStatus, prefix: string): readonly (readonly string[])[] => {
  tree.seen.add(node.id);
  const below = Object.values(tree.nodes)
    .filter((one) => isBelow(one, node) && one.type !== 'StepGroup' && !tree.seen.has(one.id))
    .sort(byStart);
  const rows = below.flatMap((child, index) => {
    const isLast = index === below.length - 1;
    const trunk = prefix.replaceAll('├', '│').replaceAll('└', ' ').replaceAll('─', ' ');
    return tree.seen.has(child.id) ? [] : treeRows(tree, child, `${trunk}${isLast ? '└─' : '├─'}`);
  });
  const isShown = tree.matches(node) && (!tree.filter.status || node.phase === tree.filter.status);
  return [...(isShown ? [nodeRow(tree, node, prefix)] : []), ...rows];
};

/** Attempts stand under their Retry node, everything else under its boundary. */
const isBelow = (node: NodeStatus, parent: NodeStatus): boolean =>
  parent.type === 'Retry'
    ? node.nodeFlag?.retried === true && parent.children?.includes(node.id) === true
    : node.boundaryID === parent.id && node.nodeFlag?.retried !== true;

const byStart = (left: NodeStatus, right: NodeStatus): number => {
  const [from, to] = [left.startedAt ?? '', right.startedAt ?? ''];
  if (from === to) return left.name < right.name ? -1 : 1;
  return from < to ? -1 : 1;
};

const nodeRow = (tree: Tree, node: NodeStatus, prefix: string): readonly string[] => {
  const isPod = node.type === 'Pod';
  const template = node.templateRef?.template ?? node.templateName ?? '';
  const [sign, word] = SIGNS[node.phase] ?? [' ', node.phase];
  return [
    `${prefix}${tree.filter.noUtf8 === true ? word : sign} ${node.displayName ?? node.name}`,
    node.templateRef ? `${node.templateRef.name}/${template}` : template,
    isPod ? podNameOf(tree.workflow, node.name, template) : '',
    isPod ? durationOf(node, tree.now) : '',
    node.message ?? '',
  ];
};
