/**
 * Regular expressions: RE2 syntax, linear time.
 * @spec k8s.io/apiserver/pkg/cel/library/regex.go
 */
import { messageOf } from '@argosy/base';
import { RE2JS } from 're2js';

import { CelError } from '../cel-error.ts';
import { CelList } from '../values/cel-value.ts';
import { declare, type CelMeter, type CelOverload } from './overloads.ts';

/** The pattern compiled last: loops ask for the same one again and again. */
let latest: { readonly pattern: string; readonly compiled: RE2JS } | undefined;

/** Compiles a pattern. */
export const compilePattern = (pattern: string): RE2JS => {
  if (latest?.pattern === pattern) return latest.compiled;
  try {
    const compiled = RE2JS.compile(pattern);
    latest = { pattern, compiled };
    return compiled;
  } catch (thrown) {
    throw new CelError(`error parsing regexp: ${messageOf(thrown).replace(/^error parsing regexp: /, '')}`);
  }
};

const compile = (pattern: string, text: string, meter: CelMeter): RE2JS => {
  // As Kubernetes estimates: the product of what is searched and what is searched for.
  meter.spend((text.length / 10 + 1) * (pattern.length / 4 + 1));
  return compilePattern(pattern);
};

/** Whether a pattern occurs in a text. */
export const matchesText = (text: string, pattern: string, meter: CelMeter): boolean =>
  compile(pattern, text, meter).matcher(text).find();

const findAll = (text: string, pattern: string, most: number, meter: CelMeter): CelList => {
  const matcher = compile(pattern, text, meter).matcher(text);
  const found: string[] = [];
  let previous = -1;
  while (found.length < most && matcher.find()) {
    const [start, end] = [matcher.start(), matcher.end()];
    if (start === end && start === previous) continue;
    previous = end;
    meter.spend(1);
    found.push(text.slice(start, end));
  }
  return new CelList(found);
};

/** Functions of regular expressions beyond `matches`. */
export const REGEX: readonly CelOverload[] = [
  declare('string.find(string) -> string', ([text, pattern], meter) => {
    const [first = ''] = findAll(text as string, pattern as string, 1, meter).items;
    return first;
  }),
  declare('string.findAll(string) -> list(string)', ([text, pattern], meter) =>
    findAll(text as string, pattern as string, Infinity, meter),
  ),
  declare('string.findAll(string, int) -> list(string)', ([text, pattern, count], meter) => {
    const most = Number(count as bigint);
    return findAll(text as string, pattern as string, most < 0 ? Infinity : most, meter);
  }),
];
