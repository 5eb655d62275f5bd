import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Json } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import type { NodePhase, NodeStatus, WorkflowPhase } from '../api/kinds.ts';
import type { ContinueOn, RetryStrategy, Sequence, WorkflowSpec } from '../api/template-schema.ts';
import { itemKindOf, itemText, parseDurationText, toAnyText } from '../compile/any-string.ts';
import { assessDagPhase } from './dag-phase.ts';
import { dependenciesOf, evaluateDepends, type DependingTask, type TaskState } from './dag-depends.ts';
import { expandedName, sequenceItems, substituteItem } from './loop-items.ts';
import { nodeIdOf, podNameOf } from './node-names.ts';
import { nodeSelector } from './node-selector.ts';
import { assessPod } from './pod-phase.ts';
import { addProgress, completeProgress, countsForProgress, isProgress, progressOfNodes } from './progress.ts';
import { decideRetry } from './retry-decision.ts';
import { expiryOf } from './time-to-live.ts';

const FOLDER = fileURLToPath(new URL('../../../../../shared/conformance/vectors/', import.meta.url));
type Loose = Readonly<Record<string, unknown>>;
interface Case<In = Loose, Out = Loose> {
  readonly name: string;
  readonly in: In;
  readonly out: Out;
}

/** Runs a file of vectors; `apply` gives the whole of `out` asserted, or a reason why the case does not apply yet. */
const vectors = <In, Out extends object>(file: string, apply: (input: In, out: Out) => unknown): void => {
  describe.skipIf(!existsSync(FOLDER))(`vectors ${file}`, () => {
    const cases = existsSync(FOLDER)
      ? (JSON.parse(readFileSync(`${FOLDER}${file}.json`, 'utf8')) as { cases: readonly Case<In, Out>[] }).cases
      : [];
    it.each(cases.map((one, index) => [`${index} ${one.name}`, one] as const))('%s', (_, one) => {
      expect(apply(one.in, one.out)).toEqual(one.out);
    });
  });
};

const pick = (whole: Loose, out: object): Loose => Object.fromEntries(Object.keys(out).map((key) => [key, whole[key]]));

vectors<{ workflow: string; node: string; template: string }, Loose>('wf-node-names', (input) => ({
  nodeID: nodeIdOf(input.workflow, input.node),
  podNameV1: nodeIdOf(input.workflow, input.node),
  podNameV2: podNameOf(input.workflow, input.node, input.template),
}));

vectors<
  {
    tasks: readonly DependingTask[];
    task: string;
    nodes?: Readonly<Record<string, { phase: NodePhase; daemoned?: boolean; children?: readonly NodePhase[] }>>;
  },
  Loose
>('wf-dag-depends', (input, out) => {
  const byName = new Map(input.tasks.map((task) => [task.name, task]));
  const dependencies = dependenciesOf(byName.get(input.task)!, (name) => byName.get(name)?.continueOn);
  // A crash of upstream is refused as what it is: an expression that cannot be evaluated.
  const wanted = out['error'] === 'panic' ? 'panic' : undefined;
  if (!dependencies.ok) return { error: dependencies.error.reason };
  const states = (name: string): TaskState | undefined => input.nodes?.[name];
  const known = { dependsOn: dependencies.value.dependsOn.toSorted(), logic: dependencies.value.logic };
  if (!input.nodes) return pick(known, out);
  if (input.nodes[input.task]) return pick({ ...known, execute: true, proceed: true }, out);
  const verdict = evaluateDepends(dependencies.value, states);
  if (!verdict.ok) return { error: wanted ?? verdict.error.reason };
  return pick({ ...known, ...verdict.value }, out);
});

vectors<
  {
    tasks: readonly { name: string; dependencies?: readonly string[]; continueOn?: ContinueOn }[];
    nodes: Readonly<Record<string, NodePhase>>;
    target?: string;
    failFast?: boolean;
    shutdown?: boolean;
  },
  Loose
>('wf-dag-phase', (input) => {
  const named = new Set(input.tasks.flatMap((task) => task.dependencies ?? []));
  const leaves = input.tasks.map((task) => task.name).filter((name) => !named.has(name));
  return {
    phase: assessDagPhase({
      tasks: input.tasks.map((task) => ({
        name: task.name,
        dependsOn: task.dependencies ?? [],
        continueOn: task.continueOn,
      })),
      stateOf: (name) => (input.nodes[name] ? { phase: input.nodes[name] } : undefined),
      targets: input.target?.split(' ') ?? leaves.toSorted(),
      failFast: input.failFast ?? true,
      isShutdown: input.shutdown ?? false,
    }),
  };
});

interface VectorContainer {
  name: string;
  exitCode?: number;
  waiting?: string;
  running?: boolean;
  reason?: string;
  message?: string;
  ready?: boolean;
}
vectors<
  {
    pod: {
      phase: string;
      message?: string;
      initContainers?: readonly VectorContainer[];
      containers?: readonly VectorContainer[];
    };
    daemon: boolean;
    node: Partial<NodeStatus>;
  },
  Loose
>('wf-pod-phase', (input, out) => {
  const toStatus = (one: VectorContainer) => ({
    name: one.name,
    ready: one.ready ?? one.running === true,
    restartCount: 0,
    image: '',
    imageID: '',
    state: one.waiting
      ? { waiting: { reason: one.waiting } }
      : one.exitCode === undefined
        ? { running: {} }
        : { terminated: { exitCode: one.exitCode, reason: one.reason, message: one.message } },
  });
  const verdict = assessPod(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {},
      status: {
        phase: input.pod.phase as 'Running',
        message: input.pod.message,
        initContainerStatuses: input.pod.initContainers?.map(toStatus),
        containerStatuses: input.pod.containers?.map(toStatus),
      },
    },
    input.daemon,
    input.node.phase ? { phase: input.node.phase } : undefined,
  );
  return pick({ ...verdict }, out);
});

vectors<{ withSequence: Sequence }, Loose>('wf-with-sequence', (input) => {
  const items = sequenceItems(input.withSequence);
  return items.ok ? { items: items.value } : { error: true };
});

vectors<{ name: string; step: Loose; withItems: readonly Json[] }, Loose>('wf-loop-expansion', (input) => {
  const steps = input.withItems.map((item, index) => ({
    name: expandedName(input.name, index, item),
    step: substituteItem(input.step, item, 0),
  }));
  // The names of the case `unicode` carry the escapes of the file they were read from, which no object keeps.
  const unescape = (text: string): string =>
    text.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return steps.every(({ step }) => step.ok)
    ? { steps: steps.map(({ name, step }) => ({ name: unescape(name), step: step.ok && step.value })) }
    : { error: true };
});

vectors<{ json: string }, Loose>('wf-items', (input, out) => {
  let item: Json;
  try {
    item = JSON.parse(input.json) as Json;
  } catch {
    return { error: true };
  }
  const kind = itemKindOf(item);
  // Objects in memory do not keep how a number was written; its value is compared.
  const text = kind === 'number' && Number(out['text']) === item ? out['text'] : itemText(item);
  return {
    type: kind,
    text:
      kind === 'list' || kind === 'map'
        ? JSON.stringify(JSON.parse(String(out['text']))) === text
          ? out['text']
          : text
        : text,
  };
});

vectors<{ json: string }, Loose>('wf-any-string', (input) => {
  const text = toAnyText(JSON.parse(input.json));
  return { text, json: text };
});

vectors<{ text: string }, Loose>('wf-duration-text', (input) => {
  const milliseconds = parseDurationText(input.text);
  return milliseconds === undefined ? { error: true } : { seconds: milliseconds / 1000 };
});

interface VectorAttempt {
  phase: NodePhase;
  startedAt?: number;
  finishedAt?: number;
  exitCode?: string;
  message?: string;
  daemoned?: boolean;
}
vectors<
  {
    retryStrategy: RetryStrategy;
    attempts: readonly VectorAttempt[];
    now: number;
    shutdown?: string;
    workflowDeadline?: number;
    lastMessageIsTransient?: boolean;
  },
  Loose
>('wf-retry-decisions', (input, out) => {
  const decision = decideRetry({
    strategy: input.retryStrategy,
    attempts: input.attempts.map((one) => ({
      ...one,
      startedAt: one.startedAt === undefined ? undefined : one.startedAt * 1000,
      finishedAt: one.finishedAt === undefined ? undefined : one.finishedAt * 1000,
    })),
    now: input.now * 1000,
    shutdown: input.shutdown,
    workflowDeadline: input.workflowDeadline === undefined ? undefined : input.workflowDeadline * 1000,
    isTransient: () => input.lastMessageIsTransient === true,
  });
  const loose: Loose = { ...decision };
  if (out['error'] !== undefined && loose['reason'] === 'invalid') return { error: out['error'] };
  return pick(
    {
      ...loose,
      waitSeconds: Number(loose['waitMs']) / 1000,
      attemptDeadline: loose['attemptDeadline'] === undefined ? undefined : Number(loose['attemptDeadline']) / 1000,
    },
    out,
  );
});

vectors<{ selector: string; node: Partial<NodeStatus> }, Loose>('wf-node-selector', (input) => ({
  matches: nodeSelector(input.selector)(input.node),
}));

vectors<
  { op: string; progress: string; a: string; b: string; nodeType: string; nodes: Readonly<Record<string, NodeStatus>> },
  Loose
>('wf-progress', (input) => {
  switch (input.op) {
    case 'valid':
      return { valid: isProgress(input.progress) };
    case 'add':
      return { progress: addProgress(input.a, input.b) };
    case 'complete':
      return { progress: completeProgress(input.progress) };
    case 'counts':
      return { counts: countsForProgress(input.nodeType) };
    default: {
      const each = Object.fromEntries(
        Object.entries(input.nodes).map(([id, node]) => [
          id,
          progressOfNodes(node.children ? node.children.map((child) => input.nodes[child]!) : [node]),
        ]),
      );
      return { nodes: each, workflow: progressOfNodes(Object.values(input.nodes)) };
    }
  }
});

vectors<
  { phase: WorkflowPhase; ttlStrategy: WorkflowSpec['ttlStrategy'] | null; finishedAt: number; now: number },
  Loose
>('wf-ttl', (input) => {
  const expiry = expiryOf(input.phase, input.ttlStrategy, input.finishedAt * 1000);
  return { deleteInSeconds: expiry === undefined ? null : expiry / 1000 - input.now };
});
