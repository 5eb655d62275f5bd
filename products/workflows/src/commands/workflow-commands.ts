/**
 * The verbs of `argo`, as functions over a client: submit, list, get, logs, resume. Each prints lines and returns the
 * exit code.
 */
import { Failure, formatAge, isObject, parseTimestamp, type Clock } from '@argosy/base';
import type { Client } from '@argosy/client';
import { isApiError, type KubeObject } from '@argosy/kube';

import { WORKFLOWS, type NodeStatus, type Workflow } from '../api/kinds.ts';

/** What the verbs need. */
export interface WorkflowCommandDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly namespace: string;
  readonly print: (line: string) => void;
  /** Writes without ending the line, for logs. */
  readonly write: (text: string) => void;
}

/** 0 done, 1 the workflow failed or was refused. */
export type WorkflowExitCode = 0 | 1;

/** How a manifest is submitted. */
export interface SubmitOptions {
  readonly name?: string;
  readonly generateName?: string;
  /** `name=value` pairs over the manifest's arguments. */
  readonly parameters: readonly string[];
  readonly wait: boolean;
  readonly output: string;
  readonly timeoutSeconds: number;
}

/** `submit`: creates each workflow of a manifest; with `wait`, 1 if one does not succeed. Throws Failure for wrong input. */
export const submitWorkflows = async (
  deps: WorkflowCommandDeps,
  objects: readonly KubeObject[],
  options: SubmitOptions,
): Promise<WorkflowExitCode> => {
  const workflows = objects.filter((object): object is Workflow => object.kind === 'Workflow');
  if (workflows.length === 0) throw new Failure('the file has no object of kind Workflow', { code: 'NothingToSubmit' });
  let code: WorkflowExitCode = 0;
  for (const workflow of workflows) {
    const created = await deps.client.create(WORKFLOWS, prepareSubmission(workflow, deps.namespace, options));
    const name = created.metadata.name ?? '';
    if (options.output === 'json') deps.print(JSON.stringify(created, undefined, 2));
    else
      deps.print(
        options.output === 'name'
          ? name
          : `Name:                ${name}\nNamespace:           ${deps.namespace}\nStatus:              Pending`,
      );
    if (options.wait && (await waitForWorkflow(deps, name, options.timeoutSeconds)) !== 0) code = 1;
  }
  return code;
};

/** `list`, newest first. */
export const listWorkflows = async (
  deps: WorkflowCommandDeps,
  options: { readonly output: string },
): Promise<WorkflowExitCode> => {
  const { items } = await deps.client.list(WORKFLOWS, { namespace: deps.namespace });
  const sorted = [...items].sort((left, right) =>
    (left.metadata.creationTimestamp ?? '') < (right.metadata.creationTimestamp ?? '') ? 1 : -1,
  );
  if (options.output === 'json') deps.print(JSON.stringify(sorted, undefined, 2));
  else if (options.output === 'name') for (const workflow of sorted) deps.print(workflow.metadata.name ?? '');
  else
    for (const line of inColumns([
      ['NAME', 'STATUS', 'AGE', 'DURATION', 'MESSAGE'],
      ...sorted.map((workflow) => listRow(workflow, deps.clock.now())),
    ]))
      deps.print(line);
  return 0;
};

/** `get NAME` or `get @latest`: the workflow as a tree of its nodes. */
export const getWorkflow = async (
  deps: WorkflowCommandDeps,
  name: string,
  options: { readonly output: string },
): Promise<WorkflowExitCode> => {
  const workflow = await findWorkflow(deps, name);
  if (options.output === 'json') {
    deps.print(JSON.stringify(workflow, undefined, 2));
    return 0;
  }
  for (const line of describeWorkflow(workflow, deps.clock.now())) deps.print(line);
  return 0;
};

/** `logs`: what the containers of a workflow printed, each line after its pod's name. */
export const showWorkflowLogs = async (deps: WorkflowCommandDeps, name: string): Promise<WorkflowExitCode> => {
  const workflow = await findWorkflow(deps, name);
  const { items } = await deps.client.list(PODS_OF_WORKFLOWS, {
    namespace: deps.namespace,
    labelSelector: `workflows.argoproj.io/workflow=${workflow.metadata.name ?? ''}`,
  });
  const pods = [...items].sort((left, right) =>
    (left.metadata.creationTimestamp ?? '') < (right.metadata.creationTimestamp ?? '') ? -1 : 1,
  );
  for (const pod of pods) {
    const podName = pod.metadata.name ?? '';
    let text = '';
    for await (const chunk of deps.client.logs({ namespace: deps.namespace, name: podName }, { container: 'main' }))
      text += Buffer.from(chunk).toString('utf8');
    for (const line of text.split('\n').slice(0, text.endsWith('\n') ? -1 : undefined))
      deps.write(`${podName}: ${line}\n`);
  }
  return 0;
};

/** `wait`: 0 when it succeeds, 1 when it ends otherwise. Throws Failure after the timeout. */
export const waitForWorkflow = async (
  deps: WorkflowCommandDeps,
  name: string,
  timeoutSeconds: number,
): Promise<WorkflowExitCode> => {
  const end = deps.clock.now() + timeoutSeconds * 1000;
  for (;;) {
    const workflow = await findWorkflow(deps, name);
    const phase = workflow.status?.phase ?? '';
    if (phase === 'Succeeded' || phase === 'Failed' || phase === 'Error') {
      deps.print(`${workflow.metadata.name ?? ''} ${phase} at ${workflow.status?.finishedAt ?? ''}`);
      return phase === 'Succeeded' ? 0 : 1;
    }
    if (deps.clock.now() >= end)
      throw new Failure(`${name} did not end within ${timeoutSeconds} s; it is ${phase || 'Pending'}`, {
        code: 'TimedOut',
      });
    await new Promise<void>((resolve) => deps.clock.setTimer(100, resolve));
  }
};

const PODS_OF_WORKFLOWS = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true } as const;

const prepareSubmission = (workflow: Workflow, namespace: string, options: SubmitOptions): Workflow => {
  const { name: givenName, ...metadata } = workflow.metadata;
  const naming = options.name
    ? { name: options.name }
    : options.generateName
      ? { generateName: options.generateName }
      : givenName
        ? { name: givenName }
        : {};
  return {
    ...workflow,
    metadata: { ...metadata, ...naming, namespace: workflow.metadata.namespace ?? namespace },
    spec: withParameters(workflow.spec, options.parameters),
  } as Workflow;
};

const withParameters = (spec: Workflow['spec'], given: readonly string[]): unknown => {
  if (given.length === 0) return spec;
  const values = new Map(
    given.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1)
        throw new Failure(`parameter ${JSON.stringify(pair)} has no value; write name=value`, {
          code: 'InvalidParameter',
        });
      return [pair.slice(0, at), pair.slice(at + 1)] as const;
    }),
  );
  const args = isObject(spec) && isObject(spec['arguments']) ? spec['arguments'] : {};
  const known = Array.isArray(args['parameters']) ? (args['parameters'] as readonly { readonly name: string }[]) : [];
  const merged = known.map((one) => (values.has(one.name) ? { ...one, value: values.get(one.name) } : one));
  const added = [...values]
    .filter(([name]) => !known.some((one) => one.name === name))
    .map(([name, value]) => ({ name, value }));
  return { ...(isObject(spec) ? spec : {}), arguments: { ...args, parameters: [...merged, ...added] } };
};

const findWorkflow = async (deps: WorkflowCommandDeps, name: string): Promise<Workflow> => {
  if (name === '@latest') {
    const { items } = await deps.client.list(WORKFLOWS, { namespace: deps.namespace });
    const latest = [...items].sort((left, right) =>
      (left.metadata.creationTimestamp ?? '') < (right.metadata.creationTimestamp ?? '') ? 1 : -1,
    )[0];
    if (!latest) throw new Failure(`there is no workflow in namespace ${deps.namespace}`, { code: 'NotFound' });
    return latest;
  }
  try {
    return await deps.client.get(WORKFLOWS, { namespace: deps.namespace, name });
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
    throw new Failure(
      `workflow "${name}" not found in namespace ${deps.namespace}; "argosy list" shows those there are`,
      { code: 'NotFound', cause: thrown },
    );
  }
};

const durationOf = (
  of: { readonly startedAt?: string | null; readonly finishedAt?: string | null },
  now: number,
): string => {
  const startedAt = parseTimestamp(of.startedAt);
  return startedAt === undefined ? '' : formatAge((parseTimestamp(of.finishedAt) ?? now) - startedAt);
};

const listRow = (workflow: Workflow, now: number): readonly string[] => {
  const status = workflow.status ?? {};
  const createdAt = parseTimestamp(workflow.metadata.creationTimestamp);
  return [
    workflow.metadata.name ?? '',
    status.phase ?? 'Pending',
    createdAt === undefined ? '' : formatAge(now - createdAt),
    durationOf(status, now),
    status.message ?? '',
  ];
};

const GLYPHS: Readonly<Record<string, string>> = {
  Succeeded: '✔',
  Failed: '✖',
  Error: '⚠',
  Running: '●',
  Pending: '◷',
  Skipped: '○',
  Omitted: '○',
};

const describeWorkflow = (workflow: Workflow, now: number): readonly string[] => {
  const status = workflow.status ?? {};
  const facts: readonly (readonly [string, string | null | undefined])[] = [
    ['Name', workflow.metadata.name],
    ['Namespace', workflow.metadata.namespace],
    ['Status', status.phase ?? 'Pending'],
    ['Message', status.message],
    ['Created', workflow.metadata.creationTimestamp],
    ['Started', status.startedAt],
    ['Finished', status.finishedAt],
    ['Duration', durationOf(status, now)],
    ['Progress', status.progress],
  ];
  const nodes = status.nodes ?? {};
  const root = Object.values(nodes).find((node) => node.name === workflow.metadata.name);
  const rows = root ? treeRows(nodes, root, { prefix: '', now, seen: new Set() }) : [];
  return [
    ...facts.filter(([, value]) => value).map(([name, value]) => `${`${name}:`.padEnd(21)}${value ?? ''}`),
    ...(rows.length > 0 ? ['', ...inColumns([['STEP', 'TEMPLATE', 'PODNAME', 'DURATION', 'MESSAGE'], ...rows])] : []),
  ];
};

/** Nodes as a tree: each under the boundary that made it. A node is shown once, however many lead to it. */
const treeRows = (
  nodes: Readonly<Record<string, NodeStatus>>,
  node: NodeStatus,
  at: { readonly prefix: string; readonly now: number; readonly seen: Set<string> },
): readonly (readonly string[])[] => {
  at.seen.add(node.id);
  const isPod = node.type === 'Pod';
  const own = [
    `${at.prefix}${GLYPHS[node.phase ?? ''] ?? ' '} ${node.displayName ?? node.name}`,
    node.templateName ?? '',
    isPod ? node.id : '',
    isPod ? durationOf(node, at.now) : '',
    node.message ?? '',
  ];
  const below = Object.values(nodes).filter(
    (one) => one.boundaryID === node.id && one.type !== 'StepGroup' && !at.seen.has(one.id),
  );
  const children = below.sort((left, right) => ((left.startedAt ?? '') < (right.startedAt ?? '') ? -1 : 1));
  return [
    own,
    ...children.flatMap((child, index) =>
      at.seen.has(child.id)
        ? []
        : treeRows(nodes, child, {
            ...at,
            prefix: `${at.prefix.replaceAll('├', '│').replaceAll('└', ' ').replaceAll('─', ' ')}${index === children.length - 1 ? '└─' : '├─'}`,
          }),
    ),
  ];
};

const inColumns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join('   ')
      .trimEnd(),
  );
};
