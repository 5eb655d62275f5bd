/**
 * The server's side of a SPDY connection: streams that the client opens, over a socket or inside a WebSocket.
 * @upstream moby/spdystream connection.go
 */
import { Duplex } from 'node:stream';

import { createFrameReader, dataFrame, pingFrame, resetFrame, synReplyFrame, type SpdyFrame } from './frames.ts';
import { createHeaderCodec, type SpdyHeaders } from './header-block.ts';

/** A stream the client has opened; its two sides end apart. */
export interface SpdyStream {
  readonly headers: SpdyHeaders;
  readonly channel: Duplex;
}

/** Largest piece of data in one frame, in bytes. */
const LARGEST_DATA = 32 * 1024;

interface Open {
  readonly channel: Duplex;
  /** Whether each side has said all. */
  local: boolean;
  remote: boolean;
}

/** Serves a connection until either side closes it; `onStream` is told of each stream, in order. */
export const serveSpdy = (transport: Duplex, onStream: (stream: SpdyStream) => void): void => {
  const codec = createHeaderCodec();
  const read = createFrameReader();
  const open = new Map<number, Open>();
  const send = (frame: Buffer, done?: () => void): void => {
    if (transport.destroyed || transport.writableEnded) return done?.();
    transport.write(frame, () => done?.());
  };
  const settle = (id: number): void => {
    const known = open.get(id);
    if (known?.local && known.remote) open.delete(id);
  };
  const createChannel = (id: number): Duplex => {
    const channel = new Duplex({
      allowHalfOpen: true,
      // The other side sends when it likes: SPDY as these clients speak it has no windows.
      read: () => void transport.resume(),
      write: (chunk: Buffer, _encoding, done) => sendPieces(id, chunk, done),
      final: (done) => {
        const known = open.get(id);
        if (known) known.local = true;
        send(dataFrame(id, Buffer.alloc(0), true));
        settle(id);
        done();
      },
      destroy: (error, done) => {
        if (open.delete(id)) send(resetFrame(id));
        done(error);
      },
    });
    channel.on('error', () => undefined);
    return channel;
  };
  const sendPieces = (id: number, chunk: Buffer, done: () => void): void => {
    const piece = chunk.subarray(0, LARGEST_DATA);
    const rest = chunk.subarray(LARGEST_DATA);
    send(dataFrame(id, piece, false), rest.length > 0 ? () => sendPieces(id, rest, done) : done);
  };
  const take = async (frame: SpdyFrame): Promise<void> => {
    switch (frame.kind) {
      case 'syn-stream': {
        const headers = await codec.read(frame.headers);
        const channel = createChannel(frame.stream);
        open.set(frame.stream, { channel, local: false, remote: frame.isLast });
        send(synReplyFrame(frame.stream, await codec.write(new Map())));
        onStream({ headers, channel });
        if (frame.isLast) channel.push(null);
        return;
      }
      case 'data': {
        const known = open.get(frame.stream);
        if (!known || known.remote) return;
        // A consumer that is slow holds the whole connection back rather than our memory.
        if (frame.data.length > 0 && !known.channel.push(frame.data)) transport.pause();
        if (!frame.isLast) return;
        known.remote = true;
        known.channel.push(null);
        return settle(frame.stream);
      }
      case 'reset': {
        const known = open.get(frame.stream);
        open.delete(frame.stream);
        known?.channel.destroy();
        return;
      }
      case 'ping':
        return send(pingFrame(frame.id));
      case 'go-away':
      case 'other':
        return;
    }
  };
  let turn: Promise<void> = Promise.resolve();
  transport.on('data', (chunk: Buffer) => {
    try {
      for (const frame of read(chunk)) turn = turn.then(() => take(frame));
      turn = turn.catch(() => void transport.destroy());
    } catch {
      // Not a frame we can follow: there is no way to go on.
      transport.destroy();
    }
  });
  transport.on('close', () => {
    codec.close();
    for (const { channel } of open.values()) channel.destroy();
    open.clear();
  });
  transport.on('error', () => transport.destroy());
};
