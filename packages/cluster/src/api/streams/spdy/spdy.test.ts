import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import { createFrameReader, dataFrame, pingFrame, resetFrame } from './frames.ts';
import { createHeaderCodec } from './header-block.ts';
import { HEADER_DICTIONARY } from './header-dictionary.ts';

describe('SPDY frames', () => {
  const frames = [
    dataFrame(3, Buffer.from('abc'), false),
    dataFrame(3, Buffer.alloc(0), true),
    pingFrame(7),
    resetFrame(5),
  ];
  const want = [
    { kind: 'data', stream: 3, isLast: false, data: Buffer.from('abc') },
    { kind: 'data', stream: 3, isLast: true, data: Buffer.alloc(0) },
    { kind: 'ping', id: 7 },
    { kind: 'reset', stream: 5 },
  ];
  it.each([1, 3, 8, 1000])('are read from pieces of %i bytes', (size) => {
    const bytes = Buffer.concat(frames);
    const read = createFrameReader();
    const found = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      read(bytes.subarray(at * size, (at + 1) * size)),
    ).flat();
    expect(found).toEqual(want);
  });
  it('refuse one that claims to be sixteen megabytes', () =>
    expect(() => createFrameReader()(Buffer.from('0000000100ffffff', 'hex'))).toThrow(RangeError));
});

describe('SPDY headers', () => {
  it('travel with a state of their own in each direction, in order', async () => {
    const [here, there] = [createHeaderCodec(), createHeaderCodec()];
    const sent = [1, 2, 3].map(
      (at) =>
        new Map([
          ['streamtype', 'data'],
          ['port', '80'],
          ['requestid', String(at)],
        ]),
    );
    const blocks = await Promise.all(sent.map((headers) => here.write(headers)));
    expect(await Promise.all(blocks.map((block) => there.read(block)))).toEqual(sent);
    // What was said before is not said again.
    expect(blocks[2]!.length).toBeLessThan(blocks[0]!.length);
    here.close();
    there.close();
  });
  it('are refused when they are none', async () => {
    const codec = createHeaderCodec();
    await expect(codec.read(Buffer.from('no zlib at all'))).rejects.toThrow();
    codec.close();
  });
  it('are refused when a few bytes stand for very many, and nothing else ends by that', async () => {
    const codec = createHeaderCodec();
    const bomb = deflateSync(Buffer.alloc(30_000_000), { dictionary: HEADER_DICTIONARY });
    await expect(codec.read(bomb)).rejects.toThrow();
    await expect(codec.read(bomb)).rejects.toThrow();
    // An error that nobody hears of would come now, and end the process.
    await new Promise((resolve) => setTimeout(resolve, 50));
    codec.close();
  });
});
