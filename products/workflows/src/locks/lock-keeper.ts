/**
 * The one lock table of a process. It is made of the statuses of all workflows when it is first asked for, which is
 * after their cache has been filled. @spec WF-SYNC-09, WF-SYNC-10
 */
import { formatKey, type KubeObject, type ObjectKey } from '@argosy/kube';

import type { Workflow } from '../api/kinds.ts';
import { workflowOfHolder } from './lock-key.ts';
import { releaseLocks, wakeableBetween, type LockTable } from './lock-table.ts';
import { tableOfStatuses } from './synchronization-status.ts';

/** Keeps the table. */
export interface LockKeeper {
  /** The table now. */
  table(): LockTable;
  /** Puts the next table in place and wakes those it lets in. Call it in the same turn as `table`. */
  replace(next: LockTable): void;
  /** Gives back what a workflow held that is gone or has ended. */
  forget(workflow: ObjectKey): void;
  /** Workflows that wait at a semaphore of this ConfigMap. */
  waitingAt(configMap: KubeObject): readonly ObjectKey[];
}

/** Creates an empty keeper. */
export const createLockKeeper = (
  workflows: () => Iterable<Workflow>,
  wake: (workflow: ObjectKey) => void,
): LockKeeper => {
  let known: LockTable | undefined;
  const table = (): LockTable => (known ??= tableOfStatuses(workflows()));
  const replace = (next: LockTable): void => {
    const before = table();
    known = next;
    for (const workflow of wakeableBetween(before, next)) wake(toKey(workflow));
  };
  return {
    table,
    replace,
    forget: (workflow) => {
      const us = formatKey(workflow);
      replace(releaseLocks(table(), (holder) => workflowOfHolder(holder) === us));
    },
    waitingAt: ({ metadata }) => {
      // Before the first look at a workflow nobody waits.
      if (!known || known.size === 0) return [];
      const prefix = `${metadata.namespace ?? ''}/ConfigMap/${metadata.name ?? ''}/`;
      const waiting = [...known].flatMap(([key, lock]) =>
        key.startsWith(prefix) ? lock.pending.map((waiter) => workflowOfHolder(waiter.holder)) : [],
      );
      return [...new Set(waiting)].map(toKey);
    },
  };
};

const toKey = (workflow: string): ObjectKey => {
  const [namespace = '', name = ''] = workflow.split('/');
  return { namespace, name };
};
