/**
 * SPDY/3.1 frames, as far as Kubernetes' clients use them. @spec https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/
 */

/** A frame that was read. */
export type SpdyFrame =
  | { readonly kind: 'syn-stream'; readonly stream: number; readonly isLast: boolean; readonly headers: Buffer }
  | { readonly kind: 'data'; readonly stream: number; readonly isLast: boolean; readonly data: Buffer }
  | { readonly kind: 'reset'; readonly stream: number }
  | { readonly kind: 'ping'; readonly id: number }
  | { readonly kind: 'go-away' }
  /** Settings, windows: nothing that concerns us. */
  | { readonly kind: 'other' };

/** Longest frame taken, in bytes; Go's clients write at most 32 KiB at a time. */
const LONGEST_FRAME = 4 * 1024 * 1024;
const HEAD = 8;
const CONTROL = 0x80_03;
const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const GO_AWAY = 7;
const FIN = 1;

/** Cuts bytes into frames; bytes of a frame that is not whole yet are kept for the next call. */
export const createFrameReader = (): ((chunk: Buffer) => readonly SpdyFrame[]) => {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const frames: SpdyFrame[] = [];
    while (rest.length >= HEAD) {
      const length = rest.readUIntBE(5, 3);
      if (length > LONGEST_FRAME) throw new RangeError(`a frame of ${length} bytes is too long`);
      if (rest.length < HEAD + length) break;
      frames.push(readFrame(rest.subarray(0, HEAD), rest.subarray(HEAD, HEAD + length)));
      rest = rest.subarray(HEAD + length);
    }
    return frames;
  };
};

const readFrame = (head: Buffer, body: Buffer): SpdyFrame => {
  const isLast = (head.readUInt8(4) & FIN) !== 0;
  if ((head.readUInt8(0) & 0x80) === 0) return { kind: 'data', stream: head.readUInt32BE(0), isLast, data: body };
  switch (head.readUInt16BE(2)) {
    case SYN_STREAM:
      return { kind: 'syn-stream', stream: body.readUInt32BE(0) & 0x7fffffff, isLast, headers: body.subarray(10) };
    case RST_STREAM:
      return { kind: 'reset', stream: body.readUInt32BE(0) & 0x7fffffff };
    case PING:
      return { kind: 'ping', id: body.readUInt32BE(0) };
    case GO_AWAY:
      return { kind: 'go-away' };
    default:
      return { kind: 'other' };
  }
};

const controlFrame = (type: number, body: Buffer, flags = 0): Buffer => {
  const head = Buffer.alloc(HEAD);
  head.writeUInt16BE(CONTROL, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt8(flags, 4);
  head.writeUIntBE(body.length, 5, 3);
  return Buffer.concat([head, body]);
};

const number32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** Accepts a stream; `headers` are compressed. */
export const synReplyFrame = (stream: number, headers: Buffer): Buffer =>
  controlFrame(SYN_REPLY, Buffer.concat([number32(stream), headers]));

/** Answers a ping. */
export const pingFrame = (id: number): Buffer => controlFrame(PING, number32(id));

/** Ends a stream for both sides; 5 is "cancelled". */
export const resetFrame = (stream: number): Buffer =>
  controlFrame(RST_STREAM, Buffer.concat([number32(stream), number32(5)]));

/** Data of a stream; the last frame ends our side of it. */
export const dataFrame = (stream: number, data: Buffer, isLast: boolean): Buffer => {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(stream, 0);
  head.writeUInt8(isLast ? FIN : 0, 4);
  head.writeUIntBE(data.length, 5, 3);
  return Buffer.concat([head, data]);
};
