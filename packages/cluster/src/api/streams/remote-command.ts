/**
 * exec and attach, whatever the streams travel in. @upstream kubernetes staging/src/k8s.io/kubelet/pkg/cri/streaming/remotecommand
 */
import type { Readable, Writable } from 'node:stream';

import { isObject } from '@argosy/base';

import type { ProcessStreams } from '../../kubelet/pod-runtime.ts';

/** What a client asks for in the address. */
export interface CommandOptions {
  readonly container?: string;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** The client's ends of the streams. */
export interface CommandChannels {
  readonly stdin?: Readable;
  readonly stdout?: Writable;
  readonly stderr?: Writable;
  /** Aborted when the client is gone. */
  readonly gone: AbortSignal;
  /** Told what a terminal's size is, as JSON, from the client. */
  onResize(listener: (message: unknown) => void): void;
  /** Tells the client how it ended, and closes. */
  finish(status: CommandStatus): void;
}

/** How a command ended, as a `Status`; one that failed has a message. */
export interface CommandStatus {
  readonly metadata?: object;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: object;
}

/** Reads the options. */
export const commandOptions = (query: URLSearchParams): CommandOptions => {
  const flag = (name: string): boolean => query.get(name) === 'true' || query.get(name) === '1';
  const container = query.get('container');
  return {
    ...(container ? { container } : {}),
    command: query.getAll('command'),
    stdin: flag('stdin'),
    stdout: flag('stdout'),
    stderr: flag('stderr'),
    tty: flag('tty'),
  };
};

/**
 * Joins a command, or a container, and its client until one of them ends. Never rejects. How a container ends is told by its
 * pod: who was only attached to it did nothing that could fail.
 * @upstream kubernetes staging/src/k8s.io/kubelet/pkg/cri/streaming/remotecommand/attach.go#ServeAttach
 */
export const joinCommand = async (
  streams: ProcessStreams,
  channels: CommandChannels,
  isExec: boolean,
): Promise<void> => {
  const leave = (): void => streams.close();
  channels.gone.addEventListener('abort', leave, { once: true });
  if (channels.gone.aborted) leave();
  channels.onResize((message) => {
    const [columns, rows] = isObject(message) ? [message['Width'], message['Height']] : [];
    if (isSize(columns) && isSize(rows)) streams.resize({ columns, rows });
  });
  if (channels.stdin && streams.stdin) channels.stdin.pipe(streams.stdin);
  else channels.stdin?.resume();
  await Promise.all([carry(streams.stdout, channels.stdout), carry(streams.stderr, channels.stderr), streams.ended]);
  channels.gone.removeEventListener('abort', leave);
  const code = await streams.ended;
  channels.finish(exitStatus(isExec ? code : 0));
};

const isSize = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536;

/** Output nobody asked for is read all the same, or its writer would wait for ever. */
const carry = (from: Readable | undefined, to: Writable | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (!from) return resolve();
    from.once('close', resolve);
    from.once('error', () => resolve());
    from.once('end', resolve);
    if (to) from.pipe(to, { end: false });
    else from.resume();
  });

/** @upstream kubernetes staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go#NonZeroExitCodeReason */
const exitStatus = (code: number): CommandStatus =>
  code === 0
    ? { metadata: {}, status: 'Success' }
    : {
        metadata: {},
        status: 'Failure',
        message: `command terminated with non-zero exit code: exit status ${code}`,
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
      };
