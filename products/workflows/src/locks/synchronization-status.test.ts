import { describe, expect, it } from 'vitest';

import type { Workflow, WorkflowPhase } from '../api/kinds.ts';
import { acquireLocks, type LockTable } from './lock-table.ts';
import { synchronizationOf, tableOfStatuses } from './synchronization-status.ts';

const aWorkflow = (name: string, phase: WorkflowPhase, table: LockTable): Workflow => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Workflow',
  metadata: { name, namespace: 'n' },
  status: { phase, synchronization: synchronizationOf(table, { namespace: 'n', name }, undefined) },
});

describe('the table after a restart', () => {
  const ask = (table: LockTable, holder: string, key: string, limit: number): LockTable =>
    acquireLocks(table, { holder, priority: 0, createdAt: 0, locks: [{ key, limit }] }).table;
  const before = [
    ['n/a', 'n/Mutex/m', 1],
    ['n/b/b-1', 'n/ConfigMap/c/k', 2],
    ['n/b/b-2', 'n/ConfigMap/c/k', 2],
    ['n/b/b-3', 'n/ConfigMap/c/k', 2],
    ['n/gone', 'n/Mutex/other', 1],
  ].reduce<LockTable>(
    (table, [holder, key, limit]) => ask(table, String(holder), String(key), Number(limit)),
    new Map(),
  );

  it('has the holders of the statuses, and nobody who has ended', () => {
    const after = tableOfStatuses([
      aWorkflow('a', 'Running', before),
      aWorkflow('b', 'Running', before),
      aWorkflow('gone', 'Succeeded', before),
    ]);
    expect([...after].map(([key, lock]) => [key, lock.holders, lock.pending])).toEqual([
      ['n/Mutex/m', ['n/a'], []],
      ['n/ConfigMap/c/k', ['n/b/b-1', 'n/b/b-2'], []],
    ]);
    const asked = acquireLocks(after, {
      holder: 'n/z',
      priority: 9,
      createdAt: 0,
      locks: [{ key: 'n/Mutex/m', limit: 1 }],
    });
    expect(asked.answer).toEqual({
      kind: 'waiting',
      lock: 'n/Mutex/m',
      message: 'Waiting for n/Mutex/m lock. Lock status: 0/1',
    });
  });

  it('stays the same value when somebody asks in vain again', () => {
    const waiting = ask(before, 'n/z', 'n/Mutex/m', 1);
    expect(ask(waiting, 'n/z', 'n/Mutex/m', 1).get('n/Mutex/m')).toBe(waiting.get('n/Mutex/m'));
  });
});
