import type { Node, Pod, PodDisruptionBudget } from '@argosy/kube';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { decidePlacement } from '../placement/decide-placement.ts';
import { decidePreemption } from './decide-preemption.ts';
import type { NodeRoom } from '../placement/node-fit.ts';
import { allocatableOf } from '../placement/node-resources.ts';
import { createNodeUse } from '../books/node-use.ts';
import { priorityOf } from './pod-priority.ts';

interface Shape {
  readonly cpu?: number;
  readonly priority?: number;
  readonly start?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

const aPod = (uid: string, { cpu = 1, priority = 0, start, labels = {}, spec = {} }: Shape = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: uid, uid, namespace: 'a', labels },
  spec: { priority, containers: [{ name: 'c', resources: { requests: { cpu: String(cpu) } } }], ...spec },
  ...(start ? { status: { startTime: start } } : {}),
});
const aRoom = (name: string, pods: readonly Pod[], nominated: readonly Pod[] = []): NodeRoom => {
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: { allocatable: { cpu: '4', pods: '9' } },
  };
  return { node, allocatable: allocatableOf(node), use: createNodeUse(pods), nominated };
};
const aBudget = (app: string, disruptionsAllowed: number): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: app, namespace: 'a' },
  spec: { selector: { matchLabels: { app } } },
  status: { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
});
const decide = (
  pod: Pod,
  rooms: readonly NodeRoom[],
  more: { readonly budgets?: readonly PodDisruptionBudget[]; readonly leaving?: readonly string[] } = {},
): string => {
  const decision = decidePreemption(pod, {
    rooms,
    contested: rooms.map(({ node }) => node.metadata.name ?? ''),
    budgets: more.budgets ?? [],
    isLeaving: ({ metadata }) => more.leaving?.includes(metadata.name ?? '') ?? false,
  });
  return decision.kind === 'preempt'
    ? `${decision.node}: ${decision.victims.map(({ metadata }) => metadata.name).join(' ')}`
    : decision.message;
};

const high = aPod('high', { cpu: 2, priority: 100 });

it.each([
  {
    reason: 'nobody is less important',
    got: decide(high, [aRoom('n', [aPod('a', { cpu: 4, priority: 100 })])]),
    want: '0/1 nodes are available: 1 No preemption victims found for incoming pod.',
  },
  {
    reason: 'it would not be enough',
    got: decide(aPod('high', { cpu: 5, priority: 1 }), [aRoom('n', [aPod('a')])]),
    want: '0/1 nodes are available: 1 Insufficient cpu.',
  },
  {
    reason: 'it must not preempt',
    got: decide({ ...high, spec: { containers: [], priority: 9, preemptionPolicy: 'Never' } }, [
      aRoom('n', [aPod('a')]),
    ]),
    want: 'not eligible due to preemptionPolicy=Never.',
  },
  {
    reason: 'victims are on their way out',
    got: decide(high, [aRoom('n', [aPod('a', { cpu: 4 })], [high])], { leaving: ['a'] }),
    want: 'not eligible due to a terminating pod on the nominated node.',
  },
  {
    reason: 'only as many go as must, the least important',
    got: decide(high, [aRoom('n', [aPod('a', { priority: 5 }), aPod('b'), aPod('c', { priority: 1 }), aPod('d')])]),
    want: 'n: b d',
  },
  {
    reason: 'of equals those go that began last',
    got: decide(aPod('high', { priority: 100 }), [
      aRoom('n', [
        aPod('a', { cpu: 2, start: '2026-01-01T00:00:00Z' }),
        aPod('b', { cpu: 2, start: '2026-01-02T00:00:00Z' }),
      ]),
    ]),
    want: 'n: b',
  },
  {
    reason: 'room promised to a more important pod is not there',
    got: decide(high, [
      aRoom('n', [aPod('a'), aPod('b'), aPod('c'), aPod('d')], [aPod('higher', { cpu: 2, priority: 200 })]),
    ]),
    want: 'n: a b c d',
  },
  {
    reason: 'a budget that is spent spares its pods when others can go',
    got: decide(high, [aRoom('n', [aPod('a', { cpu: 2, labels: { app: 'x' } }), aPod('b', { cpu: 2, priority: 7 })])], {
      budgets: [aBudget('x', 0)],
    }),
    want: 'n: b',
  },
  {
    reason: 'a budget is not kept when nothing else helps',
    got: decide(high, [aRoom('n', [aPod('a', { cpu: 4, labels: { app: 'x' } })])], { budgets: [aBudget('x', 0)] }),
    want: 'n: a',
  },
  {
    reason: 'the node whose budgets hold comes first',
    got: decide(
      high,
      [aRoom('n', [aPod('a', { cpu: 4, labels: { app: 'x' } })]), aRoom('m', [aPod('b', { cpu: 4, priority: 50 })])],
      { budgets: [aBudget('x', 0)] },
    ),
    want: 'm: b',
  },
  {
    reason: 'then the node whose most important victim is the least',
    got: decide(high, [
      aRoom('n', [aPod('a', { cpu: 4, priority: 9 })]),
      aRoom('m', [aPod('b', { cpu: 2, priority: 8 }), aPod('c', { cpu: 2, priority: 8 })]),
    ]),
    want: 'm: c',
  },
  {
    reason: 'then the one that loses least altogether',
    got: decide(high, [
      aRoom('n', [aPod('a', { cpu: 1, priority: 9 }), aPod('b', { cpu: 3, priority: 9 })]),
      aRoom(
        'm',
        [1, 2, 3, 4].map((at) => aPod(`c${at}`, { priority: 9 })),
      ),
    ]),
    want: 'n: b',
  },
  {
    reason: 'then the one whose victims began last',
    got: decide(high, [
      aRoom('n', [aPod('a', { cpu: 4, start: '2026-01-01T00:00:00Z' })]),
      aRoom('m', [aPod('b', { cpu: 4, start: '2026-01-02T00:00:00Z' })]),
    ]),
    want: 'm: b',
  },
  {
    reason: 'and the first when all is alike',
    got: decide(high, [aRoom('n', [aPod('a', { cpu: 4 })]), aRoom('m', [aPod('b', { cpu: 4 })])]),
    want: 'n: a',
  },
])('$reason', ({ got, want }) => expect(got).toBe(want));

it('takes no more important pod, none in vain, and enough', () => {
  const pods = fc.array(fc.record({ cpu: fc.integer({ min: 0, max: 4 }), priority: fc.integer({ min: 0, max: 9 }) }), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(pods, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 9 }), (shapes, cpu, priority) => {
      const pod = aPod('p', { cpu, priority });
      const on = shapes.map((shape, at) => aPod(`q${at}`, shape));
      const placeable = (left: readonly Pod[]): boolean =>
        decidePlacement(pod, { rooms: [aRoom('n', left)], claim: () => undefined }).kind === 'place';
      fc.pre(!placeable(on));
      const room = aRoom('n', on);
      const world = { rooms: [room], contested: ['n'], budgets: [], isLeaving: () => false };
      const decision = decidePreemption(pod, world);
      const important = on.filter((other) => priorityOf(other) >= priority);
      expect(decision.kind === 'preempt').toBe(placeable(important));
      if (decision.kind !== 'preempt') return;
      const stay = on.filter((other) => !decision.victims.includes(other));
      expect(decision.victims.every((victim) => priorityOf(victim) < priority)).toBe(true);
      expect(placeable(stay)).toBe(true);
      for (const victim of decision.victims) expect(placeable([...stay, victim])).toBe(false);
    }),
  );
});
