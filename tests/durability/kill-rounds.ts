/**
 * Kill -9 under write load, round after round on one folder: what was acknowledged is there, versions never go back, and
 * watchers that resume see every change exactly once.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { CONFIG_MAPS, type ConfigMap } from '@argosy/kube';

import { startLife } from './durable-platform.ts';
import { createRecord, missedOrRepeated, watchOn, type WatcherRecord } from './resuming-watcher.ts';
import {
  contradictions,
  createLedger,
  NAMESPACE,
  PREFIX,
  writeUntilGone,
  type WriteLedger,
} from './written-objects.ts';

/** What the rounds found. */
export interface KillFigures {
  readonly rounds: number;
  readonly acknowledged: number;
  /** Changes seen by watchers, and how often they resumed. */
  readonly seen: number;
  readonly resumed: number;
  /** What was promised and not kept; empty when all is well. */
  readonly broken: readonly string[];
}

const WRITERS = 16;
const WATCHERS = 4;

/** Kills the platform so many times. `writes` gives how many acknowledged writes each life has before its end. */
export const killRounds = async (
  rounds: number,
  options: { readonly writes: (round: number) => number; readonly onRound?: (figures: KillFigures) => void },
): Promise<KillFigures> => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'argosy-kill-'));
  const ledger = createLedger();
  const watchers: WatcherRecord[] = [];
  const broken: string[] = [];
  const figures = (done: number): KillFigures => ({
    rounds: done,
    acknowledged: ledger.acknowledged,
    seen: watchers.reduce((sum, { seen }) => sum + seen.length, 0),
    resumed: watchers.reduce((sum, { resumed }) => sum + resumed, 0),
    broken: [...broken, ...watchers.flatMap((record) => missedOrRepeated(record, ledger.versions))],
  });
  for (let round = 0; round < rounds; round += 1) {
    broken.push(...(await liveAndDie(directory, { ledger, watchers, round, writes: options.writes(round) })));
    options.onRound?.(figures(round + 1));
  }
  // The last life only looks.
  broken.push(...(await liveAndDie(directory, { ledger, watchers, round: rounds, writes: 0 })));
  await rm(directory, { recursive: true, force: true });
  return figures(rounds);
};

const liveAndDie = async (
  directory: string,
  of: {
    readonly ledger: WriteLedger;
    readonly watchers: WatcherRecord[];
    readonly round: number;
    readonly writes: number;
  },
): Promise<readonly string[]> => {
  const { ledger, watchers, round, writes } = of;
  const life = await startLife(directory);
  const clients = Array.from({ length: WRITERS + WATCHERS }, () => life.connect());
  const [first = life.connect()] = clients;
  const { items, metadata } = await first.list(CONFIG_MAPS, { namespace: NAMESPACE });
  const revision = Number(metadata.resourceVersion);
  const there = new Map<string, ConfigMap>(
    items.filter((item) => item.metadata.name?.startsWith(PREFIX)).map((item) => [item.metadata.name ?? '', item]),
  );
  const found = [...contradictions(ledger, there), ...wentBack(revision, ledger, watchers)];
  while (watchers.length < WATCHERS) watchers.push(createRecord(revision));
  const over = new AbortController();
  const working = Promise.all([
    ...clients.slice(0, WRITERS).map((client, at) => writeUntilGone(client, ledger, `${round}-${at}`)),
    ...watchers.map((record, at) => watchOn(clients[WRITERS + at] ?? first, record, over.signal)),
  ]);
  await untilWritten(ledger, ledger.acknowledged + writes);
  await untilResumed(watchers, revision);
  await life.kill();
  over.abort();
  await working;
  await Promise.all(clients.map((client) => client.close()));
  return found;
};

/** Looks often, so that the end comes at any point of a write. A machine that is busy takes its time. */
const untilWritten = async (ledger: WriteLedger, count: number): Promise<void> => {
  for (let wait = 0; wait < 4_000 && ledger.acknowledged < count; wait += 1)
    await new Promise((resolve) => setTimeout(resolve, 5));
};

/**
 * What is remembered of before a kill is what the life before had: who did not come back in this one, as on a machine that
 * is very busy, may rightly be told to list again in the next.
 */
const untilResumed = async (watchers: readonly WatcherRecord[], revision: number): Promise<void> => {
  for (let wait = 0; wait < 4_000 && watchers.some(({ version }) => version < revision); wait += 1)
    await new Promise((resolve) => setTimeout(resolve, 5));
};

/** Nobody was ever told of a version this life does not know. */
const wentBack = (revision: number, ledger: WriteLedger, watchers: readonly WatcherRecord[]): readonly string[] => {
  const told = [...watchers.map(({ version }) => version), ledger.versions.at(-1) ?? 0];
  return told
    .filter((version) => version > revision)
    .map((version) => `the revision went back from ${version} to ${revision}`);
};
