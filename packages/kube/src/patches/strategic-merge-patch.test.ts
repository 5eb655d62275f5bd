import { deepFreeze } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { BUILTIN_SCHEMAS } from '../builtin/index.ts';
import { applyStrategicMergePatch } from './index.ts';

const schema = BUILTIN_SCHEMAS['apps/Deployment'] ?? {};
const live = deepFreeze({
  metadata: { labels: { a: '1', b: '2' }, finalizers: ['f1', 'f2'] },
  spec: {
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
    template: {
      spec: {
        containers: [
          { name: 'a', image: 'a:1', args: ['x', 'y'], env: [{ name: 'E', value: '1' }] },
          { name: 'b', image: 'b:1' },
        ],
        tolerations: [{ key: 'k' }],
      },
    },
  },
});

const patched = (patch: unknown) => applyStrategicMergePatch(live, deepFreeze(patch), schema);
const containers = (patch: Readonly<Record<string, unknown>>) =>
  patched({ spec: { template: { spec: patch } } }) as unknown as {
    value: { spec: { template: { spec: { containers: unknown } } } };
  };

describe('applyStrategicMergePatch', () => {
  it.each([
    {
      reason: 'merges by key, replaces plain lists',
      patch: { containers: [{ name: 'a', args: ['z'], env: [{ name: 'F', value: '2' }] }] },
      want: [
        {
          name: 'a',
          image: 'a:1',
          args: ['z'],
          env: [
            { name: 'F', value: '2' },
            { name: 'E', value: '1' },
          ],
        },
        { name: 'b', image: 'b:1' },
      ],
    },
    {
      reason: 'deletes an item',
      patch: { containers: [{ name: 'a', $patch: 'delete' }] },
      want: [{ name: 'b', image: 'b:1' }],
    },
    {
      reason: 'replaces the list',
      patch: { containers: [{ $patch: 'replace' }, { name: 'c', image: 'c' }] },
      want: [{ name: 'c', image: 'c' }],
    },
    {
      reason: 'puts a new item in front, as the API server does',
      patch: { containers: [{ name: 'c', image: 'c' }] },
      want: [{ name: 'c', image: 'c' }, ...live.spec.template.spec.containers],
    },
    {
      reason: 'orders items',
      patch: {
        '$setElementOrder/containers': [{ name: 'b' }, { name: 'c' }, { name: 'a' }],
        containers: [{ name: 'c', image: 'c' }],
      },
      want: [live.spec.template.spec.containers[1], { name: 'c', image: 'c' }, live.spec.template.spec.containers[0]],
    },
  ])('$reason', ({ patch, want }) => {
    expect(containers(patch).value.spec.template.spec.containers).toEqual(want);
  });

  it.each([
    {
      reason: 'null removes',
      patch: { metadata: { labels: { a: null, c: '3' } } },
      want: { ...live, metadata: { ...live.metadata, labels: { b: '2', c: '3' } } },
    },
    {
      reason: 'sets merge, and lose what is named',
      patch: { metadata: { finalizers: ['f3'], '$deleteFromPrimitiveList/finalizers': ['f1'] } },
      want: { ...live, metadata: { ...live.metadata, finalizers: ['f3', 'f2'] } },
    },
    {
      reason: 'retains keys only',
      patch: { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
      want: { ...live, spec: { ...live.spec, strategy: { type: 'Recreate' } } },
    },
    {
      reason: 'replaces an object',
      patch: { metadata: { labels: { $patch: 'replace', x: 'y' } } },
      want: { ...live, metadata: { ...live.metadata, labels: { x: 'y' } } },
    },
  ])('$reason', ({ patch, want }) => {
    expect(patched(patch)).toEqual({ ok: true, value: want });
  });

  it.each([
    { reason: 'no object', patch: [] },
    { reason: 'no merge key', patch: { spec: { template: { spec: { containers: [{ image: 'x' }] } } } } },
    { reason: 'unknown directive', patch: { spec: { $patch: 'explode' } } },
    {
      reason: 'a field that is not retained',
      patch: { spec: { strategy: { $retainKeys: ['type'], rollingUpdate: {} } } },
    },
    { reason: 'retained keys of the wrong type', patch: { spec: { $retainKeys: 'type' } } },
  ])('refuses: $reason', ({ patch }) => {
    expect(patched(patch).ok).toBe(false);
  });

  it.each([
    {
      reason: 'merges env below a container',
      patch: { spec: { containers: [{ name: 'b', env: [{ name: 'Y', value: '2' }] }] } },
      want: {
        containers: [
          { name: 'a', image: '1' },
          { name: 'b', image: '1', env: [{ name: 'Y', value: '2' }] },
        ],
        nodeSelector: { z: '1' },
      },
    },
    {
      reason: 'removes a field with null',
      patch: { spec: { nodeSelector: null } },
      want: {
        containers: [
          { name: 'a', image: '1' },
          { name: 'b', image: '1' },
        ],
      },
    },
    {
      reason: 'orders without merging',
      patch: { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } },
      want: {
        containers: [
          { name: 'b', image: '1' },
          { name: 'a', image: '1' },
        ],
        nodeSelector: { z: '1' },
      },
    },
  ])("by the object's own kind: $reason", ({ patch, want }) => {
    const containersOfPod = [
      { name: 'a', image: '1' },
      { name: 'b', image: '1' },
    ];
    const pod = { apiVersion: 'v1', kind: 'Pod', spec: { containers: containersOfPod, nodeSelector: { z: '1' } } };
    expect(applyStrategicMergePatch(deepFreeze(pod), patch)).toEqual({ ok: true, value: { ...pod, spec: want } });
  });

  it('replaces lists of kinds nobody knows', () =>
    expect(applyStrategicMergePatch({ args: [1, 2] }, { args: [3] })).toEqual({ ok: true, value: { args: [3] } }));
});
