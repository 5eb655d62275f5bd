import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import type { Tree } from '../../tree/tree.ts';
import { createMemoryTree } from '../../tree/memory-tree.ts';
import { renderHelmText } from '../render-helm-chart.ts';
import { openChartArchive } from './open-archive.ts';

interface Entry {
  readonly name: string;
  readonly data?: string | Uint8Array;
  readonly type?: string;
  readonly size?: number;
}

const BLOCK = 512;
const padded = (bytes: Uint8Array): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);
const tar = (...entries: readonly Entry[]): Buffer =>
  Buffer.concat([
    ...entries.flatMap(({ name, data = '', type = '0', size }) => {
      const bytes = Buffer.from(data as string);
      const header = Buffer.alloc(BLOCK);
      header.write(name, 0);
      header.write((size ?? bytes.length).toString(8).padStart(11, '0'), 124);
      header.write(type, 156);
      header.write('ustar', 257);
      return [header, padded(bytes)];
    }),
    Buffer.alloc(2 * BLOCK),
  ]);
const tgz = (...entries: readonly Entry[]): Buffer => gzipSync(tar(...entries));
const CHART: Entry = { name: 'db/Chart.yaml', data: 'apiVersion: v2\nname: db\nversion: 1.0.0\n' };
const TEMPLATE: Entry = { name: 'db/templates/a.yaml', data: 'a: {{ .Chart.Name }}' };

/** A tree of texts and one file of bytes. */
const withBinary = (files: Readonly<Record<string, string>>, path: string, bytes: Uint8Array): Tree => {
  const tree = createMemoryTree({ ...files, [path]: '' });
  return { ...tree, read: async (asked) => (asked === path ? bytes : tree.read(asked)) };
};

describe('chart archives', () => {
  it.each([
    { reason: 'the folder has a chart', folder: 'db', kept: ['Chart.yaml', 'templates/a.yaml'] },
    { reason: 'it has none', folder: 'notes', kept: ['Chart.yaml', 'templates/a.yaml', 'b.txt'] },
    { reason: 'no folder is asked for', folder: undefined, kept: ['Chart.yaml', 'templates/a.yaml', 'b.txt'] },
  ])('of several folders keep what is the chart: $reason', ({ folder, kept }) => {
    const archive = tgz(CHART, TEMPLATE, { name: 'notes/b.txt' });
    expect(openChartArchive(archive, 'a.tgz', folder).map(({ name }) => name)).toEqual(kept);
  });
  it('are refused for files beside the chart', () => {
    const archive = tgz(CHART, { name: 'notes/../../b.txt' });
    expect(() => openChartArchive(archive, 'a.tgz', 'db')).toThrow('chart illegally references parent directory');
  });
  it('are rendered where they lie, and as charts of charts', async () => {
    const archive = tgz(CHART, TEMPLATE, { name: 'db/', type: '5' });
    const alone = await renderHelmText(withBinary({}, 'db-1.0.0.tgz', archive), { path: 'db-1.0.0.tgz' });
    expect(alone.text).toBe('---\n# Source: db/templates/a.yaml\na: db\n');
    const parent = { 'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n' };
    const inner = await renderHelmText(withBinary(parent, 'charts/db-1.0.0.tgz', archive));
    expect(inner.text).toBe('---\n# Source: web/charts/db/templates/a.yaml\na: db\n');
  });

  it('may have long names', () => {
    const long = `db/templates/${'x'.repeat(150)}.yaml`;
    const pax = (text: string): string => {
      const line = ` path=${text}\n`;
      return `${line.length + 3}${line}`;
    };
    const names = (...entries: readonly Entry[]) => openChartArchive(tgz(...entries), 'a.tgz').map(({ name }) => name);
    const expected = [`templates/${'x'.repeat(150)}.yaml`, 'Chart.yaml'];
    expect(names({ name: '././@LongLink', type: 'L', data: `${long}\0` }, { name: 'cut', data: 'x' }, CHART)).toEqual(
      expected,
    );
    expect(names({ name: 'h', type: 'x', data: pax(long) }, { name: 'cut', data: 'x' }, CHART)).toEqual(expected);
  });

  it('are read as tar reads them, whatever their headers hold', () => {
    const record = (text: string): string => {
      const length = text.length + 2;
      const all = length + String(length + String(length).length).length;
      return `${all} ${text}\n`;
    };
    const pax = (...texts: readonly string[]): Entry => ({ name: 'x', type: 'x', data: texts.map(record).join('') });
    const names = (...entries: readonly Entry[]): readonly string[] =>
      openChartArchive(tgz(...entries), 'a.tgz').map(({ name, data }) => `${name} ${data.length}`);
    // What looks like a record within a value is none.
    expect(names(pax('comment=a\n21 path=db/../../x', 'path=db/real'), { name: 'db/short', data: 'x' })).toEqual([
      'real 1',
    ]);
    expect(names(pax('size=3'), { name: 'db/a', data: 'xyz', size: 0 }, { name: 'db/b' })).toEqual(['a 3', 'b 0']);
    for (const bad of ['GNU.sparse.major=1', 'size=-1', 'size=99999999'])
      expect(() => names(pax(bad), { name: 'db/a', data: 'xyz' })).toThrow(/sparse|invalid tar header|unexpected end/);
    expect(() => names({ name: 'x', type: 'x', data: '99 path=db/a\n' }, { name: 'db/a' })).toThrow(
      'invalid tar header',
    );
    const gnu = tar({ name: 'db/a', data: 'x' });
    gnu.write('ustar  \0', 257);
    gnu.write('14000000000', 345);
    expect(openChartArchive(gzipSync(gnu), 'a.tgz').map(({ name }) => name)).toEqual(['a']);
  });

  it.each<readonly [string, Uint8Array, RegExp]>([
    ['text', Buffer.from('not an archive'), /a\.tgz: not a gzipped archive/],
    ['nothing', tgz(), /no files in chart archive/],
    ['a path that climbs', tgz({ name: 'db/../../etc/passwd', data: 'x' }), /illegally references parent directory/],
    ['a path that climbs in Windows ways', tgz({ name: 'db\\..\\..\\x', data: 'x' }), /illegally references parent/],
    ['an absolute path', tgz({ name: 'db//etc/passwd', data: 'x' }), /illegally contains absolute paths/],
    ['a file beside the folder', tgz({ name: 'loose', data: 'x' }), /content outside the base directory: "loose"/],
    ['a drive', tgz({ name: 'db/c:/x', data: 'x' }), /illegally named files/],
    ['Chart.yaml at the root', tgz({ name: 'Chart.yaml', data: 'x' }), /not in base directory/],
    ['a symbolic link', tgz({ name: 'db/link', type: '2' }), /"db\/link" is a link/],
    ['a hard link', tgz({ name: 'db/link', type: '1' }), /is a link/],
    ['a device', tgz({ name: 'db/null', type: '3' }), /no regular file/],
    ['a size that is none', tgz({ name: 'db/x', size: Number.NaN }), /invalid tar header/],
    ['a cut archive', tgz({ name: 'db/x', size: 100_000 }), /unexpected end/],
    [
      'a file too large',
      tgz({ name: 'db/x', data: new Uint8Array(6 * 1024 * 1024) }),
      /larger than the maximum file size 5242880/,
    ],
    ['a bomb', gzipSync(Buffer.alloc(110 * 1024 * 1024)), /more than 200 times as large as it was/],
    [
      'more files than anybody needs',
      tgz(...Array.from({ length: 20_001 }, (_, at) => ({ name: `db/${at}`, data: '' }))),
      /more than 20000 files/,
    ],
    ['an endless name', tgz({ name: 'l', type: 'L', data: 'x'.repeat(70_000) }), /name in the archive is too long/],
  ])('refuse %s', (_reason, archive, message) => {
    expect(() => openChartArchive(archive, 'a.tgz')).toThrow(message);
  });
});
