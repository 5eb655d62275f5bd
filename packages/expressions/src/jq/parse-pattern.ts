/**
 * Patterns after `as`: `$x`, `[$a, $b]`, `{a: $x, $b, (expression): [$c]}`.
 */
import type { JqPattern } from './ast.ts';
import type { JqParser } from './parse.ts';

/** Reads a pattern. */
export const parsePattern = (parser: JqParser): JqPattern => {
  if (parser.token.kind === 'variable') return { kind: 'variable', name: parser.advance().text };
  if (parser.takeMark('[')) {
    const items: JqPattern[] = [];
    do items.push(parsePattern(parser));
    while (parser.takeMark(','));
    parser.expectMark(']');
    return { kind: 'array', items };
  }
  parser.expectMark('{');
  const entries: ObjectEntry[] = [];
  do entries.push(parseEntry(parser));
  while (parser.takeMark(','));
  parser.expectMark('}');
  return { kind: 'object', entries };
};

type ObjectEntry = Extract<JqPattern, { readonly kind: 'object' }>['entries'][number];

const parseEntry = (parser: JqParser): ObjectEntry => {
  if (parser.token.kind === 'variable') {
    const variable = parser.advance().text;
    const value = parser.takeMark(':') ? parsePattern(parser) : undefined;
    return { key: { kind: 'literal', value: variable.slice(1) }, variable, value };
  }
  const key = parser.entryKey();
  parser.expectMark(':');
  return { key, variable: undefined, value: parsePattern(parser) };
};
