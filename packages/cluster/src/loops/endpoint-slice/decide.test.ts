import type { Pod, Service } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { computeSlices } from './decide.ts';

const service = (change: Partial<NonNullable<Service['spec']>> = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'a' },
  spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'web' }], ...change },
});
const pod = (name: string, port = 8080, ready = true, change: Partial<Pod['metadata']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'a', uid: name, labels: { app: 'web' }, ...change },
  spec: { containers: [{ name: 'c', ports: [{ name: 'web', containerPort: port }] }] },
  status: { phase: 'Running', podIP: '127.0.0.9', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

describe('computeSlices', () => {
  it('lists ready pods with their resolved ports', () =>
    expect(computeSlices(service(), [pod('p')])).toEqual([
      {
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
        endpoints: [
          {
            addresses: ['127.0.0.9'],
            conditions: { ready: true, serving: true, terminating: false },
            targetRef: { kind: 'Pod', namespace: 'a', name: 'p', uid: 'p' },
          },
        ],
      },
    ]));
  it.each([
    { reason: 'not ready', of: service(), pods: [pod('p', 1, false)], ready: [false] },
    { reason: 'being deleted', of: service(), pods: [pod('p', 1, true, { deletionTimestamp: 'x' })], ready: [false] },
    { reason: 'published', of: service({ publishNotReadyAddresses: true }), pods: [pod('p', 1, false)], ready: [true] },
    { reason: 'other labels', of: service(), pods: [pod('p', 1, true, { labels: {} })], ready: [] },
    { reason: 'no selector', of: service({ selector: {} }), pods: [pod('p')], ready: [] },
  ])('$reason', ({ of, pods, ready }) =>
    expect(computeSlices(of, pods).flatMap((slice) => slice.endpoints.map((one) => one.conditions?.ready))).toEqual(
      ready,
    ),
  );
  it.each([
    { reason: 'no pod matches', of: service(), slices: [{ ports: [], endpoints: [] }] },
    { reason: 'there is no selector', of: service({ selector: {} }), slices: [] },
  ])('when $reason', ({ of, slices }) => expect(computeSlices(of, [])).toEqual(slices));
  it('separates pods whose named port differs', () =>
    expect(computeSlices(service(), [pod('p', 1), pod('q', 2)]).map((slice) => slice.ports?.[0]?.port)).toEqual([
      1, 2,
    ]));
  it('holds at most 100 endpoints in a slice', () =>
    expect(
      computeSlices(
        service(),
        Array.from({ length: 250 }, (_, i) => pod(`p${i}`)),
      ).map((one) => one.endpoints.length),
    ).toEqual([100, 100, 50]));
});
