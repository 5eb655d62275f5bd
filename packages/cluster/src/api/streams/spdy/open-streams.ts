/**
 * The open streams of a SPDY connection. The two sides of each end apart; one that has ended on both is forgotten.
 */
import { Duplex } from 'node:stream';

import { dataFrame, resetFrame } from './frames.ts';

/** Sends a frame; `done` is told once it is on its way. */
export type SendFrame = (frame: Buffer, done?: () => void) => void;

/** Streams by id. */
export interface OpenStreams {
  /** Opens one; with `isLast` the other side has said all already. */
  open(id: number, isLast: boolean): Duplex;
  /** Takes what the other side said. Whether it may go on at once: a slow consumer wants it to wait. */
  receive(id: number, data: Buffer, isLast: boolean): boolean;
  /** The other side has given one up. */
  drop(id: number): void;
  /** Ends all. */
  close(): void;
}

/** Largest piece of data in one frame, in bytes. */
const LARGEST_DATA = 32 * 1024;

interface Open {
  readonly channel: Duplex;
  /** Whether each side has said all. */
  local: boolean;
  remote: boolean;
}

/** Creates the table; `onRead` is told when a consumer wants more. */
export const createOpenStreams = (send: SendFrame, onRead: () => void): OpenStreams => {
  const open = new Map<number, Open>();
  const end = (id: number, side: 'local' | 'remote'): void => {
    const known = open.get(id);
    if (!known) return;
    known[side] = true;
    if (known.local && known.remote) open.delete(id);
  };
  return {
    open: (id, isLast) => {
      const channel = createChannel({
        onRead,
        send: (data, isEnd, done) => send(dataFrame(id, data, isEnd), done),
        onEnd: () => end(id, 'local'),
        onDestroy: () => {
          if (open.delete(id)) send(resetFrame(id));
        },
      });
      open.set(id, { channel, local: false, remote: isLast });
      return channel;
    },
    receive: (id, data, isLast) => {
      const known = open.get(id);
      if (!known || known.remote) return true;
      const wantsMore = data.length === 0 || known.channel.push(data);
      if (isLast) {
        known.channel.push(null);
        end(id, 'remote');
      }
      return wantsMore;
    },
    drop: (id) => {
      const known = open.get(id);
      open.delete(id);
      known?.channel.destroy();
    },
    close: () => {
      for (const { channel } of open.values()) channel.destroy();
      open.clear();
    },
  };
};

const createChannel = (to: {
  readonly onRead: () => void;
  readonly send: (data: Buffer, isEnd: boolean, done?: () => void) => void;
  readonly onEnd: () => void;
  readonly onDestroy: () => void;
}): Duplex => {
  const sendPieces = (chunk: Buffer, done: () => void): void => {
    const rest = chunk.subarray(LARGEST_DATA);
    to.send(chunk.subarray(0, LARGEST_DATA), false, rest.length > 0 ? () => sendPieces(rest, done) : done);
  };
  const channel = new Duplex({
    allowHalfOpen: true,
    // The other side sends when it likes: SPDY as these clients speak it has no windows.
    read: to.onRead,
    write: (chunk: Buffer, _encoding, done) => sendPieces(chunk, done),
    final: (done) => {
      to.send(Buffer.alloc(0), true);
      to.onEnd();
      done();
    },
    destroy: (error, done) => {
      to.onDestroy();
      done(error);
    },
  });
  channel.on('error', () => undefined);
  return channel;
};
