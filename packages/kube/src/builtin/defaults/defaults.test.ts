import { deepFreeze } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { BUILTIN_DEFAULTS } from './defaults.ts';

const fill = (kind: string, object: Readonly<Record<string, unknown>>) => BUILTIN_DEFAULTS[kind]?.(deepFreeze(object));

const container = { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' };
const podSpec = {
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  securityContext: {},
  schedulerName: 'default-scheduler',
};

describe('BUILTIN_DEFAULTS', () => {
  it.each([
    {
      reason: 'a pod',
      kind: '/Pod',
      object: {
        spec: {
          serviceAccount: 'builder',
          containers: [
            {
              name: 'a',
              image: 'registry:5000/web',
              ports: [{ containerPort: 80 }],
              resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } },
              readinessProbe: { httpGet: { port: 80 } },
              env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
            },
            { name: 'b', image: 'web@sha256:00' },
            { name: 'c', image: 'web:1.2', imagePullPolicy: 'Never' },
          ],
          volumes: [{ name: 'e' }, { name: 's', secret: { secretName: 's' } }],
        },
      },
      want: {
        spec: {
          ...podSpec,
          serviceAccount: 'builder',
          serviceAccountName: 'builder',
          enableServiceLinks: true,
          containers: [
            {
              ...container,
              name: 'a',
              image: 'registry:5000/web',
              imagePullPolicy: 'Always',
              ports: [{ containerPort: 80, protocol: 'TCP' }],
              resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m', memory: '1Gi' } },
              readinessProbe: {
                httpGet: { port: 80, path: '/', scheme: 'HTTP' },
                timeoutSeconds: 1,
                periodSeconds: 10,
                successThreshold: 1,
                failureThreshold: 3,
              },
              env: [{ name: 'IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } }],
            },
            { ...container, name: 'b', image: 'web@sha256:00', imagePullPolicy: 'IfNotPresent', resources: {} },
            { ...container, name: 'c', image: 'web:1.2', imagePullPolicy: 'Never', resources: {} },
          ],
          volumes: [
            { name: 'e', emptyDir: {} },
            { name: 's', secret: { secretName: 's', defaultMode: 420 } },
          ],
        },
      },
    },
    {
      reason: 'a deployment',
      kind: 'apps/Deployment',
      object: { spec: { template: { spec: { containers: [] } } } },
      want: {
        spec: {
          replicas: 1,
          revisionHistoryLimit: 10,
          progressDeadlineSeconds: 600,
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
          template: { spec: { ...podSpec, containers: [] } },
        },
      },
    },
    {
      reason: 'a deployment that recreates',
      kind: 'apps/Deployment',
      object: { spec: { replicas: 0, strategy: { type: 'Recreate' } } },
      want: {
        spec: { replicas: 0, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, strategy: { type: 'Recreate' } },
      },
    },
    {
      reason: 'a service',
      kind: '/Service',
      object: { spec: { ports: [{ port: 80 }, { port: 81, targetPort: 'http' }] } },
      want: {
        spec: {
          type: 'ClusterIP',
          sessionAffinity: 'None',
          internalTrafficPolicy: 'Cluster',
          ports: [
            { port: 80, protocol: 'TCP', targetPort: 80 },
            { port: 81, protocol: 'TCP', targetPort: 'http' },
          ],
        },
      },
    },
    {
      reason: 'a work-queue job runs one pod at a time and counts no completions',
      kind: 'batch/Job',
      object: { metadata: {}, spec: { parallelism: 2, template: { metadata: { labels: { a: 'b' } } } } },
      want: {
        metadata: { labels: { a: 'b' } },
        spec: {
          parallelism: 2,
          backoffLimit: 6,
          completionMode: 'NonIndexed',
          suspend: false,
          manualSelector: false,
          podReplacementPolicy: 'TerminatingOrFailed',
          template: { metadata: { labels: { a: 'b' } } },
        },
      },
    },
    {
      reason: 'a secret in clear text',
      kind: '/Secret',
      object: { data: { a: 'YQ==' }, stringData: { a: 'ü', b: 'x' } },
      want: { type: 'Opaque', data: { a: 'w7w=', b: 'eA==' } },
    },
    {
      reason: 'a replication controller selects what its template makes',
      kind: '/ReplicationController',
      object: { metadata: { name: 'r' }, spec: { template: { metadata: { labels: { app: 'a' } } } } },
      want: {
        metadata: { name: 'r', labels: { app: 'a' } },
        spec: { replicas: 1, selector: { app: 'a' }, template: { metadata: { labels: { app: 'a' } } } },
      },
    },
    {
      reason: 'a namespace',
      kind: '/Namespace',
      object: { metadata: { name: 'n', labels: { a: 'b' } } },
      want: {
        metadata: { name: 'n', labels: { a: 'b', 'kubernetes.io/metadata.name': 'n' } },
        spec: { finalizers: ['kubernetes'] },
        status: { phase: 'Active' },
      },
    },
    {
      reason: 'a role and users are of the group of roles, also where Go writes an empty one',
      kind: 'rbac.authorization.k8s.io/RoleBinding',
      object: { roleRef: { apiGroup: '', kind: 'Role', name: 'r' }, subjects: [{ kind: 'User', name: 'u' }] },
      want: {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
        subjects: [{ kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' }],
      },
    },
    {
      reason: 'parts of the wrong type are left alone',
      kind: '/Pod',
      object: { spec: 'x' },
      want: { spec: 'x' },
    },
  ])('$reason', ({ kind, object, want }) => {
    const filled = fill(kind, object);
    expect(filled).toEqual(want);
    expect(fill(kind, filled ?? {})).toEqual(filled);
  });
});
