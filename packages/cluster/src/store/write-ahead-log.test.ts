import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createVirtualClock } from '@argosy/base';

import type { LogFile } from './log-file.ts';
import { encodeBeginning, encodeRecord, type LoggedWrite } from './log-records.ts';
import { createWriteAheadLog, findUnapplied, readLog, type ApplyWrites } from './write-ahead-log.ts';

const NONCE = Buffer.from('12345678');
const SECTOR = 512;

/** A file on a disk that keeps, of what was not flushed before a crash, some sectors and not others. */
const createDisk = () => {
  let flushed = Buffer.alloc(0);
  let current = Buffer.alloc(0);
  const file: LogFile = {
    read: () => Buffer.from(current),
    write: async (bytes, position) => {
      const grown = Buffer.alloc(Math.max(current.byteLength, position + bytes.byteLength));
      current.copy(grown);
      grown.set(bytes, position);
      current = grown;
      for (let turns = 0; turns < 3; turns += 1) await Promise.resolve();
      flushed = Buffer.from(current);
    },
    close: () => undefined,
  };
  const crash = (keeps: (sector: number) => boolean): void => {
    const after = Buffer.alloc(current.byteLength);
    flushed.copy(after);
    for (let at = 0; at < current.byteLength; at += SECTOR)
      if (keeps(at / SECTOR)) current.copy(after, at, at, Math.min(at + SECTOR, current.byteLength));
    current = after;
    flushed = Buffer.from(after);
  };
  return { file, crash };
};

/** The file as a process sees it that ends when the power goes. */
const whilePowered = (file: LogFile, power: { readonly isOn: boolean }): LogFile => {
  const never = new Promise<void>(() => undefined);
  const guard = (work: () => Promise<void>): Promise<void> =>
    power.isOn ? work().then(() => (power.isOn ? undefined : never)) : never;
  return {
    ...file,
    write: (bytes, position) => guard(() => file.write(bytes, position)),
  };
};

interface TestDatabase {
  readonly values: Map<string, string>;
  readonly state: { revision: number; isDown: boolean };
  put(writes: readonly LoggedWrite[], revision: number | undefined): void;
  readonly apply: ApplyWrites;
  restart(slowness: number): TestDatabase;
}

/** A database whose transactions are whole or not there. */
const createDatabase = (slowness = 5): TestDatabase => {
  const values = new Map<string, string>();
  const state = { revision: 0, isDown: false };
  const put = (writes: readonly LoggedWrite[], revision: number | undefined): void => {
    for (const { place, bytes } of writes)
      if (bytes) values.set(place, Buffer.from(bytes).toString('utf8'));
      else values.delete(place);
    if (revision !== undefined) state.revision = revision;
  };
  const apply: ApplyWrites = async (writes, revision, pause) => {
    const half = Math.ceil(writes.length / 2);
    for (let turns = 0; turns < slowness; turns += 1) await Promise.resolve();
    if (state.isDown) return new Promise(() => undefined);
    put(writes.slice(0, half), undefined);
    await pause();
    for (let turns = 0; turns < slowness; turns += 1) await Promise.resolve();
    if (state.isDown) return new Promise(() => undefined);
    put(writes.slice(half), revision);
  };
  /** What is left of it after a crash. */
  const restart = (next: number): TestDatabase => {
    state.isDown = true;
    const after = createDatabase(next);
    for (const [place, value] of values) after.values.set(place, value);
    after.state.revision = state.revision;
    return after;
  };
  return { values, state, put, apply, restart };
};

const longText = fc.tuple(fc.string(), fc.nat(1_200)).map(([text, more]) => text + 'x'.repeat(more));
type Step = { readonly place: string; readonly value: string | undefined };
const step: fc.Arbitrary<Step> = fc.record({
  place: fc.constantFrom('a', 'b', 'c d', 'é'),
  value: fc.option(longText, { nil: undefined }),
});

const stateAfter = (steps: readonly Step[]): Map<string, string> => {
  const state = new Map<string, string>();
  for (const { place, value } of steps)
    if (value === undefined) state.delete(place);
    else state.set(place, value);
  return state;
};

const toWrites = (steps: readonly Step[]): readonly LoggedWrite[] =>
  steps.map(({ place, value }) => ({ place, bytes: value === undefined ? undefined : Buffer.from(value) }));

describe('the log of writes', () => {
  it('has after any crash everything that was acknowledged, and a whole beginning of what was written', async () => {
    const lives = fc.array(
      fc.record({
        batches: fc.array(fc.array(step, { minLength: 1, maxLength: 4, size: 'max' }), { maxLength: 25, size: 'max' }),
        /** Turns after which the power goes. */
        turns: fc.nat(300),
        keeps: fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
        ticks: fc.boolean(),
        slowness: fc.nat(200),
      }),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(lives, async (all) => {
        const disks = [createDisk(), createDisk()] as const;
        const files = [disks[0].file, disks[1].file] as const;
        let database = createDatabase();
        const history: Step[] = [];
        for (const [life, { batches, turns, keeps, ticks, slowness }] of all.entries()) {
          database = database.restart(slowness);
          const logged = readLog(files);
          const unapplied = findUnapplied(logged.batches, database.state.revision);
          for (const batch of unapplied) database.put(batch.writes, batch.revision);
          // Revisions count writes: what is there is a beginning of what was written, and has all that was acknowledged.
          history.length = database.state.revision;
          expect(database.values).toEqual(stateAfter(history));
          const power = { isOn: true };
          const clock = createVirtualClock();
          const nonce = Buffer.from(`nonce  ${life}`);
          const log = createWriteAheadLog({
            files: [whilePowered(files[0], power), whilePowered(files[1], power)],
            first: logged.older,
            nonce,
            revision: database.state.revision,
            apply: database.apply,
            clock,
            fileBytes: 2_500,
          });
          let acknowledged = history.length;
          const writer = (async () => {
            for (const batch of batches) {
              if (!power.isOn) return;
              history.push(...batch);
              await log.append(toWrites(batch), history.length);
              if (power.isOn) acknowledged += batch.length;
              if (ticks) clock.advance(3_000);
            }
          })();
          void writer;
          for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
          power.isOn = false;
          database.state.isDown = true;
          for (const disk of disks) disk.crash((sector) => keeps[sector % keeps.length] ?? false);
          const found = findUnapplied(readLog(files).batches, database.state.revision);
          expect(found.at(-1)?.revision ?? database.state.revision).toBeGreaterThanOrEqual(acknowledged);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('uses its two files in turn, and applies what was written twice once', async () => {
    const disks = [createDisk(), createDisk()] as const;
    const database = createDatabase();
    const applied: number[] = [];
    const log = createWriteAheadLog({
      files: [disks[0].file, disks[1].file],
      first: 0,
      nonce: NONCE,
      revision: 0,
      apply: async (writes, revision, pause) => {
        applied.push(writes.length);
        await database.apply(writes, revision, pause);
      },
      clock: createVirtualClock(),
      fileBytes: 10_000,
    });
    for (let at = 1; at <= 100; at += 1)
      await log.append([{ place: `p${at % 3}`, bytes: Buffer.alloc(1_000, 65 + (at % 26)) }], at);
    await log.close();
    expect(database.state.revision).toBe(100);
    expect(Math.max(...applied)).toBe(3);
    for (const { file } of disks) expect(file.read().byteLength).toBeLessThanOrEqual(10_000);
  });

  it('applies what waits after a while, without another write', async () => {
    const disks = [createDisk(), createDisk()] as const;
    const database = createDatabase();
    const clock = createVirtualClock();
    const files = [disks[0].file, disks[1].file] as const;
    const parts = { files, first: 0, nonce: NONCE, revision: 0, clock } as const;
    const log = createWriteAheadLog({ ...parts, apply: database.apply });
    await log.append([{ place: 'a', bytes: Buffer.from('1') }], 1);
    expect(database.state.revision).toBe(0);
    for (const milliseconds of [5_000, 1_000, 40]) {
      expect(database.state.revision).toBe(0);
      clock.advance(milliseconds);
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    }
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    expect(database.state.revision).toBe(1);
    expect(findUnapplied(readLog(files).batches, 1)).toEqual([]);
  });

  it('refuses to write once the database could not be written, and keeps what it has', async () => {
    const disks = [createDisk(), createDisk()] as const;
    const files = [disks[0].file, disks[1].file] as const;
    const apply = () => Promise.reject(new Error('no space left on device'));
    const clock = createVirtualClock();
    const log = createWriteAheadLog({ files, first: 0, nonce: NONCE, revision: 0, apply, clock });
    await log.append([{ place: 'a', bytes: Buffer.from('1') }], 1);
    for (const milliseconds of [5_000, 1_000]) {
      clock.advance(milliseconds);
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    }
    await expect(log.append([{ place: 'b', bytes: Buffer.from('2') }], 2)).rejects.toThrow('no space left on device');
    expect(findUnapplied(readLog(files).batches, 0)).toEqual([
      { previous: 0, revision: 1, writes: [{ place: 'a', bytes: Buffer.from('1') }] },
    ]);
  });

  it('says what is missing when a record in the middle is damaged', async () => {
    const [first, second] = [createDisk(), createDisk()];
    const batch = (previous: number) => ({
      previous,
      revision: previous + 1,
      writes: [{ place: 'a', bytes: Buffer.from(String(previous)) }],
    });
    const records = [0, 1, 2].map((previous) => encodeRecord(NONCE, batch(previous)));
    const whole = Buffer.concat([encodeBeginning(NONCE), ...records]);
    await first.file.write(whole, 0);
    expect(findUnapplied(readLog([first.file, second.file]).batches, 0).map(({ revision }) => revision)).toEqual([
      1, 2, 3,
    ]);
    expect(findUnapplied(readLog([first.file, second.file]).batches, 2).map(({ revision }) => revision)).toEqual([3]);
    const damaged = Buffer.from(whole);
    const middle = 16 + (records[0]?.byteLength ?? 0) + 45;
    damaged[middle] = (damaged[middle] ?? 0) ^ 1;
    await first.file.write(damaged, 0);
    expect(() => findUnapplied(readLog([first.file, second.file]).batches, 0)).toThrow(
      'between revisions 1 and 2 is missing',
    );
  });

  it('does not take what a client stored for a record', async () => {
    const disk = createDisk();
    const forged = encodeRecord(Buffer.from('guessed!'), { previous: 1, revision: 9, writes: [] });
    const record = encodeRecord(NONCE, { previous: 0, revision: 1, writes: [{ place: 'a', bytes: forged }] });
    const torn = Buffer.from(record);
    torn[12] = (torn[12] ?? 0) ^ 1;
    await disk.file.write(Buffer.concat([encodeBeginning(NONCE), torn]), 0);
    expect(findUnapplied(readLog([disk.file, createDisk().file]).batches, 0)).toEqual([]);
  });
});
