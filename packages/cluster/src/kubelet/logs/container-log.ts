/**
 * A container's output on disk, written line by line as it comes and read while it grows.
 */
import fs from 'node:fs';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';

import { delay, type Clock } from '@argosy/base';
import type { LogOptions } from '@argosy/client';

import { openLogTail } from './log-tail.ts';
import { formatLogLine, parseLogLine, renderLogLine, selectLogLines, type LogStream } from './log-lines.ts';

/** Longest line kept whole, in characters; longer ones are cut into parts, as the CRI does. */
const LONGEST_LINE = 16_384;
/** Size at which a log starts anew, in bytes; one older part is kept. @spec kubelet containerLogMaxSize */
const LONGEST_FILE = 10 * 1024 * 1024;
/** Output kept for supervisors, in characters of each. */
const KEPT_OUTPUT = 256 * 1024;
/** How often a followed log is looked at. */
const FOLLOW_MS = 50;

/** Takes a container's output. */
export interface ContainerLog {
  write(stream: LogStream, chunk: Buffer): void;
  /** Writes the last, unfinished lines; nothing may be written afterwards. */
  close(): void;
  /** The end of what was written. */
  output(): { readonly log: string; readonly stdout: string };
}

/** Opens a log for writing at `file`; its folder is made. */
export const createContainerLog = (clock: Clock, file: string): ContainerLog => {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const target = openRotatingFile(file);
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  const pending = { stdout: '', stderr: '' };
  let log = '';
  let stdout = '';

  const append = (stream: LogStream, text: string, whole: boolean): void =>
    target.append(Buffer.from(formatLogLine(clock.now(), stream, { text, whole })));
  const take = (stream: LogStream, text: string): void => {
    log = keepEnd(log + text);
    if (stream === 'stdout') stdout = keepEnd(stdout + text);
    const lines = (pending[stream] + text).split('\n');
    pending[stream] = lines.pop() ?? '';
    for (const line of lines) append(stream, line, true);
    while (pending[stream].length > LONGEST_LINE) {
      append(stream, pending[stream].slice(0, LONGEST_LINE), false);
      pending[stream] = pending[stream].slice(LONGEST_LINE);
    }
  };
  return {
    write: (stream, chunk) => take(stream, decoders[stream].write(chunk)),
    close: () => {
      for (const stream of ['stdout', 'stderr'] as const) {
        take(stream, decoders[stream].end());
        if (pending[stream] !== '') append(stream, pending[stream], false);
      }
      target.close();
    },
    output: () => ({ log, stdout }),
  };
};

/** Streams a log file; with `follow` until `isOpen` says that no more will come. A missing file is an empty log. */
export async function* readContainerLog(
  clock: Clock,
  file: string,
  request: { readonly options: LogOptions; readonly isOpen: () => boolean },
): AsyncIterable<Uint8Array> {
  const { options } = request;
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  const cut = (text: string): Buffer => {
    const bytes = Buffer.from(text).subarray(0, Math.max(0, left));
    left -= bytes.length;
    return bytes;
  };
  const tail = openLogTail(file);
  try {
    let open = request.isOpen();
    const older = readOnce(`${file}.old`);
    const selected = selectLogLines(parseLines(older + tail.read()), options, clock.now());
    if (selected.length > 0) yield cut(selected.map((line) => renderLogLine(line, options)).join(''));
    while (options.follow && open) {
      if (left <= 0 || options.signal?.aborted) return;
      await delay(clock, FOLLOW_MS, options.signal);
      // Asked before reading, so that what is written between both is not lost.
      open = request.isOpen();
      const lines = parseLines(tail.read());
      if (lines.length > 0) yield cut(lines.map((line) => renderLogLine(line, options)).join(''));
    }
  } finally {
    tail.close();
  }
}

const readOnce = (file: string): string => {
  const tail = openLogTail(file);
  try {
    return tail.read();
  } finally {
    tail.close();
  }
};

const parseLines = (text: string) =>
  text
    .split('\n')
    .map(parseLogLine)
    .filter((line) => line !== undefined);

const keepEnd = (text: string): string => (text.length > KEPT_OUTPUT ? text.slice(-KEPT_OUTPUT) : text);

/** A file that begins anew when it is full; the one before is kept beside it as `.old`. */
const openRotatingFile = (file: string) => {
  let descriptor = fs.openSync(file, 'a');
  let size = fs.fstatSync(descriptor).size;
  return {
    append: (entry: Buffer): void => {
      if (size + entry.length > LONGEST_FILE) {
        fs.closeSync(descriptor);
        fs.renameSync(file, `${file}.old`);
        descriptor = fs.openSync(file, 'a');
        size = 0;
      }
      fs.writeSync(descriptor, entry);
      size += entry.length;
    },
    close: (): void => fs.closeSync(descriptor),
  };
};
