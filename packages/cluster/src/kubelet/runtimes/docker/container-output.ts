/**
 * Takes a container's output from the engine into the kubelet's log file, with the times the engine took it at, so that
 * a log read anew after a restart is the same log.
 */
import { delay, messageOf, parseTimestamp, type Clock, type Instant, type Logger } from '@argosy/base';

import { createContainerLog, type ContainerLog } from '../../logs/container-log.ts';
import { isEngineStatus, type Engine } from './engine.ts';
import { readFrames } from './frames.ts';

/** A log that is being taken. */
export interface ContainerOutput {
  /** What was taken so far. */
  output(): ReturnType<ContainerLog['output']>;
  /** Takes the rest of a container that has ended and closes the file; waits no longer than `waitMs`. Never rejects. */
  finish(waitMs: number): Promise<void>;
}

/** Time the engine puts in front of each entry, with the blank behind it. */
const STAMP = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)) /;
/** Longest stamp with its blank, in bytes. */
const STAMP_BYTES = 40;

/** Time between two tries to go on with a log that was cut off. */
const RECONNECT_MS = 1000;

/** Starts to take a container's whole output, from its beginning; a log that is cut off is gone on with. */
export const takeOutput = (
  engine: Engine,
  deps: { readonly clock: Clock; readonly log: Logger },
  from: { readonly containerId: string; readonly isTerminal: boolean; readonly file: string },
): ContainerOutput => {
  const taking = createTaking(engine, deps.clock, from);
  const following = taking.follow();
  const warn = (thrown: unknown): void =>
    deps.log.warn('log not taken whole', { file: from.file, error: messageOf(thrown) });
  return {
    output: () => taking.log.output(),
    finish: async (waitMs) => {
      const cancel = deps.clock.setTimer(waitMs, () => taking.cut());
      await following.catch(warn);
      await taking.takeRest().catch(warn);
      cancel();
      try {
        taking.log.close();
      } catch (thrown) {
        warn(thrown);
      }
    },
  };
};

const createTaking = (
  engine: Engine,
  clock: Clock,
  from: { readonly containerId: string; readonly isTerminal: boolean; readonly file: string },
) => {
  const cutting = new AbortController();
  const { signal } = cutting;
  let lastStamp = '';
  let isEmpty = true;
  const engineClock: Clock = {
    now: () => parseTimestamp(lastStamp) ?? clock.now(),
    setTimer: (delayMs, callback) => clock.setTimer(delayMs, callback),
  };
  const log = createContainerLog(engineClock, from.file);
  const takeFrames = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    const resumeAfter = lastStamp;
    for await (const { stream, content } of readFrames(chunks)) {
      const stamp = STAMP.exec(content.subarray(0, STAMP_BYTES).toString('latin1'));
      const at = stamp?.[1] ?? '';
      if (resumeAfter !== '' && at <= resumeAfter) continue;
      lastStamp = at;
      log.write(stream, stamp ? content.subarray(stamp[0].length) : content);
    }
  };
  const take = async (follow: boolean): Promise<void> => {
    const chunks = await openLog(engine, from, { follow, since: parseTimestamp(lastStamp), signal });
    if (!from.isTerminal) return takeFrames(chunks);
    for await (const chunk of chunks) {
      isEmpty = false;
      log.write('stdout', chunk);
    }
  };
  return {
    log,
    cut: () => cutting.abort(),
    follow: async (): Promise<void> => {
      while (!signal.aborted) {
        try {
          return await take(true);
        } catch (thrown) {
          // A terminal's log cannot be gone on with without writing all of it again.
          if (from.isTerminal || isEngineStatus(thrown, 404)) return;
          await delay(clock, RECONNECT_MS, signal);
        }
      }
    },
    /** Engines sometimes end a log that is followed before its last lines when the program ends that moment. */
    takeRest: async (): Promise<void> => {
      if (from.isTerminal && !isEmpty) return;
      try {
        await take(false);
      } catch (thrown) {
        if (!isEngineStatus(thrown, 404) && !signal.aborted) throw thrown;
      }
    },
  };
};

const openLog = (
  engine: Engine,
  from: { readonly containerId: string; readonly isTerminal: boolean },
  of: { readonly follow: boolean; readonly since: Instant | undefined; readonly signal: AbortSignal },
): Promise<AsyncIterable<Buffer>> =>
  engine.stream({
    method: 'GET',
    path: `/containers/${from.containerId}/logs`,
    query: {
      follow: of.follow,
      stdout: true,
      stderr: true,
      // A terminal's output has no frames, so a time would stand in the middle of what was written.
      timestamps: !from.isTerminal,
      since: of.since === undefined ? undefined : Math.floor(of.since / 1000),
    },
    timeoutMs: 0,
    signal: of.signal,
  });
