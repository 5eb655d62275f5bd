/**
 * What the verbs of `argo` have in common: their ports, their exit codes and how they find workflows.
 * @spec WF-CLI, WF-OPS-15
 */
import { Failure, isObject, parseGoDuration, parseTimestamp, type Clock } from '@argosy/base';
import type { Client } from '@argosy/client';
import { isApiError } from '@argosy/kube';

import { WORKFLOWS, type Workflow } from '../api/kinds.ts';
import { LABEL_RESUBMITTED_FROM } from '../api/labels.ts';
import type { Parameter } from '../api/template-schema.ts';
import { isCompleted } from '../nodes/node-phase.ts';
import { parseParameter } from '../operations/submit-workflow.ts';

/** What the verbs need. */
export interface WorkflowCommandDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly namespace: string;
  readonly print: (line: string) => void;
  /** Writes without ending the line, for logs. */
  readonly write: (text: string) => void;
}

/** 0 done, 1 a workflow failed or was refused. */
export type WorkflowExitCode = 0 | 1;

/** Which workflows a verb is about, besides names. Empty texts and `false` mean "any". */
export interface WorkflowFilter {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Phases, separated by commas. */
  readonly status?: string;
  readonly running?: boolean;
  readonly completed?: boolean;
  readonly resubmitted?: boolean;
  readonly prefix?: string;
  /** Only those created within this time, e.g. `10m`, `2h`, `7d`. */
  readonly since?: string;
  /** Only those that finished longer ago. */
  readonly older?: string;
  readonly allNamespaces?: boolean;
}

/** Lists workflows that pass a filter, newest first. Throws Failure for a filter that cannot be read. */
export const selectWorkflows = async (
  deps: Pick<WorkflowCommandDeps, 'client' | 'clock' | 'namespace'>,
  filter: WorkflowFilter,
): Promise<readonly Workflow[]> => {
  const { items } = await deps.client.list(WORKFLOWS, {
    ...(filter.allNamespaces ? {} : { namespace: deps.namespace }),
    ...(filter.labelSelector ? { labelSelector: filter.labelSelector } : {}),
    ...(filter.fieldSelector ? { fieldSelector: filter.fieldSelector } : {}),
  });
  const passes = toPredicate(filter, deps.clock.now());
  return items.filter(passes).sort(newestFirst);
};

/** Gets a workflow by name; `@latest` is the newest. Throws Failure NotFound. */
export const findWorkflow = async (
  { client, namespace }: Pick<WorkflowCommandDeps, 'client' | 'namespace'>,
  name: string,
): Promise<Workflow> => {
  if (name === '@latest') {
    const { items } = await client.list(WORKFLOWS, { namespace });
    const latest = [...items].sort(newestFirst)[0];
    if (!latest) throw new Failure(`there is no workflow in namespace ${namespace}`, { code: 'NotFound' });
    return latest;
  }
  try {
    return await client.get(WORKFLOWS, { namespace, name });
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
    throw new Failure(`workflow "${name}" not found in namespace ${namespace}; "argosy list" shows those there are`, {
      code: 'NotFound',
      cause: thrown,
    });
  }
};

/** Workflows by name, and with a filter those that pass it too. Throws Failure when nothing was asked for. */
export const workflowsFor = async (
  deps: WorkflowCommandDeps,
  names: readonly string[],
  filter: WorkflowFilter,
): Promise<readonly Workflow[]> => {
  const hasFilter = Object.values(filter).some((value) => value !== undefined && value !== '' && value !== false);
  if (names.length === 0 && !hasFilter)
    throw new Failure('name a workflow, or choose some with --selector', { code: 'NothingSelected' });
  const named = await Promise.all(names.map((name) => findWorkflow(deps, name)));
  return hasFilter ? [...named, ...(await selectWorkflows(deps, filter))] : named;
};

/** Reads `name=value` pairs. Throws Failure. */
export const readParameters = (pairs: readonly string[]): readonly Parameter[] =>
  pairs.map((pair) => {
    const read = parseParameter(pair);
    if (read.ok) return read.value;
    throw new Failure(`parameter ${JSON.stringify(pair)} has no value; write name=value`, { code: 'InvalidParameter' });
  });

/** Parameters of a parameter file: a map; values that are not text become JSON. @spec WF-PARAM-11 */
export const parametersOfMap = (map: unknown, file: string): readonly Parameter[] => {
  if (!isObject(map))
    throw new Failure(`${file}: a parameter file is a map of names to values`, { code: 'InvalidParameter' });
  return Object.entries(map).map(([name, value]) => ({
    name,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }));
};

/** Milliseconds of `90s`, `1h30m`, `7d`. Throws Failure. */
export const readDuration = (text: string): number => {
  const days = /^(\d+)d$/.exec(text)?.[1];
  const milliseconds = days === undefined ? parseGoDuration(text) : Number(days) * 86_400_000;
  if (milliseconds !== undefined) return milliseconds;
  throw new Failure(`${JSON.stringify(text)} is not a duration; write e.g. 30m, 12h or 7d`, {
    code: 'InvalidDuration',
  });
};

const newestFirst = (left: Workflow, right: Workflow): number => {
  const [from, to] = [left.metadata.creationTimestamp ?? '', right.metadata.creationTimestamp ?? ''];
  if (from === to) return (left.metadata.name ?? '') < (right.metadata.name ?? '') ? -1 : 1;
  return from < to ? 1 : -1;
};

const toPredicate = (filter: WorkflowFilter, now: number): ((workflow: Workflow) => boolean) => {
  const phases = (filter.status ?? '').split(',').filter((phase) => phase !== '');
  const since = filter.since ? now - readDuration(filter.since) : undefined;
  const older = filter.older ? now - readDuration(filter.older) : undefined;
  return ({ metadata, status }) => {
    const phase = status?.phase ?? '';
    const finishedAt = parseTimestamp(status?.finishedAt);
    return (
      (phases.length === 0 || phases.includes(phase === '' ? 'Pending' : phase)) &&
      (filter.running !== true || !isCompleted(phase)) &&
      (filter.completed !== true || isCompleted(phase)) &&
      (filter.resubmitted !== true || metadata.labels?.[LABEL_RESUBMITTED_FROM] !== undefined) &&
      (metadata.name ?? '').startsWith(filter.prefix ?? '') &&
      (since === undefined || (parseTimestamp(metadata.creationTimestamp) ?? now) >= since) &&
      (older === undefined || (finishedAt !== undefined && finishedAt < older))
    );
  };
};
