/**
 * Who holds which lock and who waits for it, as a value. The process keeps one table; a decision is made on it and
 * gives the next one, so that two workflows never take the last place both.
 * @upstream argo-workflows workflow/sync/semaphore.go, lock_manager.go
 * @spec WF-SYNC-02, WF-SYNC-03, WF-SYNC-06, WF-SYNC-08, WF-SYNC-09
 */
import { workflowOfHolder } from './lock-key.ts';

/** Somebody in the queue. */
export interface Waiter {
  readonly holder: string;
  /** Higher goes first. */
  readonly priority: number;
  /** Older goes first. */
  readonly createdAt: number;
}

/** A lock. */
export interface Lock {
  readonly limit: number;
  readonly holders: readonly string[];
  /** In the order they will be let in. */
  readonly pending: readonly Waiter[];
}

/** Every lock somebody holds or waits for. */
export type LockTable = ReadonlyMap<string, Lock>;

/** What is asked for: all of the locks, or none. */
export interface LockRequest extends Waiter {
  readonly locks: readonly { readonly key: string; readonly limit: number }[];
}

/** The answer. */
export type LockAnswer =
  | { readonly kind: 'acquired' }
  | { readonly kind: 'waiting'; readonly lock: string; readonly message: string };

/** Takes all the locks, or waits in the queue of each. Who holds them already holds them. */
export const acquireLocks = (
  table: LockTable,
  request: LockRequest,
): { readonly table: LockTable; readonly answer: LockAnswer } => {
  const queued = new Map(table);
  // A lock that stays as it was stays the same value: asking again must wake nobody.
  for (const { key, limit } of request.locks)
    queued.set(key, withWaiter(withLimit(lockOf(queued, key), limit), request));
  const blocked = request.locks.find(({ key }) => !isAvailable(lockOf(queued, key), request.holder));
  if (blocked) {
    const { limit, holders } = lockOf(queued, blocked.key);
    const message = `Waiting for ${blocked.key} lock. Lock status: ${Math.max(0, limit - holders.length)}/${limit}`;
    return { table: queued, answer: { kind: 'waiting', lock: blocked.key, message } };
  }
  for (const { key } of request.locks) {
    const lock = lockOf(queued, key);
    if (lock.holders.includes(request.holder)) continue;
    queued.set(key, {
      ...lock,
      holders: [...lock.holders, request.holder],
      pending: lock.pending.filter((waiter) => waiter.holder !== request.holder),
    });
  }
  return { table: queued, answer: { kind: 'acquired' } };
};

/** Removes holders and waiters. Locks nobody is left at go. */
export const releaseLocks = (
  table: LockTable,
  leaves: (holder: string, as: 'holder' | 'waiter') => boolean,
): LockTable => {
  const kept = new Map<string, Lock>();
  let isChanged = false;
  for (const [key, lock] of table) {
    const holders = lock.holders.filter((holder) => !leaves(holder, 'holder'));
    const pending = lock.pending.filter((waiter) => !leaves(waiter.holder, 'waiter'));
    const isSame = holders.length === lock.holders.length && pending.length === lock.pending.length;
    isChanged ||= !isSame;
    if (holders.length + pending.length > 0) kept.set(key, isSame ? lock : { ...lock, holders, pending });
  }
  return isChanged ? kept : table;
};

/** Workflows to look at again: those first in the queue of a lock, as many as there are places. */
export const wakeableAt = (lock: Lock): readonly string[] => [
  ...new Set(
    lock.pending
      .slice(0, Math.max(0, lock.limit - lock.holders.length))
      .map((waiter) => workflowOfHolder(waiter.holder)),
  ),
];

/** Workflows to look at again after one table became another. */
export const wakeableBetween = (before: LockTable, after: LockTable): readonly string[] => [
  ...new Set([...after].flatMap(([key, lock]) => (before.get(key) === lock ? [] : wakeableAt(lock)))),
];

const lockOf = (table: LockTable, key: string): Lock => table.get(key) ?? { limit: 1, holders: [], pending: [] };

const withLimit = (lock: Lock, limit: number): Lock => (lock.limit === limit ? lock : { ...lock, limit });

const withWaiter = (lock: Lock, { holder, priority, createdAt }: Waiter): Lock => {
  const known = lock.pending.find((waiter) => waiter.holder === holder);
  if (lock.holders.includes(holder) || (known?.priority === priority && known.createdAt === createdAt)) return lock;
  const others = lock.pending.filter((waiter) => waiter.holder !== holder);
  const behind = others.findIndex(
    (waiter) => waiter.priority < priority || (waiter.priority === priority && waiter.createdAt > createdAt),
  );
  const waiter = { holder, priority, createdAt };
  return { ...lock, pending: others.toSpliced(behind < 0 ? others.length : behind, 0, waiter) };
};

/** There is a place, and nobody of another workflow is before us. */
const isAvailable = (lock: Lock, holder: string): boolean => {
  if (lock.holders.includes(holder)) return true;
  const [first] = lock.pending;
  const isOurTurn = !first || workflowOfHolder(first.holder) === workflowOfHolder(holder);
  return isOurTurn && lock.holders.length < lock.limit;
};
