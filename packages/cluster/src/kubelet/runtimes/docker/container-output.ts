/**
 * Takes a container's output from the engine into the kubelet's log file, with the times the engine took it at, so that
 * a log read anew after a restart is the same log.
 */
import { delay, messageOf, parseTimestamp, type Clock, type Logger } from '@argosy/base';

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
  const { clock } = deps;
  const cutting = new AbortController();
  let lastStamp = '';
  let isEmpty = true;
  const engineClock: Clock = {
    now: () => parseTimestamp(lastStamp) ?? clock.now(),
    setTimer: (delayMs, callback) => clock.setTimer(delayMs, callback),
  };
  const log = createContainerLog(engineClock, from.file);
  const take = async (follow: boolean): Promise<void> => {
    const since = parseTimestamp(lastStamp);
    const chunks = await engine.stream({
      method: 'GET',
      path: `/containers/${from.containerId}/logs`,
      query: {
        follow,
        stdout: true,
        stderr: true,
        // A terminal's output has no frames, so a time would stand in the middle of what was written.
        timestamps: !from.isTerminal,
        since: since === undefined ? undefined : Math.floor(since / 1000),
      },
      timeoutMs: 0,
      signal: cutting.signal,
    });
    if (from.isTerminal) {
      for await (const chunk of chunks) {
        isEmpty = false;
        log.write('stdout', chunk);
      }
      return;
    }
    const resumeAfter = lastStamp;
    for await (const { stream, content } of readFrames(chunks)) {
      const stamp = STAMP.exec(content.subarray(0, STAMP_BYTES).toString('latin1'));
      const at = stamp?.[1] ?? '';
      if (resumeAfter !== '' && at <= resumeAfter) continue;
      lastStamp = at;
      log.write(stream, stamp ? content.subarray(stamp[0].length) : content);
    }
  };
  const follow = async (): Promise<void> => {
    while (!cutting.signal.aborted) {
      try {
        return await take(true);
      } catch (thrown) {
        // A terminal's log cannot be gone on with without writing all of it again.
        if (from.isTerminal || isEngineStatus(thrown, 404)) return;
        await delay(clock, RECONNECT_MS, cutting.signal);
      }
    }
  };
  const following = follow();
  const warn = (thrown: unknown): void =>
    deps.log.warn('log not taken whole', { file: from.file, error: messageOf(thrown) });
  return {
    output: () => log.output(),
    finish: async (waitMs) => {
      const cancel = clock.setTimer(waitMs, () => cutting.abort());
      await following.catch(warn);
      // Engines sometimes end a log that is followed before its last lines when the program ends that moment.
      if (!from.isTerminal || isEmpty)
        await take(false).catch((thrown: unknown) => {
          if (!isEngineStatus(thrown, 404) && !cutting.signal.aborted) warn(thrown);
        });
      cancel();
      try {
        log.close();
      } catch (thrown) {
        warn(thrown);
      }
    },
  };
};
