import fc from 'fast-check';
import { toAmounts, type Node, type Pod } from '@argosy/kube';
import { expect, it } from 'vitest';

import { decidePlacement } from '../placement/decide-placement.ts';
import { allocatableOf, resourceMisfits, usageScore } from '../placement/node-resources.ts';
import { createNodeUse, withPods } from './node-use.ts';
import { weightsOf } from '../placement/pod-claims.ts';

const aPod = (uid: string, requests: Readonly<Record<string, string>>): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: uid, uid },
  spec: { containers: [{ name: 'c', resources: { requests } }] },
});
const aNode = (name: string, allocatable: Readonly<Record<string, string>>): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  status: { allocatable },
});

it.each<{ reason: string; requests: Readonly<Record<string, string>>; want: readonly string[] }>([
  { reason: 'all there is', requests: { cpu: '1', 'example.com/foo': '3' }, want: [] },
  { reason: 'more processor', requests: { cpu: '1001m' }, want: ['Insufficient cpu'] },
  { reason: 'a device too many', requests: { 'example.com/foo': '4' }, want: ['Insufficient example.com/foo'] },
  { reason: 'what it never heard of', requests: { 'example.com/bar': '1' }, want: ['Insufficient example.com/bar'] },
  { reason: 'nothing of what it never heard of', requests: { 'example.com/bar': '0' }, want: [] },
  {
    reason: 'more of several',
    requests: { cpu: '2', memory: '2Gi', 'ephemeral-storage': '1Gi' },
    want: ['Insufficient cpu', 'Insufficient memory', 'Insufficient ephemeral-storage'],
  },
])('offers $reason', ({ requests, want }) => {
  const offered = toAmounts({ cpu: '1', memory: '1Gi', pods: '2', 'example.com/foo': '3' });
  expect(resourceMisfits(toAmounts(requests), offered, createNodeUse())).toEqual(want);
});

it('takes so many pods', () => {
  const use = createNodeUse([aPod('a', {}), aPod('b', {})]);
  expect(resourceMisfits(new Map(), toAmounts({ pods: '2' }), use)).toEqual(['Too many pods']);
  expect(resourceMisfits(new Map(), toAmounts({ pods: '3' }), use)).toEqual([]);
});

it('lets in what asks for nothing of what is short', () => {
  const use = createNodeUse([aPod('a', { cpu: '5' })]);
  expect(resourceMisfits(toAmounts({ memory: '1' }), toAmounts({ cpu: '1', memory: '1', pods: '9' }), use)).toEqual([]);
});

const change = fc.record({
  uid: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  isGone: fc.boolean(),
  cpu: fc.integer({ min: 0, max: 4000 }),
});

it('keeps the sums that counting all pods anew would give', () => {
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const use = createNodeUse();
      const pods = new Map<string, Pod>();
      for (const [generation, { uid, isGone, cpu }] of changes.entries()) {
        const given = aPod(uid, { cpu: `${cpu}m` });
        const pod = { ...given, metadata: { ...given.metadata, generation } };
        if (isGone) use.remove(uid);
        else use.put(pod);
        if (isGone) pods.delete(uid);
        else pods.set(uid, pod);
      }
      const anew = createNodeUse(pods.values());
      const [first, ...rest] = pods.values();
      const both = withPods(createNodeUse(first ? [first] : []), rest);
      for (const other of [anew, both]) {
        expect(use.count).toBe(other.count);
        expect(use.requested('cpu')).toBe(other.requested('cpu'));
        expect(use.weighed('memory')).toBe(other.weighed('memory'));
        expect(new Set(use.pods())).toEqual(new Set(other.pods()));
      }
    }),
  );
});

it('never promises more than nodes have, and refuses only what no node has', () => {
  const requests = fc.record({ cpu: fc.integer({ min: 0, max: 1500 }), memory: fc.integer({ min: 0, max: 700 }) });
  fc.assert(
    fc.property(fc.array(requests, { maxLength: 12 }), (asked) => {
      const nodes = [
        aNode('n', { cpu: '2', memory: '1000', pods: '3' }),
        aNode('m', { cpu: '1', memory: '2000', pods: '9' }),
      ];
      const rooms = nodes.map((node) => ({
        node,
        allocatable: allocatableOf(node),
        use: createNodeUse(),
        nominated: [],
      }));
      for (const [at, { cpu, memory }] of asked.entries()) {
        const pod = aPod(`p${at}`, { cpu: `${cpu}m`, memory: String(memory) });
        const placement = decidePlacement(pod, { rooms, claim: () => undefined });
        const fits = rooms.filter(
          ({ use, allocatable }) =>
            use.count < Number((allocatable.get('pods') ?? 0n) / 1_000_000_000n) &&
            (cpu === 0 || use.requested('cpu') + BigInt(cpu) * 1_000_000n <= (allocatable.get('cpu') ?? 0n)) &&
            (memory === 0 ||
              use.requested('memory') + BigInt(memory) * 1_000_000_000n <= (allocatable.get('memory') ?? 0n)),
        );
        expect(placement.kind === 'place').toBe(fits.length > 0);
        if (placement.kind !== 'place') continue;
        const chosen = rooms.find(({ node }) => node.metadata.name === placement.node);
        expect(fits).toContain(chosen);
        chosen?.use.put(pod);
      }
    }),
  );
});

it('counts containers that request nothing as ordinary ones', () => {
  expect(weightsOf(aPod('a', { cpu: '2' }))).toEqual(toAmounts({ cpu: '2', memory: '200Mi' }));
  expect(weightsOf(aPod('a', {}))).toEqual(toAmounts({ cpu: '100m', memory: '200Mi' }));
});

it('prefers the node that is used less and more evenly', () => {
  const allocatable = toAmounts({ cpu: '10', memory: '10Gi', pods: '9' });
  const weights = toAmounts({ cpu: '1', memory: '1Gi' });
  const score = (requests: Readonly<Record<string, string>>) =>
    usageScore(weights, allocatable, createNodeUse([aPod('a', requests)]));
  expect(score({ cpu: '0', memory: '0' })).toBe(190);
  expect(score({ cpu: '4', memory: '4Gi' })).toBe(150);
  expect(score({ cpu: '8', memory: '0' })).toBe(110);
});
