/**
 * Addresses of pods on this machine: Linux answers on all of 127.0.0.0/8, so each pod gets one of its own.
 */

/** Hands out addresses in 127.64.0.0/10, away from those people use by hand. */
export interface LoopbackAddresses {
  /** The pod's address; the same for the same uid until released. */
  take(podUid: string): string;
  release(podUid: string): void;
}

/** Hosts of the block that are handed out. */
const CAPACITY = 2 ** 22 - 2;

/**
 * Creates the pool; addresses go round, so that a freed one is not reused at once. `start` is where it begins: two
 * platforms on one machine that begin apart do not meet.
 */
export const createLoopbackAddresses = (start: number): LoopbackAddresses => {
  const byPod = new Map<string, string>();
  const used = new Set<string>();
  let next = start % CAPACITY;
  const draw = (): string => {
    next = (next % CAPACITY) + 1;
    return `127.${64 + (next >>> 16)}.${(next >>> 8) & 255}.${next & 255}`;
  };
  return {
    take: (podUid) => {
      const known = byPod.get(podUid);
      if (known !== undefined) return known;
      let address = draw();
      while (used.has(address)) address = draw();
      used.add(address);
      byPod.set(podUid, address);
      return address;
    },
    release: (podUid) => {
      used.delete(byPod.get(podUid) ?? '');
      byPod.delete(podUid);
    },
  };
};
