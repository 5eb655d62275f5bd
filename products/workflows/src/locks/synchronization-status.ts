/**
 * What a workflow's status says of its locks, and the table made of all statuses after a restart.
 * @spec WF-SYNC-07, WF-SYNC-10, WF-CRD-15
 */
import { parseTimestamp } from '@argosy/base';

import type { Workflow } from '../api/kinds.ts';
import { isCompleted } from '../nodes/node-phase.ts';
import { holderKeyOf, parseLockKey, workflowOfHolder } from './lock-key.ts';
import { acquireLocks, type LockTable } from './lock-table.ts';

/** A semaphore and who is at it. */
interface SemaphoreEntry {
  readonly semaphore: string;
  readonly holders: readonly string[];
}

/** A mutex and who holds it. */
interface MutexEntry {
  readonly mutex: string;
  readonly holder: string;
}

/** `status.synchronization`. */
export interface SynchronizationStatus {
  readonly semaphore?: { readonly holding?: readonly SemaphoreEntry[]; readonly waiting?: readonly SemaphoreEntry[] };
  readonly mutex?: { readonly holding?: readonly MutexEntry[]; readonly waiting?: readonly MutexEntry[] };
}

/**
 * The status of one workflow. Waiting entries say who holds the lock; where nobody does and others are only before us,
 * the entry stays as it was.
 */
export const synchronizationOf = (
  table: LockTable,
  workflow: { readonly namespace: string; readonly name: string },
  previous: SynchronizationStatus | undefined,
): SynchronizationStatus | undefined => {
  const us = holderKeyOf(workflow);
  const isOurs = (holder: string): boolean => workflowOfHolder(holder) === us;
  const holding: { semaphore: SemaphoreEntry[]; mutex: MutexEntry[] } = { semaphore: [], mutex: [] };
  const waiting: { semaphore: SemaphoreEntry[]; mutex: MutexEntry[] } = { semaphore: [], mutex: [] };
  for (const [key, lock] of [...table].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const ours = lock.holders.filter(isOurs);
    const isMutex = parseLockKeyKind(key) === 'Mutex';
    if (isMutex) holding.mutex.push(...ours.map((holder) => ({ mutex: key, holder })));
    else if (ours.length > 0) holding.semaphore.push({ semaphore: key, holders: ours });
    if (!lock.pending.some((waiter) => isOurs(waiter.holder))) continue;
    if (isMutex) {
      const [holder] = lock.holders;
      const known = previous?.mutex?.waiting?.find((entry) => entry.mutex === key);
      if (holder !== undefined) waiting.mutex.push({ mutex: key, holder });
      else if (known) waiting.mutex.push(known);
    } else waiting.semaphore.push({ semaphore: key, holders: lock.holders });
  }
  const sections = {
    ...section('semaphore', holding.semaphore, waiting.semaphore),
    ...section('mutex', holding.mutex, waiting.mutex),
  };
  return Object.keys(sections).length > 0 ? sections : undefined;
};

/** The table of the locks that workflows hold by their status. Limits are learnt when somebody asks. */
export const tableOfStatuses = (workflows: Iterable<Workflow>): LockTable => {
  let table: LockTable = new Map();
  for (const { metadata, status } of workflows) {
    if (isCompleted(status?.phase)) continue;
    const synchronization = status?.synchronization;
    const held = [
      ...(synchronization?.mutex?.holding ?? []).map(({ mutex, holder }) => ({ key: mutex, holder })),
      ...(synchronization?.semaphore?.holding ?? []).flatMap(({ semaphore, holders }) =>
        holders.map((holder) => ({ key: semaphore, holder })),
      ),
    ];
    for (const { key, holder } of held)
      table = acquireLocks(table, {
        holder,
        priority: 0,
        createdAt: parseTimestamp(metadata.creationTimestamp) ?? 0,
        // Held is held, whatever the limit is now.
        locks: [{ key, limit: Number.MAX_SAFE_INTEGER }],
      }).table;
  }
  return table;
};

const parseLockKeyKind = (key: string): string => {
  const read = parseLockKey(key);
  return read.ok ? read.value.kind : '';
};

const section = <T>(name: string, holding: readonly T[], waiting: readonly T[]): object =>
  holding.length + waiting.length === 0
    ? {}
    : { [name]: { ...(holding.length > 0 ? { holding } : {}), ...(waiting.length > 0 ? { waiting } : {}) } };
