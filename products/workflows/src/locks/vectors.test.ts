import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { isEqual } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { formatLockKey, holderKeyOf, parseLockKey, workflowOfHolder } from './lock-key.ts';
import { acquireLocks, releaseLocks, wakeableAt, type LockTable } from './lock-table.ts';
import { synchronizationOf, type SynchronizationStatus } from './synchronization-status.ts';

const FOLDER = fileURLToPath(new URL('../../../../../shared/conformance/vectors/', import.meta.url));

const vectors = <In, Out>(file: string, count: number, check: (input: In, out: Out) => void): void => {
  describe.skipIf(!existsSync(FOLDER))(`vectors ${file}`, () => {
    const cases = existsSync(FOLDER)
      ? (
          JSON.parse(readFileSync(`${FOLDER}${file}.json`, 'utf8')) as {
            cases: readonly { name: string; in: In; out: Out }[];
          }
        ).cases
      : [];
    it('are all there', () => expect(cases.length).toBe(count));
    it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => check(one.in, one.out));
  });
};

vectors<{ key?: string; keys?: string[] }, object>('wf-lock-keys', 9, ({ key, keys }, out) => {
  const read = (keys ?? [key ?? '']).map(parseLockKey);
  if (read.some((one) => !one.ok)) return expect({ error: true }).toEqual(out);
  const values = read.flatMap((one) => (one.ok ? [one.value] : []));
  expect(values.map(formatLockKey)).toEqual(keys ?? [key]);
  expect(keys ? { needsDatabase: values.some((one) => one.kind === 'Database') } : values[0]).toEqual(out);
});

interface Operation {
  readonly do: 'acquire' | 'release';
  readonly workflow: string;
  readonly namespace: string;
  readonly locks?: string[];
  readonly priority?: number;
}

vectors<
  { operations: Operation[]; limits?: Record<string, number> },
  { results: object[]; wokenAfterRelease?: string }
>('wf-locks', 5, ({ operations, limits = {} }, out) => {
  let table: LockTable = new Map();
  const statuses = new Map<string, SynchronizationStatus | undefined>();
  const results: object[] = [];
  let woken: string | undefined;
  for (const [index, operation] of operations.entries()) {
    const us = { namespace: operation.namespace, name: operation.workflow };
    const holder = holderKeyOf(us);
    if (operation.do === 'release') {
      const before = table;
      table = releaseLocks(table, (one) => workflowOfHolder(one) === holder);
      woken = [...before.keys()].flatMap((key) =>
        wakeableAt(table.get(key) ?? { limit: 1, holders: [], pending: [] }),
      )[0];
      statuses.delete(holder);
      continue;
    }
    const acquired = acquireLocks(table, {
      holder,
      priority: operation.priority ?? 0,
      createdAt: index,
      locks: (operation.locks ?? []).map((key) => ({ key, limit: limits[key] ?? 1 })),
    });
    table = acquired.table;
    const status = synchronizationOf(table, us, statuses.get(holder));
    results.push({
      acquired: acquired.answer.kind === 'acquired',
      ...(acquired.answer.kind === 'waiting' ? { blockedBy: acquired.answer.lock } : {}),
      statusChanged: !isEqual(status, statuses.get(holder)),
    });
    statuses.set(holder, status);
  }
  expect({ results, ...(out.wokenAfterRelease === undefined ? {} : { wokenAfterRelease: woken }) }).toEqual(out);
});

interface Wakeups {
  readonly limit: number;
  readonly queued: { readonly key: string; readonly priority: number; readonly createdAt: number }[];
  readonly steps: { readonly do: 'acquire' | 'release'; readonly key: string }[];
}

vectors<Wakeups, { woken: string[][] }>('wf-lock-wakeups', 2, ({ limit, queued, steps }, out) => {
  const ask = (table: LockTable, key: string) => {
    const waiter = queued.find((one) => one.key === key)!;
    return acquireLocks(table, { holder: key, ...waiter, locks: [{ key: 'l', limit }] }).table;
  };
  // A lock without a place makes a queue of all who ask.
  let table: LockTable = queued.reduce<LockTable>(
    (all, one) => acquireLocks(all, { holder: one.key, ...one, locks: [{ key: 'l', limit: 0 }] }).table,
    new Map(),
  );
  const woken = steps.map((step) => {
    table = step.do === 'acquire' ? ask(table, step.key) : releaseLocks(table, (holder) => holder === step.key);
    return [...wakeableAt(table.get('l')!)].sort();
  });
  expect({ woken }).toEqual(out);
});
