import type { Node, PersistentVolumeClaim, Pod, PodSpec } from '@argosy/kube';
import { expect, it } from 'vitest';

import { decidePlacement } from './decide-placement.ts';
import { allocatableOf } from './node-resources.ts';
import { createNodeUse } from '../books/node-use.ts';

const aPod = (spec: Partial<PodSpec> = {}, labels = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'a', labels },
  spec: { containers: [], ...spec },
});
const aNode = (spec: Node['spec'] = {}, labels = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', labels: { disk: 'ssd', 'kubernetes.io/hostname': 'n', ...labels } },
  spec,
  status: { allocatable: { cpu: '2', memory: '1Gi', pods: '10' } },
});
const aClaim = (phase: 'Pending' | 'Bound'): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'c' },
  status: { phase },
});
const namespaceLabels = (name: string) => ({ a: { team: 'one' }, b: { team: 'two' } })[name];
const place = (pod: Pod, node = aNode(), around: readonly Pod[] = [], claim?: PersistentVolumeClaim): string => {
  const room = { node, allocatable: allocatableOf(node), use: createNodeUse(around), nominated: [], namespaceLabels };
  const placement = decidePlacement(pod, { rooms: [room], claim: () => claim });
  return placement.kind === 'place' ? placement.node : placement.message;
};
const term = (expression: object) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [expression] }] },
    },
  },
});
const near = (kind: 'podAffinity' | 'podAntiAffinity') => ({
  affinity: {
    [kind]: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app: 'x' } }, topologyKey: 'kubernetes.io/hostname' },
      ],
    },
  },
});
const nearIn = (kind: 'podAffinity' | 'podAntiAffinity', namespaces: object) => ({
  affinity: {
    [kind]: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app: 'x' } }, topologyKey: 'kubernetes.io/hostname', ...namespaces },
      ],
    },
  },
});
const team = (...values: readonly string[]) => ({
  namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'In', values }] },
});
const elsewhere = (namespace: string, spec: object = {}): Pod => {
  const pod = aPod(spec, { app: 'x' });
  return { ...pod, metadata: { ...pod.metadata, namespace } };
};
const tainted = { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] };
const claiming = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] };
const refusal = (why: string): string => `0/1 nodes are available: ${why}.`;
const NO_MATCH = refusal("1 node(s) didn't match Pod's node affinity/selector");

it.each([
  { reason: 'anywhere', at: place(aPod()), want: 'n' },
  { reason: 'node selector met', at: place(aPod({ nodeSelector: { disk: 'ssd' } })), want: 'n' },
  { reason: 'node selector not met', at: place(aPod({ nodeSelector: { disk: 'hdd' } })), want: NO_MATCH },
  { reason: 'affinity In', at: place(aPod(term({ key: 'disk', operator: 'In', values: ['ssd'] }))), want: 'n' },
  {
    reason: 'affinity NotIn',
    at: place(aPod(term({ key: 'disk', operator: 'NotIn', values: ['ssd'] }))),
    want: NO_MATCH,
  },
  {
    reason: 'affinity Gt',
    at: place(aPod(term({ key: 'n', operator: 'Gt', values: ['3'] })), aNode({}, { n: '4' })),
    want: 'n',
  },
  {
    reason: 'cordoned',
    at: place(aPod(), aNode({ unschedulable: true })),
    want: refusal('1 node(s) were unschedulable'),
  },
  { reason: 'tainted', at: place(aPod(), aNode(tainted)), want: refusal('1 node(s) had untolerated taint {gpu: yes}') },
  {
    reason: 'tolerated',
    at: place(aPod({ tolerations: [{ key: 'gpu', operator: 'Exists' }] }), aNode(tainted)),
    want: 'n',
  },
  {
    reason: 'tolerated by value',
    at: place(aPod({ tolerations: [{ key: 'gpu', value: 'no' }] }), aNode(tainted)),
    want: refusal('1 node(s) had untolerated taint {gpu: yes}'),
  },
  {
    reason: 'a device it does not have',
    at: place(aPod({ containers: [{ name: 'c', resources: { limits: { 'nvidia.com/gpu': '1' } } }] })),
    want: refusal('1 Insufficient nvidia.com/gpu'),
  },
  { reason: 'near another', at: place(aPod(near('podAffinity')), aNode(), [aPod({}, { app: 'x' })]), want: 'n' },
  {
    reason: 'near nobody',
    at: place(aPod(near('podAffinity'))),
    want: refusal("1 node(s) didn't match pod affinity rules"),
  },
  { reason: 'the first of its group', at: place(aPod(near('podAffinity'), { app: 'x' })), want: 'n' },
  {
    reason: 'away from another',
    at: place(aPod(near('podAntiAffinity')), aNode(), [aPod({}, { app: 'x' })]),
    want: refusal("1 node(s) didn't match pod anti-affinity rules"),
  },
  {
    reason: 'kept out by another',
    at: place(aPod({}, { app: 'x' }), aNode(), [aPod(near('podAntiAffinity'))]),
    want: refusal("1 node(s) didn't satisfy existing pods anti-affinity rules"),
  },
  {
    reason: 'near another of a namespace chosen by label',
    at: place(aPod(nearIn('podAffinity', team('two'))), aNode(), [elsewhere('b')]),
    want: 'n',
  },
  {
    reason: 'near nobody of the namespaces chosen by label',
    at: place(aPod(nearIn('podAffinity', team('three'))), aNode(), [elsewhere('b'), elsewhere('a')]),
    want: refusal("1 node(s) didn't match pod affinity rules"),
  },
  {
    reason: 'near another of any namespace',
    at: place(aPod(nearIn('podAffinity', { namespaceSelector: {} })), aNode(), [elsewhere('nowhere')]),
    want: 'n',
  },
  {
    reason: 'near another of a namespace named, whatever labels are asked for besides',
    at: place(aPod(nearIn('podAffinity', { ...team('three'), namespaces: ['b'] })), aNode(), [elsewhere('b')]),
    want: 'n',
  },
  {
    reason: 'kept out by another of a namespace that means this one',
    at: place(elsewhere('a'), aNode(), [elsewhere('b', nearIn('podAntiAffinity', team('one')))]),
    want: refusal("1 node(s) didn't satisfy existing pods anti-affinity rules"),
  },
  {
    reason: 'beside another whose rule means other namespaces',
    at: place(elsewhere('a'), aNode(), [elsewhere('b', nearIn('podAntiAffinity', team('two')))]),
    want: 'n',
  },
  { reason: 'a bound claim', at: place(aPod(claiming), aNode(), [], aClaim('Bound')), want: 'n' },
  {
    reason: 'a claim not bound',
    at: place(aPod(claiming), aNode(), [], aClaim('Pending')),
    want: refusal('pod has unbound immediate PersistentVolumeClaims'),
  },
  { reason: 'no claim', at: place(aPod(claiming)), want: refusal('persistentvolumeclaim "c" not found') },
])('a pod goes $reason', ({ at, want }) => expect(at).toBe(want));
