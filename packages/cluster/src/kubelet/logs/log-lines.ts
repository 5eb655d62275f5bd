/**
 * Container logs in the CRI's form, one line per entry: `2026-01-02T03:04:05.678000000Z stdout F text`.
 * @spec kubernetes pkg/kubelet/kuberuntime/logs/logs.go
 */
import { parseTimestamp, toMicroTimestamp, type Instant } from '@argosy/base';
import type { LogOptions } from '@argosy/client';

/** Where a line was written. */
export type LogStream = 'stdout' | 'stderr';

/** One line of a log. */
export interface LogLine {
  readonly time: Instant;
  readonly timestamp: string;
  readonly text: string;
}

/** Writes a line; `F` marks a whole line, `P` one cut because it was too long or because the program ended within it. Pure. */
export const formatLogLine = (
  now: Instant,
  stream: LogStream,
  line: { readonly text: string; readonly whole: boolean },
): string => `${toMicroTimestamp(now).slice(0, -1)}000Z ${stream} ${line.whole ? 'F' : 'P'} ${line.text}\n`;

/** Reads a line as `formatLogLine` wrote it, without its line end; `undefined` when it is none. `text` has its line end back. Pure. */
export const parseLogLine = (line: string): LogLine | undefined => {
  const first = line.indexOf(' ');
  const second = line.indexOf(' ', first + 1);
  if (first < 0 || second < 0) return undefined;
  const timestamp = line.slice(0, first);
  const time = parseTimestamp(timestamp);
  if (time === undefined) return undefined;
  const end = line[second + 1] === 'P' ? '' : '\n';
  return { time, timestamp, text: `${line.slice(second + 3)}${end}` };
};

/** Selects what the options ask for from a whole log. Pure. */
export const selectLogLines = (lines: readonly LogLine[], options: LogOptions, now: Instant): readonly LogLine[] => {
  const since = sinceOf(options, now);
  const recent = since === undefined ? lines : lines.filter((line) => line.time >= since);
  if (options.tailLines === undefined) return recent;
  return options.tailLines <= 0 ? [] : recent.slice(-options.tailLines);
};

/** A line as it is sent. Pure. */
export const renderLogLine = (line: LogLine, options: LogOptions): string =>
  options.timestamps ? `${line.timestamp} ${line.text}` : line.text;

const sinceOf = (options: LogOptions, now: Instant): Instant | undefined =>
  options.sinceSeconds === undefined ? parseTimestamp(options.sinceTime) : now - options.sinceSeconds * 1000;
