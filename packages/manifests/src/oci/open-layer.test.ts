import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import { openLayer } from './open-layer.ts';

interface Entry {
  readonly name: string;
  readonly data?: string;
  /** Of tar; a file when absent. */
  readonly type?: string;
  readonly target?: string;
}

const tar = (...entries: readonly Entry[]): Buffer =>
  Buffer.concat([
    ...entries.flatMap(({ name, data = '', type = '0', target = '' }) => {
      const header = Buffer.alloc(512);
      header.write(name, 0);
      header.write(`${Buffer.byteLength(data).toString(8).padStart(11, '0')}\0`, 124);
      header.write(type, 156);
      header.write(target, 157);
      header.write('ustar\0', 257);
      return [header, Buffer.from(data), Buffer.alloc((512 - (Buffer.byteLength(data) % 512)) % 512)];
    }),
    Buffer.alloc(1024),
  ]);
const open = (...entries: readonly Entry[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...openLayer(tar(...entries), { name: 'a@sha256:0', isCompressed: false })].map(
      ([name, data]) => [name, Buffer.from(data).toString()] as const,
    ),
  );

describe('openLayer', () => {
  it('gives files by path, those of links too', () => {
    expect(
      open(
        { name: './', type: '5' },
        { name: './app/a.yaml', data: 'a' },
        { name: 'app/b.yaml', type: '2', target: '../base/b.yaml' },
        { name: 'base/b.yaml', data: 'b' },
        { name: 'c.yaml', type: '1', target: 'app/a.yaml' },
        { name: 'd.yaml', type: '2', target: 'app/b.yaml' },
        { name: 'folder', type: '2', target: 'app' },
      ),
    ).toEqual({ 'app/a.yaml': 'a', 'app/b.yaml': 'b', 'base/b.yaml': 'b', 'c.yaml': 'a', 'd.yaml': 'b' });
  });

  it.each<readonly [string, readonly Entry[], RegExp]>([
    ['a path that climbs', [{ name: 'a/../../x', data: 'x' }], /"a\/\.\.\/\.\.\/x" leads outside/],
    ['a path that climbs in Windows ways', [{ name: 'a\\..\\..\\x', data: 'x' }], /leads outside/],
    ['an absolute path', [{ name: '/x', data: 'x' }], /leads outside/],
    ['a link that climbs', [{ name: 'a/x', type: '2', target: '../../etc/passwd' }], /leads outside/],
    ['an absolute link', [{ name: 'x', type: '2', target: '/etc/passwd' }], /link "x" leads outside/],
    ['a hard link that climbs', [{ name: 'x', type: '1', target: '../x' }], /leads outside/],
    [
      'links in a circle',
      [
        { name: 'x', type: '2', target: 'y' },
        { name: 'y', type: '2', target: 'x' },
      ],
      /too many links/,
    ],
    ['a device', [{ name: 'x', type: '3' }], /neither file nor folder nor link/],
  ])('refuses %s', (_reason, entries, message) => {
    expect(() => open(...entries)).toThrow(message);
  });

  it('refuses bombs before they are unpacked', () => {
    const layer = { name: 'a', isCompressed: true };
    expect(() => openLayer(gzipSync(Buffer.alloc(40_000_000)), layer)).toThrow(/more than 200 times/);
    expect(() => openLayer(Buffer.from('text'), layer)).toThrow(/not a gzipped archive/);
  });
});
