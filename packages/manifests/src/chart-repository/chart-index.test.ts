import { describe, expect, it } from 'vitest';

import { parseChartIndex } from './chart-index.ts';

/** As Helm writes it: keys in order, lists at the indentation of their key. */
const written = (charts: number, tail = 'generated: "2026-01-01T00:00:00Z"\n'): string =>
  `apiVersion: v1\nentries:\n${Array.from(
    { length: charts },
    (_, chart) =>
      `  chart-${chart}:\n${[2, 1]
        .map(
          (version) =>
            `  - apiVersion: v2\n    description: |-\n      ${'Lines that\n\n      look: like\n      - entries '.repeat(4)}\n    digest: ${'ab'.repeat(32)}\n    name: chart-${chart}\n    urls:\n    - chart-${chart}-${version}.0.0.tgz\n    version: ${version}.0.0\n`,
        )
        .join('')}`,
  ).join('')}${tail}`;
const parse = (text: string) => parseChartIndex(Buffer.from(text), 'https://charts.test');

describe('large indexes', () => {
  it('are read in parts as in one', async () => {
    const text = written(2_000);
    const large = await parse(text);
    expect(text.length).toBeGreaterThan(512 * 1024);
    expect([large.size, [...large.keys()][1_999], large.get('chart-7')]).toEqual([
      2_000,
      'chart-1999',
      (await parse(written(8))).get('chart-7'),
    ]);
  });

  it('are read as a whole when their parts belong together, or are JSON', async () => {
    const anchored = written(2_000)
      .replace('  chart-0:\n', '  chart-0: &first\n')
      .replace('  chart-1999:\n', '  other: *first\n  chart-1999:\n');
    expect((await parse(anchored)).get('other')?.map(({ version }) => version)).toEqual(['2.0.0', '1.0.0']);
    const entries = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, at) => [`c${at}`, [{ version: '1.0.0', urls: ['a'.repeat(80)] }]] as const),
    );
    expect((await parse(JSON.stringify({ apiVersion: 'v1', entries }))).size).toBe(5_000);
  });

  it('are refused when they are broken anywhere', async () => {
    await expect(parse(written(2_000, 'generated: [\n'))).resolves.toBeDefined();
    await expect(parse(written(2_000).replace('  chart-1500:\n', '  chart-1500: [\n'))).rejects.toMatchObject({
      code: 'InvalidIndex',
    });
  });
});
