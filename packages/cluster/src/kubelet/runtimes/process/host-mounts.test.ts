import { expect, it } from 'vitest';

import { readHostMounts } from './host-mounts.ts';

it('shows other file systems, not those the sandbox makes itself or must not see', () => {
  const points = [
    '/',
    '/proc',
    '/proc/sys',
    '/home/a\\040b',
    '/home',
    '/data/argosy/x',
    '/tmp',
    '/dev/shm',
    '/tmpfs',
    '/var/lib/docker/overlay2/a/merged',
  ];
  const text = points.map((point, at) => `${at} 1 0:1 / ${point} rw - ext4 x rw`).join('\n');
  expect(readHostMounts(text, ['/data/argosy'])).toEqual(['/home', '/tmpfs', '/home/a b']);
});
