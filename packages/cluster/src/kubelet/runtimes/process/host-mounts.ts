/**
 * What else is mounted on this machine below its root: an overlay over `/` shows only the root's own file system.
 */
import { MOUNTS_FOLDER } from '../../mounts/pod-mounts.ts';
import { readMountPoints } from '../../mounts/mount-points.ts';

/** Mounted by the sandbox itself. */
const OWN = ['/proc', '/dev', '/tmp'];
/** Where platforms and container engines mount what their containers see: it comes and goes, and is none of our containers' business. */
const OTHERS = [
  MOUNTS_FOLDER,
  '/var/lib/docker',
  '/var/lib/containers',
  '/var/lib/containerd',
  '/var/lib/kubelet',
  '/run/docker',
  '/run/containerd',
  '/run/netns',
  '/run/user',
];

/** Mount points to show in sandboxes, outer ones first, from the text of /proc/self/mountinfo. Pure. */
export const readHostMounts = (mountinfo: string, excluded: readonly string[]): readonly string[] => {
  const skipped = [...OWN, ...OTHERS, ...excluded];
  return readPoints(mountinfo).filter(
    (point) => !skipped.some((prefix) => point === prefix || point.startsWith(`${prefix}/`)),
  );
};

/** Mount points below `/dev`, which a layer over it would hide. Pure. */
export const readDeviceMounts = (mountinfo: string): readonly string[] =>
  readPoints(mountinfo).filter((point) => point.startsWith('/dev/'));

const readPoints = (mountinfo: string): readonly string[] => {
  const points = readMountPoints(mountinfo).filter((point) => point !== '/');
  return [...new Set(points)].toSorted((one, other) => one.length - other.length);
};
