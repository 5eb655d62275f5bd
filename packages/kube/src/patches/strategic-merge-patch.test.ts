import { describe, expect, it } from 'vitest';

import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

describe('strategic merge patch', () => {
  const pod = {
    spec: {
      containers: [
        { name: 'a', image: '1', env: [{ name: 'X', value: '1' }] },
        { name: 'b', image: '1' },
      ],
      nodeSelector: { z: '1' },
    },
  };
  const cases: readonly [reason: string, patch: unknown, expected: unknown][] = [
    [
      'merges containers by name',
      { spec: { containers: [{ name: 'b', image: '2' }] } },
      { spec: { ...pod.spec, containers: [pod.spec.containers[0], { name: 'b', image: '2' }] } },
    ],
    [
      'adds an unknown container',
      { spec: { containers: [{ name: 'c', image: '3' }] } },
      { spec: { ...pod.spec, containers: [...pod.spec.containers, { name: 'c', image: '3' }] } },
    ],
    [
      'deletes by directive',
      { spec: { containers: [{ name: 'a', $patch: 'delete' }] } },
      { spec: { ...pod.spec, containers: [pod.spec.containers[1]] } },
    ],
    [
      'merges env below a container',
      { spec: { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }] }] } },
      {
        spec: {
          ...pod.spec,
          containers: [
            {
              name: 'a',
              image: '1',
              env: [
                { name: 'X', value: '1' },
                { name: 'Y', value: '2' },
              ],
            },
            pod.spec.containers[1],
          ],
        },
      },
    ],
    [
      'replaces a map by directive',
      { spec: { nodeSelector: { $patch: 'replace', y: '2' } } },
      { spec: { ...pod.spec, nodeSelector: { y: '2' } } },
    ],
    ['removes a field with null', { spec: { nodeSelector: null } }, { spec: { containers: pod.spec.containers } }],
    [
      'orders as told',
      { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } },
      { spec: { ...pod.spec, containers: [pod.spec.containers[1], pod.spec.containers[0]] } },
    ],
    [
      'retains only the keys named',
      { spec: { $retainKeys: ['containers'] } },
      { spec: { containers: pod.spec.containers } },
    ],
  ];
  it.each(cases)('%s', (_reason, patch, expected) =>
    expect(applyStrategicMergePatch(pod, patch)).toEqual({ ok: true, value: expected }),
  );
  it('merges finalizers as a set and deletes from them', () => {
    const object = { metadata: { finalizers: ['a', 'b'] } };
    expect(
      applyStrategicMergePatch(object, {
        metadata: { finalizers: ['b', 'c'], '$deleteFromPrimitiveList/finalizers': ['a'] },
      }),
    ).toEqual({ ok: true, value: { metadata: { finalizers: ['b', 'c'] } } });
  });
  it('replaces lists without a merge key', () =>
    expect(applyStrategicMergePatch({ args: [1, 2] }, { args: [3] })).toEqual({ ok: true, value: { args: [3] } }));
  it('refuses an item without its merge key', () =>
    expect(applyStrategicMergePatch(pod, { spec: { containers: [{ image: 'x' }] } })).toMatchObject({ ok: false }));
  it('refuses a directive nobody knows', () =>
    expect(applyStrategicMergePatch(pod, { spec: { $patch: 'explode' } })).toMatchObject({ ok: false }));
});
