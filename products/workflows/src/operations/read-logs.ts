/**
 * Reads what the containers of a workflow printed, line by line; with `follow`, as it is printed. @spec WF-CLI-04
 */
import { Failure, type Clock } from '@argosy/base';
import type { Client } from '@argosy/client';
import { isApiError, PODS, type Pod } from '@argosy/kube';

import { WORKFLOWS, type Workflow } from '../api/kinds.ts';
import { LABEL_WORKFLOW } from '../api/labels.ts';
import { isCompleted } from '../nodes/node-phase.ts';
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
  /** Only lines of the last seconds. */
  readonly sinceSeconds?: number;
  readonly sinceTime?: string;
  readonly tail?: number;
  readonly timestamps?: boolean;
}

/** Where logs come from, and where their lines go. */
export interface LogReader {
  readonly client: Client;
  readonly clock: Clock;
  readonly onLine: (pod: string, line: string) => void;
  /** Ends the reading early. */
  readonly signal?: AbortSignal;
}

/** Reads all there is; with `follow` it returns when the workflow has ended. */
export const readWorkflowLogs = async (reader: LogReader, workflow: Workflow, options: LogsOptions): Promise<void> => {
  const { name = '', namespace = '' } = workflow.metadata;
  const reading: Reading = { reader, options, workflow: name, namespace, shows: lineFilter(options.grep) };
  if (options.follow === true) await follow(reading);
  else for (const pod of await podsOf(reading)) await readPod(reading, pod);
};

interface Reading {
  readonly reader: LogReader;
  readonly options: LogsOptions;
  readonly workflow: string;
  readonly namespace: string;
  readonly shows: (line: string) => boolean;
}

const lineFilter = (grep: string | undefined): ((line: string) => boolean) => {
  if (grep === undefined || grep === '') return () => true;
  try {
    const pattern = new RegExp(grep);
    return (line) => pattern.test(line);
  } catch (cause) {
    throw new Failure(`grep ${JSON.stringify(grep)} is not a regular expression`, { code: 'InvalidPattern', cause });
  }
};

const selectorOf = ({ workflow, options }: Reading): string =>
  [`${LABEL_WORKFLOW}=${workflow}`, ...(options.labelSelector ? [options.labelSelector] : [])].join(',');

const isWanted = ({ options }: Reading, pod: Pod): boolean =>
  options.pod === undefined || options.pod === pod.metadata.name;

const podsOf = async (reading: Reading): Promise<readonly Pod[]> => {
  const { namespace } = reading;
  const { items } = await reading.reader.client.list(PODS, { namespace, labelSelector: selectorOf(reading) });
  return items
    .filter((pod) => isWanted(reading, pod))
    .sort((left, right) => ((startOf(left) ?? '') < (startOf(right) ?? '') ? -1 : 1));
};

const startOf = (pod: Pod): string | undefined => pod.status?.startTime ?? pod.metadata.creationTimestamp;

/** Reads the log of each pod as soon as its container has started. */
const follow = async (reading: Reading): Promise<void> => {
  const { reader, namespace } = reading;
  const stop = stopWith(reader.signal);
  const streams = new Map<string, Promise<void>>();
  const failures: unknown[] = [];
  const start = (pod: Pod): void => {
    const name = pod.metadata.name ?? '';
    if (!isWanted(reading, pod) || streams.has(name) || !hasStarted(pod, reading.options.container ?? 'main')) return;
    const stream = readPod(reading, pod).catch((thrown: unknown) => {
      failures.push(thrown);
      stop.abort();
    });
    streams.set(name, stream);
  };
  const ended = waitForEnd(reading, stop.signal).finally(() => stop.abort());
  const watched = { namespace, labelSelector: selectorOf(reading), signal: stop.signal };
  for await (const event of watchAgain(reader, PODS, watched)) if (event.type !== 'DELETED') start(event.object);
  await ended;
  if (reader.signal?.aborted !== true) for (const pod of await podsOf(reading)) start(pod);
  await Promise.all(streams.values());
  if (failures.length > 0) throw failures[0];
};

/** A controller that aborts with another signal. */
const stopWith = (signal: AbortSignal | undefined): AbortController => {
  const stop = new AbortController();
  if (signal?.aborted) stop.abort();
  signal?.addEventListener('abort', () => stop.abort(), { once: true });
  return stop;
};

const waitForEnd = async ({ reader, namespace, workflow }: Reading, signal: AbortSignal): Promise<void> => {
  const stop = stopWith(signal);
  const watched = { namespace, fieldSelector: `metadata.name=${workflow}`, signal: stop.signal };
  for await (const event of watchAgain(reader, WORKFLOWS, watched))
    if (event.type === 'DELETED' || isCompleted(event.object.status?.phase)) stop.abort();
};

const hasStarted = (pod: Pod, container: string): boolean => {
  const state = pod.status?.containerStatuses?.find((one) => one.name === container)?.state;
  return state?.running !== undefined || state?.terminated !== undefined;
};

/** Reads the lines of one pod. A pod that is gone, or whose container never ran, has none. */
const readPod = async (reading: Reading, pod: Pod): Promise<void> => {
  const { reader, options, namespace, shows } = reading;
  const name = pod.metadata.name ?? '';
  const decoder = new TextDecoder();
  const pass = (line: string): void => {
    if (shows(line)) reader.onLine(name, line);
  };
  let rest = '';
  try {
    for await (const chunk of reader.client.logs({ namespace, name }, logOptions(options, reader.signal))) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) pass(line);
    }
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound', 'BadRequest')) throw thrown;
  }
  if (rest !== '') pass(rest);
};

const logOptions = (options: LogsOptions, signal: AbortSignal | undefined) => ({
  ...(signal ? { signal } : {}),
  container: options.container ?? 'main',
  ...(options.follow === true ? { follow: true } : {}),
  ...(options.previous === true ? { previous: true } : {}),
  ...(options.timestamps === true ? { timestamps: true } : {}),
  ...(options.tail === undefined ? {} : { tailLines: options.tail }),
  ...(options.sinceSeconds === undefined ? {} : { sinceSeconds: options.sinceSeconds }),
  ...(options.sinceTime ? { sinceTime: options.sinceTime } : {}),
});
