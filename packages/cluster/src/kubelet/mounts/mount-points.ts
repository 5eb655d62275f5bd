/**
 * What is mounted on this machine, as the kernel tells it.
 */

/** Mount points in the order they were mounted, from the text of /proc/self/mountinfo. Pure. */
export const readMountPoints = (mountinfo: string): readonly string[] =>
  mountinfo
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? [])
    .map((point) =>
      point.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    );
