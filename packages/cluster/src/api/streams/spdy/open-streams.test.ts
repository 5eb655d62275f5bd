import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';

import { createFrameReader, type SpdyFrame } from './frames.ts';
import { createOpenStreams } from './open-streams.ts';

const opened = () => {
  const sent: SpdyFrame[] = [];
  const read = createFrameReader();
  const streams = createOpenStreams(
    (frame, done) => {
      sent.push(...read(frame));
      done?.();
    },
    () => undefined,
  );
  return { streams, sent };
};
const closeOf = (channel: Duplex): Promise<unknown> => (channel.closed ? Promise.resolve() : once(channel, 'close'));
const kinds = (frames: readonly SpdyFrame[]) =>
  frames.map((frame) => (frame.kind === 'data' ? `${frame.data.length}${frame.isLast ? ' end' : ''}` : frame.kind));

describe('a stream', () => {
  it('is sent in pieces, and ends on each side apart', async () => {
    const { streams, sent } = opened();
    const channel = streams.open(1, false);
    channel.end(Buffer.alloc(70_000));
    await once(channel, 'finish');
    expect(kinds(sent)).toEqual(['32768', '32768', '4464', '0 end']);
    streams.receive(1, Buffer.from('later'), true);
    expect(Buffer.concat(await channel.toArray()).toString()).toBe('later');
    // Both have said all: there is nothing left to reset.
    channel.destroy();
    await closeOf(channel);
    expect(sent).toHaveLength(4);
  });

  it('says when its consumer is slow', () => {
    const { streams } = opened();
    streams.open(1, false);
    expect(streams.receive(1, Buffer.from('a'), false)).toBe(true);
    expect(streams.receive(1, Buffer.alloc(1024 * 1024), false)).toBe(false);
  });

  it('is reset when it is given up here, and not when it was there', async () => {
    const { streams, sent } = opened();
    const [here, there] = [streams.open(1, false), streams.open(3, false)];
    here.destroy();
    streams.drop(3);
    await Promise.all([here, there].map(closeOf));
    expect(sent).toEqual([{ kind: 'reset', stream: 1 }]);
  });

  it('that nobody knows, or that has ended, takes nothing', async () => {
    const { streams } = opened();
    const channel = streams.open(1, true);
    channel.push(null);
    expect(streams.receive(1, Buffer.from('late'), true)).toBe(true);
    expect(streams.receive(9, Buffer.from('who'), true)).toBe(true);
    expect(await channel.toArray()).toEqual([]);
  });
});
