/**
 * Patterns after `as`: `$x`, `[$a, $b]`, `{a: $x, $b, (expression): [$c]}`.
 */
import type { JqPattern } from './ast.ts';
import type { JqReader } from './jq-reader.ts';
import { parseEntryKey } from './parse-object.ts';

/** Reads a pattern. */
export const parsePattern = (reader: JqReader): JqPattern => {
  if (reader.token.kind === 'variable') return { kind: 'variable', name: reader.advance().text };
  if (reader.takeMark('[')) {
    const items: JqPattern[] = [];
    do items.push(parsePattern(reader));
    while (reader.takeMark(','));
    reader.expectMark(']');
    return { kind: 'array', items };
  }
  reader.expectMark('{');
  const entries: ObjectEntry[] = [];
  do entries.push(parseEntry(reader));
  while (reader.takeMark(','));
  reader.expectMark('}');
  return { kind: 'object', entries };
};

type ObjectEntry = Extract<JqPattern, { readonly kind: 'object' }>['entries'][number];

const parseEntry = (reader: JqReader): ObjectEntry => {
  if (reader.token.kind === 'variable') {
    const variable = reader.advance().text;
    const value = reader.takeMark(':') ? parsePattern(reader) : undefined;
    return { key: { kind: 'literal', value: variable.slice(1) }, variable, value };
  }
  const key = parseEntryKey(reader);
  reader.expectMark(':');
  return { key, variable: undefined, value: parsePattern(reader) };
};
