/**
 * Headers of SPDY streams: pairs of text, compressed with a state that lasts as long as the connection.
 */
import zlib from 'node:zlib';

import { HEADER_DICTIONARY } from './header-dictionary.ts';

/** Names in lower case and their values. */
export type SpdyHeaders = ReadonlyMap<string, string>;

/** Reads and writes header blocks, in the order they travel. */
export interface HeaderCodec {
  read(block: Buffer): Promise<SpdyHeaders>;
  write(headers: SpdyHeaders): Promise<Buffer>;
  close(): void;
}

/** Longest header block taken, uncompressed. */
const LONGEST = 64 * 1024;

/** Creates the codec of one connection. */
export const createHeaderCodec = (): HeaderCodec => {
  const inflate = zlib.createInflate({ dictionary: HEADER_DICTIONARY });
  const deflate = zlib.createDeflate({ dictionary: HEADER_DICTIONARY, flush: zlib.constants.Z_SYNC_FLUSH });
  // Whoever reads or writes is told; an error that comes when nobody does any more must not end the process.
  for (const stream of [inflate, deflate]) stream.on('error', () => undefined);
  // One after the other: what comes out belongs to what went in last.
  let turn: Promise<unknown> = Promise.resolve();
  const through = (stream: zlib.Inflate | zlib.Deflate, input: Buffer): Promise<Buffer> => {
    const run = turn.then(() => pass(stream, input));
    turn = run.catch(() => undefined);
    return run;
  };
  return {
    read: async (block) => parse(await through(inflate, block)),
    write: (headers) => through(deflate, format(headers)),
    close: () => {
      inflate.destroy();
      deflate.destroy();
    },
  };
};

const pass = (stream: zlib.Inflate | zlib.Deflate, input: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    const take = (part: Buffer): void => {
      size += part.length;
      if (size <= LONGEST) parts.push(part);
      else if (!stream.destroyed) stream.destroy(new RangeError('a header block is too long'));
    };
    const settle = (error?: Error | null): void => {
      stream.off('data', take);
      stream.off('error', settle);
      if (error) reject(error);
      else if (size > LONGEST) reject(new RangeError('a header block is too long'));
      else resolve(Buffer.concat(parts));
    };
    stream.on('data', take);
    stream.once('error', settle);
    stream.write(input, (error) => settle(error));
  });

const parse = (block: Buffer): SpdyHeaders => {
  const headers = new Map<string, string>();
  let at = 4;
  const text = (): string => {
    const length = block.readUInt32BE(at);
    if (length > block.length - at - 4) throw new RangeError('a header block ends early');
    at += 4 + length;
    return block.toString('utf8', at - length, at);
  };
  for (let left = block.readUInt32BE(0); left > 0; left -= 1) {
    const name = text();
    headers.set(name.toLowerCase(), text());
  }
  return headers;
};

const format = (headers: SpdyHeaders): Buffer => {
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const text = (value: string): readonly Buffer[] => [number(Buffer.byteLength(value)), Buffer.from(value, 'utf8')];
  return Buffer.concat([
    number(headers.size),
    ...[...headers].flatMap(([name, value]) => [...text(name.toLowerCase()), ...text(value)]),
  ]);
};
