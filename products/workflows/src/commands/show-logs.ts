/**
 * `logs`: what the containers of a workflow printed, each line after its pod's name; with `follow`, as it is printed.
 * @spec WF-CLI-04
 */
import { Failure } from '@argosy/base';
import { isApiError, PODS, type Pod } from '@argosy/kube';

import { WORKFLOWS } from '../api/kinds.ts';
import { LABEL_WORKFLOW } from '../api/labels.ts';
import { isCompleted } from '../nodes/node-phase.ts';
import { findWorkflow, readDuration, type WorkflowCommandDeps, type WorkflowExitCode } from './command-deps.ts';
import { watchAgain } from './watch-again.ts';

/** Which lines. */
export interface LogsOptions {
  /** One pod of the workflow; all of them without it. */
  readonly pod?: string;
  /** Default `main`. */
  readonly container?: string;
  readonly follow?: boolean;
  readonly previous?: boolean;
  /** Only lines in which this regular expression is found. */
  readonly grep?: string;
  /** Which pods. */
  readonly labelSelector?: string;
  readonly since?: string;
  readonly sinceTime?: string;
  readonly tail?: number;
  readonly timestamps?: boolean;
}

/** Prints; with `follow` it returns when the workflow has ended. */
export const showWorkflowLogs = async (
  deps: WorkflowCommandDeps,
  name: string,
  options: LogsOptions = {},
): Promise<WorkflowExitCode> => {
  const workflow = await findWorkflow(deps, name);
  const reading: Reading = { ...readingOf(deps, options), workflow: workflow.metadata.name ?? '' };
  if (options.follow === true) await follow(reading);
  else for (const pod of await podsOf(reading)) await readPod(reading, pod);
  return 0;
};

interface Reading {
  readonly deps: WorkflowCommandDeps;
  readonly options: LogsOptions;
  readonly workflow: string;
  readonly shows: (line: string) => boolean;
}

const readingOf = (deps: WorkflowCommandDeps, options: LogsOptions): Omit<Reading, 'workflow'> => {
  const { grep } = options;
  if (grep === undefined || grep === '') return { deps, options, shows: () => true };
  try {
    const pattern = new RegExp(grep);
    return { deps, options, shows: (line) => pattern.test(line) };
  } catch (cause) {
    throw new Failure(`--grep ${JSON.stringify(grep)} is not a regular expression`, { code: 'InvalidPattern', cause });
  }
};

const selectorOf = ({ workflow, options }: Reading): string =>
  [`${LABEL_WORKFLOW}=${workflow}`, ...(options.labelSelector ? [options.labelSelector] : [])].join(',');

const isWanted = ({ options }: Reading, pod: Pod): boolean =>
  options.pod === undefined || options.pod === pod.metadata.name;

const podsOf = async (reading: Reading): Promise<readonly Pod[]> => {
  const { client, namespace } = reading.deps;
  const { items } = await client.list(PODS, { namespace, labelSelector: selectorOf(reading) });
  return items
    .filter((pod) => isWanted(reading, pod))
    .sort((left, right) => ((startOf(left) ?? '') < (startOf(right) ?? '') ? -1 : 1));
};

const startOf = (pod: Pod): string | undefined => pod.status?.startTime ?? pod.metadata.creationTimestamp;

/** Reads the log of each pod as soon as its container has started. */
const follow = async (reading: Reading): Promise<void> => {
  const stop = new AbortController();
  const streams = new Map<string, Promise<void>>();
  const start = (pod: Pod): void => {
    const name = pod.metadata.name ?? '';
    if (!isWanted(reading, pod) || streams.has(name) || !hasStarted(pod, reading.options.container ?? 'main')) return;
    streams.set(name, readPod(reading, pod));
  };
  const ended = waitForEnd(reading).finally(() => stop.abort());
  const watched = { namespace: reading.deps.namespace, labelSelector: selectorOf(reading), signal: stop.signal };
  for await (const event of watchAgain(reading.deps, PODS, watched)) if (event.type !== 'DELETED') start(event.object);
  await ended;
  for (const pod of await podsOf(reading)) start(pod);
  await Promise.all(streams.values());
};

const waitForEnd = async ({ deps, workflow }: Reading): Promise<void> => {
  const stop = new AbortController();
  const watched = { namespace: deps.namespace, fieldSelector: `metadata.name=${workflow}`, signal: stop.signal };
  for await (const event of watchAgain(deps, WORKFLOWS, watched))
    if (event.type === 'DELETED' || isCompleted(event.object.status?.phase)) stop.abort();
};

const hasStarted = (pod: Pod, container: string): boolean => {
  const state = pod.status?.containerStatuses?.find((one) => one.name === container)?.state;
  return state?.running !== undefined || state?.terminated !== undefined;
};

/** Prints the lines of one pod. A pod that is gone, or whose container never ran, has none. */
const readPod = async (reading: Reading, pod: Pod): Promise<void> => {
  const { deps, options, shows } = reading;
  const name = pod.metadata.name ?? '';
  const decoder = new TextDecoder();
  const print = (line: string): void => {
    if (shows(line)) deps.write(`${name}: ${line}\n`);
  };
  let rest = '';
  try {
    for await (const chunk of deps.client.logs({ namespace: deps.namespace, name }, logOptions(options))) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) print(line);
    }
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound', 'BadRequest')) throw thrown;
  }
  if (rest !== '') print(rest);
};

const logOptions = (options: LogsOptions) => ({
  container: options.container ?? 'main',
  ...(options.follow === true ? { follow: true } : {}),
  ...(options.previous === true ? { previous: true } : {}),
  ...(options.timestamps === true ? { timestamps: true } : {}),
  ...(options.tail === undefined ? {} : { tailLines: options.tail }),
  ...(options.since ? { sinceSeconds: Math.max(1, Math.round(readDuration(options.since) / 1000)) } : {}),
  ...(options.sinceTime ? { sinceTime: options.sinceTime } : {}),
});
