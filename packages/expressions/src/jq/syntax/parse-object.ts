/**
 * Objects: `{a: 1, "b": 2, $c, (expression): 3}`.
 */
import type { JqNode } from './ast.ts';
import type { JqReader } from './jq-reader.ts';
import { parseText } from './parse-text.ts';

/** Reads an object. */
export const parseObject = (reader: JqReader): JqNode => {
  reader.expectMark('{');
  const entries: { readonly key: JqNode; readonly value: JqNode }[] = [];
  while (!reader.takeMark('}')) {
    entries.push(entry(reader));
    if (!reader.isMark('}')) reader.expectMark(',');
  }
  return { kind: 'object', entries };
};

const entry = (reader: JqReader): { readonly key: JqNode; readonly value: JqNode } => {
  const { kind, text } = reader.token;
  if (kind === 'variable') {
    reader.advance();
    // With a value, the variable's own value is the key.
    if (reader.takeMark(':')) return { key: { kind: 'variable', name: text }, value: entryValue(reader) };
    return { key: { kind: 'literal', value: text.slice(1) }, value: { kind: 'variable', name: text } };
  }
  const key = parseEntryKey(reader);
  if (reader.takeMark(':')) return { key, value: entryValue(reader) };
  if (kind === 'mark') reader.unexpected();
  return { key, value: { kind: 'index', target: { kind: 'identity' }, key } };
};

/** The key of an object or of a pattern. */
export const parseEntryKey = (reader: JqReader): JqNode => {
  const { kind, text } = reader.token;
  if (kind === 'string') return parseText(reader, undefined);
  if (kind === 'name') {
    reader.advance();
    return { kind: 'literal', value: text };
  }
  reader.expectMark('(');
  const key = reader.pipe();
  reader.expectMark(')');
  return key;
};

const entryValue = (reader: JqReader): JqNode => {
  const left = reader.alternative();
  return reader.takeMark('|') ? { kind: 'pipe', left, right: entryValue(reader) } : left;
};
