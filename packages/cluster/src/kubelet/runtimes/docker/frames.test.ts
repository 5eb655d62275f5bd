import { describe, expect, it } from 'vitest';

import { readFrames } from './frames.ts';

const frame = (stream: number, text: string): Buffer => {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};
const read = async (chunks: readonly Buffer[]): Promise<readonly string[]> => {
  const source = (async function* () {
    yield* chunks;
  })();
  const found: string[] = [];
  for await (const { stream, content } of readFrames(source)) found.push(`${stream}:${content.toString()}`);
  return found;
};

describe('frames', () => {
  const whole = Buffer.concat([frame(1, 'out\n'), frame(2, 'err\n'), frame(1, '')]);
  const expected = ['stdout:out\n', 'stderr:err\n', 'stdout:'];
  it('are told apart', async () => expect(await read([whole])).toEqual(expected));
  it('are found wherever chunks are cut', async () =>
    expect(await read([...whole].map((byte) => Buffer.of(byte)))).toEqual(expected));
  it('that were cut off are dropped', async () =>
    expect(await read([whole.subarray(0, -9)])).toEqual(['stdout:out\n']));
});
