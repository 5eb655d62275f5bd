import { expect, it } from 'vitest';

import { unappliedMedia } from './unapplied-media.ts';

const spec = {
  containers: [],
  volumes: [
    { name: 'a', emptyDir: {} },
    { name: 'b', emptyDir: { medium: 'Memory' } },
    { name: 'c', emptyDir: { medium: 'HugePages-2Mi' } },
  ],
};

it('memory is a folder of the disk where nothing can be mounted, huge pages are everywhere', () => {
  expect(unappliedMedia(spec, { obstacle: () => undefined })).toEqual(['volumes[2].emptyDir.medium']);
  expect(unappliedMedia(spec, { obstacle: () => 'only root mounts' })).toEqual([
    'volumes[1].emptyDir.medium',
    'volumes[2].emptyDir.medium',
  ]);
});
it('nothing is tried for pods that want no memory', () =>
  expect(
    unappliedMedia(
      { containers: [], volumes: [{ name: 'a', emptyDir: {} }] },
      {
        obstacle: () => {
          throw new Error('tried');
        },
      },
    ),
  ).toEqual([]));
