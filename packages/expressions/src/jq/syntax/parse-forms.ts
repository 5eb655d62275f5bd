/**
 * Terms that begin with a word: calls, `if`, `reduce`, `foreach`.
 */
import type { JqNode } from './ast.ts';
import type { JqReader } from './jq-reader.ts';
import { parsePattern } from './parse-pattern.ts';

/** A call: its name and arguments. */
export const parseCall = (reader: JqReader): JqNode => {
  const { text: name, at } = reader.advance();
  const args: JqNode[] = [];
  if (reader.takeMark('(')) {
    do args.push(reader.pipe());
    while (reader.takeMark(';'));
    reader.expectMark(')');
  }
  return { kind: 'call', name, args, at: reader.placeOf(at) };
};

/** `if` with its branches. */
export const parseConditional = (reader: JqReader): JqNode => {
  reader.advance();
  const condition = reader.pipe();
  reader.expectName('then');
  const whenTrue = reader.pipe();
  if (reader.isName('elif')) return { kind: 'if', condition, whenTrue, otherwise: parseConditional(reader) };
  let otherwise: JqNode | undefined;
  if (reader.isName('else')) {
    reader.advance();
    otherwise = reader.pipe();
  }
  reader.expectName('end');
  return { kind: 'if', condition, whenTrue, otherwise };
};

/** `reduce` or `foreach`. */
export const parseFold = (reader: JqReader, kind: 'reduce' | 'foreach'): JqNode => {
  reader.advance();
  const source = reader.sourceOf(() => reader.alternative());
  reader.expectName('as');
  const pattern = parsePattern(reader);
  reader.expectMark('(');
  const start = reader.pipe();
  reader.expectMark(';');
  const update = reader.pipe();
  const extract = kind === 'foreach' && reader.takeMark(';') ? reader.pipe() : undefined;
  reader.expectMark(')');
  return kind === 'reduce'
    ? { kind, source, pattern, start, update }
    : { kind, source, pattern, start, update, extract };
};
