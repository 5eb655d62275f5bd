/**
 * The engine's multiplexed streams: frames of a stream number, three empty bytes, a length and that many bytes.
 * @spec https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
 */
import type { LogStream } from '../../logs/log-lines.ts';

/** What was written by one of a container's streams. */
export interface Frame {
  readonly stream: LogStream;
  readonly content: Buffer;
}

const HEADER_BYTES = 8;

/** Splits a stream into its frames, wherever its chunks were cut. What is left of a broken last frame is dropped. */
export async function* readFrames(chunks: AsyncIterable<Buffer>): AsyncIterable<Frame> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + pending.readUInt32BE(4);
      if (pending.length < end) break;
      yield { stream: pending[0] === 2 ? 'stderr' : 'stdout', content: pending.subarray(HEADER_BYTES, end) };
      pending = pending.subarray(end);
    }
  }
}
