import { describe, expect, it } from 'vitest';

import { createMemoryTree } from '../../tree/memory-tree.ts';
import type { Kustomization } from '../file/kustomization.ts';
import { mergeKustomizeImage } from './images.ts';
import { overrideKustomization, type KustomizeOverrides } from './override-kustomization.ts';

const tree = createMemoryTree({ 'app/debug/kustomization.yaml': 'kind: Component\n' });
const override = (kustomization: Kustomization, overrides: KustomizeOverrides): Promise<Kustomization> =>
  overrideKustomization(kustomization, overrides, { tree, root: 'app' });

describe('overrideKustomization', () => {
  it('leaves a kustomization alone when nothing is said', async () => {
    const kustomization = { resources: ['a'], namePrefix: 'p-', commonLabels: { a: '1' } };
    expect(await override(kustomization, { images: [], commonLabels: {}, patches: [] })).toEqual(kustomization);
  });

  it.each([
    ['nginx:2', { name: 'nginx', newTag: '2', digest: '' }],
    ['nginx@sha256:1', { name: 'nginx', newTag: '', digest: 'sha256:1' }],
    ['nginx=caddy:2', { name: 'nginx', newName: 'caddy', newTag: '2', digest: '' }],
    ['nginx=caddy', { name: 'nginx', newName: 'caddy', newTag: '', digest: '' }],
    ['nginx=*:2', { name: 'nginx', newName: 'file', newTag: '2', digest: '' }],
    ['nginx=caddy:*', { name: 'nginx', newName: 'caddy', newTag: '1', digest: '' }],
    ['host:5000/nginx:2', { name: 'host:5000/nginx', newTag: '2', digest: '' }],
  ])('reads the image %s', async (image, entry) => {
    const file = { name: 'nginx', newName: 'file', newTag: '1' };
    const { images } = await override({ images: [file] }, { images: [image] });
    expect(images?.find(({ name }) => name === entry.name)).toEqual(entry);
  });

  it('sorts images, keeps the others and takes the last of one image', async () => {
    const { images } = await override(
      { images: [{ name: 'z' }, { name: 'a', newTag: '1' }] },
      { images: ['m:1', 'm:2'] },
    );
    expect(images?.map(({ name, newTag }) => `${name}:${newTag}`)).toEqual(['a:1', 'm:2', 'z:undefined']);
    expect(mergeKustomizeImage(['a:1', 'b:1'], 'a=c:2')).toEqual(['a=c:2', 'b:1']);
  });

  it('refuses an image that changes nothing', async () => {
    await expect(override({}, { images: ['nginx'] })).rejects.toThrow('images: "nginx" changes nothing');
  });

  it('lays replicas over by name', async () => {
    const { replicas } = await override(
      {
        replicas: [
          { name: 'b', count: 1 },
          { name: 'a', count: 1 },
        ],
      },
      { replicas: [{ name: 'b', count: '7' }] },
    );
    expect(replicas).toEqual([
      { name: 'a', count: 1 },
      { name: 'b', count: 7 },
    ]);
    await expect(override({}, { replicas: [{ name: 'b', count: '7x' }] })).rejects.toThrow(
      'replicas: count of b must be a whole number, found "7x"',
    );
  });

  it('replaces labels only by force, or adds an entry of its own', async () => {
    const file = { commonLabels: { a: 'file' } };
    await expect(override(file, { commonLabels: { a: 'app' } })).rejects.toThrow(
      'label a already in kustomization file',
    );
    expect(await override(file, { commonLabels: { a: 'app', b: '1' }, forceCommonLabels: true })).toEqual({
      commonLabels: { a: 'app', b: '1' },
    });
    expect(
      await override(file, { commonLabels: { a: 'app' }, labelWithoutSelector: true, labelIncludeTemplates: true }),
    ).toEqual({ ...file, labels: [{ pairs: { a: 'app' }, includeTemplates: true }] });
    await expect(override(file, { commonLabels: { b: '1' }, labelIncludeTemplates: true })).rejects.toThrow(
      'labelIncludeTemplates needs labelWithoutSelector',
    );
  });

  it('appends patches and components, missing ones only when they are to be refused', async () => {
    const file = { patches: [{ path: 'a' }], components: ['debug'] };
    expect(
      await override(file, { patches: [{ path: 'b' }], components: ['debug', 'none'], ignoreMissingComponents: true }),
    ).toEqual({ patches: [{ path: 'a' }, { path: 'b' }], components: ['debug'] });
    expect(await override(file, { components: ['none'] })).toEqual({ ...file, components: ['debug', 'none'] });
  });
});
