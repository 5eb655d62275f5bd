/** Jsonnet against go-jsonnet 0.21: its verdicts stand alone; with a `jsonnet` program, it is asked again. */
import { describe, expect, it } from 'vitest';

import { Failure } from '@argosy/base';

import { createMemoryTree, evaluateJsonnet } from '../src/index.ts';
import { casesOf, judge, judgeVersion, topics, type Verdict } from './jsonnet/judge.ts';

/** Verdicts of ours that differ on purpose, with the reason. */
const DEVIATIONS: Readonly<Record<string, string>> = {
  'std.range(5, 1)': 'the judge crashes; an empty range is empty',
  'local f(x, x) = x; f(1)': 'the judge takes two parameters of one name, of which one can never be given',
};

/** Where the two implementations of Jsonnet differ between themselves; ours is as Argo CD's, which is in Go. */
const OTHERWISE = [
  "std.base64('aé')",
  'function(a, b=1) a',
  'quote_keys=false',
  'std.char(55296)',
  'std.parseYaml',
  "'abc', ''",
];

const ours = async (code: string): Promise<Verdict> => {
  try {
    return { text: (await evaluateJsonnet(createMemoryTree({ 'main.jsonnet': code }), 'main.jsonnet')).text };
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const at = /^main\.jsonnet:(\d+:\d+): /.exec(thrown.message)?.[1];
    return { error: thrown.message, isStatic: thrown.code === 'JsonnetSyntax', ...(at !== undefined && { at }) };
  }
};

/** Refusals agree in their kind and in the line; texts of a program's own errors are shown word for word. */
const expectSame = (code: string, mine: Verdict, theirs: Verdict): void => {
  if ('text' in theirs) return expect(mine, code).toEqual(theirs);
  expect(mine, code).toHaveProperty('error');
  if ('text' in mine) return;
  if (theirs.at !== undefined && mine.at !== undefined)
    expect(mine.at.split(':')[0], code).toBe(theirs.at.split(':')[0]);
  if (/^(error |assert .* : )/.test(code) && !theirs.isStatic) expect(mine.error, code).toContain(theirs.error);
};

describe.each(topics())('jsonnet: %s', (topic) => {
  const cases = casesOf(topic).filter(({ code }) => DEVIATIONS[code] === undefined);
  it.each(cases)('$code', async ({ code, verdict }) => expectSame(code, await ours(code), verdict));
});

const program = process.env['JSONNET'] ?? 'jsonnet';
const version = judgeVersion(program);

describe.skipIf(version === undefined)('jsonnet, asked now', () => {
  const isOther = version?.includes('Go implementation') !== true;
  it.each(topics())('%s', { timeout: 120_000 }, (topic) => {
    for (const { code, verdict } of casesOf(topic)) {
      const now = judge(program, code);
      // Another implementation, or an older one, knows less: it is only asked for what it does know.
      if (isOther && (!('text' in now && 'text' in verdict) || OTHERWISE.some((known) => code.includes(known))))
        continue;
      expect('text' in now ? now : 'error', code).toEqual('text' in verdict ? verdict : 'error');
    }
  });
});
