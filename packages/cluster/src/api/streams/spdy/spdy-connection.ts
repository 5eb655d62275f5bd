/**
 * The server's side of a SPDY connection: streams that the client opens, over a socket or inside a WebSocket.
 * @upstream moby/spdystream connection.go
 */
import type { Duplex } from 'node:stream';

import { createFrameReader, pingFrame, synReplyFrame, type SpdyFrame } from './frames.ts';
import { createHeaderCodec, type SpdyHeaders } from './header-block.ts';
import { createOpenStreams } from './open-streams.ts';

/** A stream the client has opened; its two sides end apart. */
export interface SpdyStream {
  readonly headers: SpdyHeaders;
  readonly channel: Duplex;
}

/** Serves a connection until either side closes it; `onStream` is told of each stream, in order. */
export const serveSpdy = (transport: Duplex, onStream: (stream: SpdyStream) => void): void => {
  const codec = createHeaderCodec();
  const send = (frame: Buffer, done?: () => void): void => {
    if (transport.destroyed || transport.writableEnded) return done?.();
    transport.write(frame, () => done?.());
  };
  const streams = createOpenStreams(send, () => void transport.resume());
  const take = async (frame: SpdyFrame): Promise<void> => {
    switch (frame.kind) {
      case 'syn-stream': {
        const headers = await codec.read(frame.headers);
        const channel = streams.open(frame.stream, frame.isLast);
        send(synReplyFrame(frame.stream, await codec.write(new Map())));
        onStream({ headers, channel });
        if (frame.isLast) channel.push(null);
        return;
      }
      case 'data': {
        // A consumer that is slow holds the whole connection back rather than our memory.
        if (!streams.receive(frame.stream, frame.data, frame.isLast)) transport.pause();
        return;
      }
      case 'reset':
        return streams.drop(frame.stream);
      case 'ping':
        return send(pingFrame(frame.id));
      case 'go-away':
      case 'other':
        return;
    }
  };
  takeFrames(transport, take);
  transport.on('close', () => {
    codec.close();
    streams.close();
  });
  transport.on('error', () => transport.destroy());
};

/** One after the other: headers are compressed as one text over all frames. */
const takeFrames = (transport: Duplex, take: (frame: SpdyFrame) => Promise<void>): void => {
  const read = createFrameReader();
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
};
