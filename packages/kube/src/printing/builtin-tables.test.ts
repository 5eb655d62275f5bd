import { deepFreeze } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import type { KubeObject } from '../objects/index.ts';
import { BUILTIN_TABLES } from './index.ts';

const now = Date.UTC(2026, 0, 1, 0, 5);
const metadata = { name: 'web', creationTimestamp: '2026-01-01T00:00:00Z' };

/** What kubectl shows without `-o wide`. */
const rowOf = (kind: string, object: KubeObject) => {
  const { columns, cells } = BUILTIN_TABLES[kind] ?? { columns: [], cells: () => [] };
  return cells(deepFreeze(object), now).filter((_, index) => columns[index]?.priority === 0);
};

const aPod = (status: object, meta: object = {}, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...metadata, ...meta },
  spec: { containers: [{ name: 'a' }], ...spec },
  status,
});
const aStatus = (state: object, more: object = {}) => ({
  name: 'a',
  ready: false,
  restartCount: 0,
  image: '',
  imageID: '',
  state,
  ...more,
});

describe('BUILTIN_TABLES', () => {
  it.each([
    {
      reason: 'running',
      pod: aPod({ phase: 'Running', containerStatuses: [aStatus({ running: {} }, { ready: true })] }),
      want: ['web', '1/1', 'Running', '0', '5m'],
    },
    {
      reason: 'crashing',
      pod: aPod({
        phase: 'Running',
        containerStatuses: [aStatus({ waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 3 })],
      }),
      want: ['web', '0/1', 'CrashLoopBackOff', '3', '5m'],
    },
    {
      reason: 'completed',
      pod: aPod({
        phase: 'Succeeded',
        containerStatuses: [aStatus({ terminated: { exitCode: 0, reason: 'Completed' } })],
      }),
      want: ['web', '0/1', 'Completed', '0', '5m'],
    },
    {
      reason: 'ended without saying why',
      pod: aPod({ phase: 'Failed', containerStatuses: [aStatus({ terminated: { exitCode: 3 } })] }),
      want: ['web', '0/1', 'ExitCode:3', '0', '5m'],
    },
    {
      reason: 'terminating',
      pod: aPod({ phase: 'Running' }, { deletionTimestamp: '2026-01-01T00:04:00Z' }),
      want: ['web', '0/1', 'Terminating', '0', '5m'],
    },
    {
      reason: 'initializing',
      pod: aPod(
        { phase: 'Pending', initContainerStatuses: [{ ...aStatus({ running: {} }), name: 'i' }] },
        {},
        { initContainers: [{ name: 'i' }] },
      ),
      want: ['web', '0/1', 'Init:0/1', '0', '5m'],
    },
    {
      reason: 'gated',
      pod: aPod({
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      }),
      want: ['web', '0/1', 'SchedulingGated', '0', '5m'],
    },
    {
      reason: 'restarted a while ago',
      pod: aPod({
        phase: 'Running',
        containerStatuses: [
          aStatus(
            { running: {} },
            {
              ready: true,
              restartCount: 2,
              lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:03:00Z' } },
            },
          ),
        ],
      }),
      want: ['web', '1/1', 'Running', '2 (2m ago)', '5m'],
    },
    {
      reason: 'with a sidecar',
      pod: aPod(
        {
          phase: 'Running',
          initContainerStatuses: [
            { ...aStatus({ running: {} }, { ready: true, started: true, restartCount: 1 }), name: 'i' },
          ],
          containerStatuses: [aStatus({ running: {} }, { ready: true })],
        },
        {},
        { initContainers: [{ name: 'i', restartPolicy: 'Always' }] },
      ),
      want: ['web', '2/2', 'Running', '1', '5m'],
    },
    {
      reason: 'over, and about to go',
      pod: aPod(
        { phase: 'Failed', containerStatuses: [aStatus({ terminated: { exitCode: 1, reason: 'Error' } })] },
        { deletionTimestamp: '2026-01-01T00:04:00Z' },
      ),
      want: ['web', '0/1', 'Error', '0', '5m'],
    },
  ])('pods: $reason', ({ pod, want }) => {
    expect(rowOf('/Pod', pod)).toEqual(want);
  });
  it.each([
    [
      'networking.k8s.io/Ingress',
      { ingressClassName: 'nginx', rules: [{ host: 'a.test' }, {}] },
      { loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } },
      ['web', 'nginx', 'a.test', '127.0.0.1', '80', '5m'],
    ],
    [
      'networking.k8s.io/IngressClass',
      { controller: 'x/y', parameters: { apiGroup: 'g', kind: 'K', name: 'n' } },
      {},
      ['web', 'x/y', 'K.g/n', '5m'],
    ],
    [
      '/Service',
      {
        type: 'LoadBalancer',
        clusterIP: '10.96.0.9',
        externalIPs: ['1.2.3.4'],
        ports: [{ port: 80, nodePort: 30_080 }],
      },
      { loadBalancer: { ingress: [{ ip: '10.96.0.9' }] } },
      ['web', 'LoadBalancer', '10.96.0.9', '10.96.0.9,1.2.3.4', '80:30080/TCP', '5m'],
    ],
    [
      '/Service',
      { type: 'LoadBalancer', clusterIP: '10.96.0.9', ports: [{ port: 80 }] },
      {},
      ['web', 'LoadBalancer', '10.96.0.9', '<pending>', '80/TCP', '5m'],
    ],
    ['/Service', { clusterIP: 'None' }, {}, ['web', 'ClusterIP', 'None', '<none>', '<none>', '5m']],
    [
      'apiregistration.k8s.io/APIService',
      { service: { namespace: 'a', name: 'b' } },
      { conditions: [{ type: 'Available', status: 'False', reason: 'ServiceNotFound' }] },
      ['web', 'a/b', 'False (ServiceNotFound)', '5m'],
    ],
    ['gateway.networking.k8s.io/HTTPRoute', { hostnames: ['a.test'] }, {}, ['web', '["a.test"]', '5m']],
    [
      'gateway.networking.k8s.io/Gateway',
      { gatewayClassName: 'argosy' },
      { addresses: [{ value: '127.0.0.1' }], conditions: [{ type: 'Programmed', status: 'True' }] },
      ['web', 'argosy', '127.0.0.1', 'True', '5m'],
    ],
    [
      'gateway.networking.k8s.io/GatewayClass',
      { controllerName: 'argosy.dev/gateway' },
      { conditions: [{ type: 'Accepted', status: 'True' }] },
      ['web', 'argosy.dev/gateway', 'True', '5m'],
    ],
  ])('%s', (kind, spec, status, want) =>
    expect(rowOf(kind, { apiVersion: 'v1', kind: 'Any', metadata, spec, status })).toEqual(want),
  );
});

describe('tables of sets, policies and volumes', () => {
  it.each([
    {
      reason: 'a stateful set',
      kind: 'apps/StatefulSet',
      object: { spec: { replicas: 3, template: { spec: { containers: [] } } }, status: { readyReplicas: 2 } },
      want: ['web', '2/3', '5m'],
    },
    {
      reason: 'a cron job',
      kind: 'batch/CronJob',
      object: { spec: { schedule: '@daily', jobTemplate: { spec: { template: { spec: { containers: [] } } } } } },
      want: ['web', '@daily', '<none>', 'False', 0, '<none>', '5m'],
    },
    {
      reason: 'a quota',
      kind: '/ResourceQuota',
      object: { status: { hard: { pods: '4', 'limits.cpu': '2' }, used: { pods: '1' } } },
      want: ['web', '5m', 'pods: 1/4', 'limits.cpu: 0/2'],
    },
    {
      reason: 'a claim',
      kind: '/PersistentVolumeClaim',
      object: {
        spec: { volumeName: 'v' },
        status: { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] },
      },
      want: ['web', 'Bound', 'v', '1Gi', 'RWO', '', '<unset>', '5m'],
    },
    {
      reason: 'an autoscaler that measures',
      kind: 'autoscaling/HorizontalPodAutoscaler',
      object: {
        spec: {
          scaleTargetRef: { kind: 'Deployment', name: 'd' },
          minReplicas: 1,
          maxReplicas: 3,
          metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 80 } } }],
        },
        status: {
          currentReplicas: 2,
          currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 10 } } }],
        },
      },
      want: ['web', 'Deployment/d', 'cpu: 10%/80%', '1', 3, 2, '5m'],
    },
    {
      reason: 'an autoscaler of metrics from elsewhere',
      kind: 'autoscaling/HorizontalPodAutoscaler',
      object: {
        spec: {
          scaleTargetRef: { kind: 'Deployment', name: 'd' },
          maxReplicas: 3,
          metrics: [
            {
              type: 'External',
              external: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '2' } },
            },
            { type: 'External', external: { metric: { name: 'm' }, target: { type: 'Value', value: '3' } } },
          ],
        },
      },
      want: ['web', 'Deployment/d', '<unknown>/2 (avg), <unknown>/3', '<unset>', 3, 0, '5m'],
    },
  ])('$reason', ({ kind, object, want }) =>
    expect(rowOf(kind, { apiVersion: '', kind: '', metadata, ...object } as KubeObject)).toEqual(want),
  );
});

/** What kubectl shows with `-o wide`. */
const wideOf = (kind: string, object: object) => {
  const { columns, cells } = BUILTIN_TABLES[kind] ?? { columns: [], cells: () => [] };
  const row = cells(deepFreeze({ apiVersion: '', kind: '', metadata, ...object }), now);
  return Object.fromEntries(columns.map(({ name }, at) => [name, row[at]]));
};

describe('wide tables', () => {
  it('a node is told with what it is', () => {
    const status = {
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [{ type: 'InternalIP', address: '10.1.1.1' }],
      nodeInfo: { kubeletVersion: 'v1', osImage: 'Debian', kernelVersion: '6', containerRuntimeVersion: 'docker://1' },
    };
    const labels = { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/control-plane': '' };
    expect(wideOf('/Node', { metadata: { ...metadata, labels }, status })).toEqual({
      Name: 'web',
      Status: 'Ready',
      Roles: 'control-plane,worker',
      Age: '5m',
      Version: 'v1',
      'Internal-IP': '10.1.1.1',
      'External-IP': '<none>',
      'OS-Image': 'Debian',
      'Kernel-Version': '6',
      'Container-Runtime': 'docker://1',
    });
  });

  it('a pod with where it might go and what it waits for', () => {
    const pod = {
      spec: { containers: [{ name: 'a' }], readinessGates: [{ conditionType: 'a/b' }, { conditionType: 'c/d' }] },
      status: { phase: 'Pending', nominatedNodeName: 'n', conditions: [{ type: 'a/b', status: 'True' }] },
    };
    expect(wideOf('/Pod', pod)).toMatchObject({ 'Nominated Node': 'n', 'Readiness Gates': '1/2', IP: '<none>' });
  });

  it.each([
    [
      'an event',
      '/Event',
      {
        involvedObject: { kind: 'Pod', name: 'p', fieldPath: 'spec.containers{a}' },
        source: { component: 'kubelet', host: 'n' },
        firstTimestamp: '2026-01-01T00:01:00Z',
        lastTimestamp: '2026-01-01T00:02:00Z',
        count: 3,
        message: 'm',
      },
    ],
    [
      'an event of the newer form',
      'events.k8s.io/Event',
      {
        regarding: { kind: 'Pod', name: 'p', fieldPath: 'spec.containers{a}' },
        reportingController: 'kubelet',
        reportingInstance: 'n',
        eventTime: '2026-01-01T00:01:00Z',
        series: { count: 3, lastObservedTime: '2026-01-01T00:02:00Z' },
        note: 'm',
      },
    ],
  ])('%s', (_what, kind, event) =>
    expect(wideOf(kind, event)).toMatchObject({
      'Last Seen': '3m',
      'First Seen': '4m',
      Object: 'pod/p',
      Subobject: 'spec.containers{a}',
      Source: 'kubelet, n',
      Count: 3,
      Message: 'm',
    }),
  );

  it.each([
    ['admissionregistration.k8s.io/ValidatingWebhookConfiguration', { webhooks: [{}, {}] }, { Webhooks: 2 }],
    [
      '/PodTemplate',
      { template: { metadata: { labels: { b: '1', a: '2' } }, spec: { containers: [] } } },
      { 'Pod Labels': 'a=2,b=1' },
    ],
    [
      'storage.k8s.io/CSIDriver',
      { spec: { attachRequired: false } },
      { AttachRequired: false, TokenRequests: '<unset>' },
    ],
    ['storage.k8s.io/CSINode', { spec: { drivers: [{}] } }, { Drivers: 1 }],
    [
      'discovery.k8s.io/EndpointSlice',
      { addressType: 'IPv4', endpoints: [] },
      { Ports: '<unset>', Endpoints: '<unset>' },
    ],
    [
      'discovery.k8s.io/EndpointSlice',
      { addressType: 'IPv4', endpoints: [{ addresses: ['1', '2', '3', '4', '5'] }] },
      { Endpoints: '1,2,3 + 2 more...' },
    ],
    [
      'networking.k8s.io/Ingress',
      { spec: { rules: [{ host: 'a' }, { host: 'b' }, { host: 'c' }, { host: 'd' }, {}] } },
      { Hosts: 'a,b,c + 2 more...' },
    ],
    [
      'networking.k8s.io/Ingress',
      { spec: { rules: [{ host: 'a' }, { host: 'b' }, { host: 'c' }] } },
      { Hosts: 'a,b,c' },
    ],
    [
      'apps/ReplicaSet',
      {
        spec: {
          selector: { matchLabels: { a: '1' }, matchExpressions: [{ key: 'q', operator: 'DoesNotExist' }] },
          template: { spec: { containers: [] } },
        },
      },
      { Selector: 'a=1,!q' },
    ],
    ['networking.k8s.io/NetworkPolicy', { spec: { podSelector: {} } }, { 'Pod-Selector': '<none>' }],
  ])('%s', (kind, object, want) => expect(wideOf(kind, object)).toMatchObject(want));
});
