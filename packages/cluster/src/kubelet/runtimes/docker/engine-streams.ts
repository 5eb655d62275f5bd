/**
 * Commands inside a container, and containers themselves, with their streams. The engine cannot end a command: closing its
 * streams is all that can be done to it.
 */
import { once } from 'node:events';
import { PassThrough, Writable, type Duplex } from 'node:stream';

import { messageOf } from '@argosy/base';
import { ApiStatusError } from '@argosy/kube';

import type { ExecRequest, ProcessStreams } from '../../pod-runtime.ts';
import { isEngineStatus, type Engine } from './engine.ts';
import { readFrames, type Frame } from './frames.ts';

/** Keys that would let go of a terminal; three nobody types, as Kubernetes knows none and the usual ones belong to shells. */
const DETACH_KEYS = 'ctrl-],ctrl-@,ctrl-]';
/** What a command whose end was not told exits with. */
const UNKNOWN_EXIT = 126;

/** Starts a command. Throws ApiStatusError BadRequest when the container does not run. */
export const openInContainer = async (
  engine: Engine,
  containerId: string,
  request: ExecRequest,
): Promise<ProcessStreams> => {
  const { id, socket } = await startCommand(engine, containerId, request);
  const { stdout, stderr, read } = readOutput(Promise.resolve(socket), request.tty);
  return {
    ...(request.stdin ? { stdin: socket } : {}),
    stdout,
    ...(stderr ? { stderr } : {}),
    resize: (size) => resize(engine, `/exec/${id}`, size),
    ended: read.then(() => exitCodeOf(engine, id)),
    close: () => void socket.destroy(),
  };
};

/** Joins a container; what it wrote before is not told. */
export const attachToContainer = (
  engine: Engine,
  of: {
    readonly containerId: string;
    readonly stdin: boolean;
    /** Whether its input ends with the first who joins. */
    readonly stdinOnce: boolean;
    readonly tty: boolean;
    readonly ended: Promise<{ readonly exitCode: number }>;
  },
): ProcessStreams => {
  const connecting = engine.upgrade({
    method: 'POST',
    path: `/containers/${of.containerId}/attach`,
    query: { stream: true, stdin: of.stdin, stdout: true, stderr: true, detachKeys: DETACH_KEYS },
  });
  const { stdout, stderr, read } = readOutput(connecting, of.tty);
  return {
    ...(of.stdin ? { stdin: writeTo(connecting, of.stdinOnce) } : {}),
    stdout,
    ...(stderr ? { stderr } : {}),
    resize: (size) => resize(engine, `/containers/${of.containerId}`, size),
    ended: Promise.all([of.ended, read]).then(([{ exitCode }]) => exitCode),
    close: () => void connecting.then((socket) => socket.destroy()).catch(() => undefined),
  };
};

const startCommand = async (
  engine: Engine,
  containerId: string,
  request: ExecRequest,
): Promise<{ readonly id: string; readonly socket: Duplex }> => {
  try {
    const { Id: id } = (await engine.call({
      method: 'POST',
      path: `/containers/${containerId}/exec`,
      body: {
        Cmd: request.command,
        AttachStdin: request.stdin,
        AttachStdout: true,
        AttachStderr: true,
        Tty: request.tty,
        DetachKeys: DETACH_KEYS,
      },
    })) as { readonly Id: string };
    const body = { Detach: false, Tty: request.tty };
    return { id, socket: await engine.upgrade({ method: 'POST', path: `/exec/${id}/start`, body }) };
  } catch (thrown) {
    if (!isEngineStatus(thrown, 404, 409)) throw thrown;
    throw new ApiStatusError('BadRequest', `the container is not running: ${messageOf(thrown)}`);
  }
};

/** Hands on what arrives, as fast as it is taken. `read` resolves when all has arrived and never rejects. */
const readOutput = (
  connecting: Promise<Duplex>,
  isTerminal: boolean,
): { readonly stdout: PassThrough; readonly stderr: PassThrough | undefined; readonly read: Promise<void> } => {
  const stdout = new PassThrough();
  const stderr = isTerminal ? undefined : new PassThrough();
  const readAll = async (): Promise<void> => {
    const socket = await connecting;
    const frames = isTerminal ? rawFrames(socket) : readFrames(socket);
    for await (const { stream, content } of frames) {
      const target = stream === 'stderr' ? (stderr ?? stdout) : stdout;
      if (!target.write(content) && !target.destroyed)
        await Promise.race([once(target, 'drain'), once(target, 'close')]);
    }
  };
  // A connection that breaks ends the output; what became of the command is asked for afterwards.
  const read = readAll()
    .catch(() => undefined)
    .then(() => {
      stdout.end();
      stderr?.end();
    });
  return { stdout, stderr, read };
};

async function* rawFrames(chunks: AsyncIterable<Buffer>): AsyncIterable<Frame> {
  for await (const content of chunks) yield { stream: 'stdout', content };
}

/** Input of a connection that is still being made. */
const writeTo = (connecting: Promise<Duplex>, endsWithUs: boolean): Writable =>
  new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      connecting.then((socket) => socket.write(chunk, () => done())).catch(() => done());
    },
    final: (done) => {
      // The engine would take the end of an input that goes on for the end of the whole connection.
      if (!endsWithUs) return done();
      connecting.then((socket) => socket.end(() => done())).catch(() => done());
    },
  });

const resize = (engine: Engine, path: string, size: { readonly columns: number; readonly rows: number }): void => {
  const query = { h: size.rows, w: size.columns };
  // One that has ended meanwhile has no size.
  engine.call({ method: 'POST', path: `${path}/resize`, query }).catch(() => undefined);
};

const exitCodeOf = async (engine: Engine, id: string): Promise<number> => {
  try {
    const ended = (await engine.call({ method: 'GET', path: `/exec/${id}/json` })) as {
      readonly ExitCode?: number | null;
    };
    return ended.ExitCode ?? UNKNOWN_EXIT;
  } catch {
    return UNKNOWN_EXIT;
  }
};
