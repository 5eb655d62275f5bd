/**
 * Operators, loosest first; below them stand terms.
 * @spec github.com/itchyny/gojq parser.go.y
 */
import type { BinaryOperator, JqFunction, JqNode, UpdateOperator } from './ast.ts';
import type { JqReader } from './jq-reader.ts';
import { parsePattern } from './parse-pattern.ts';
import { parseSuffixed } from './parse-term.ts';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const UPDATES: ReadonlySet<string> = new Set(['=', '|=', '+=', '-=', '*=', '/=', '%=', '//=']);

/** Reads a filter, down to its loosest operator. */
export const parsePipe = (reader: JqReader): JqNode => {
  if (reader.isName('def')) {
    const definition = parseDefinition(reader);
    return { kind: 'define', definition, body: reader.pipe() };
  }
  if (reader.isName('label')) {
    reader.advance();
    const name = reader.variable();
    reader.expectMark('|');
    return { kind: 'label', name, body: reader.pipe() };
  }
  const left = comma(reader);
  return reader.takeMark('|') ? { kind: 'pipe', left, right: reader.pipe() } : left;
};

/** Reads a definition. */
export const parseDefinition = (reader: JqReader): JqFunction => {
  reader.expectName('def');
  const name = reader.token.kind === 'name' ? reader.advance().text : reader.unexpected();
  const parameters: string[] = [];
  if (reader.takeMark('(')) {
    do parameters.push(parameter(reader));
    while (reader.takeMark(';'));
    reader.expectMark(')');
  }
  reader.expectMark(':');
  const body = reader.pipe();
  reader.expectMark(';');
  return { name, parameters, body };
};

const parameter = (reader: JqReader): string => {
  const { kind } = reader.token;
  return kind === 'name' || kind === 'variable' ? reader.advance().text : reader.unexpected();
};

const comma = (reader: JqReader): JqNode => {
  let left = parseAlternative(reader);
  while (reader.takeMark(',')) left = { kind: 'comma', left, right: parseAlternative(reader) };
  return left;
};

/** An expression without a comma at its top: what an object's value is. */
export const parseAlternative = (reader: JqReader): JqNode => {
  const left = update(reader);
  return reader.takeMark('//') ? { kind: 'alternative', left, right: parseAlternative(reader) } : left;
};

const update = (reader: JqReader): JqNode => {
  const left = or(reader);
  if (reader.token.kind !== 'mark' || !UPDATES.has(reader.token.text)) return left;
  const operator = reader.advance().text as UpdateOperator;
  const right = or(reader);
  if (reader.token.kind === 'mark' && UPDATES.has(reader.token.text)) reader.unexpected();
  return { kind: 'update', operator, left, right };
};

const or = (reader: JqReader): JqNode => {
  let left = and(reader);
  while (reader.isName('or')) {
    reader.advance();
    left = { kind: 'or', left, right: and(reader) };
  }
  return left;
};

const and = (reader: JqReader): JqNode => {
  let left = comparison(reader);
  while (reader.isName('and')) {
    reader.advance();
    left = { kind: 'and', left, right: comparison(reader) };
  }
  return left;
};

const comparison = (reader: JqReader): JqNode => {
  const left = sum(reader);
  if (reader.token.kind !== 'mark' || !COMPARISONS.has(reader.token.text)) return left;
  const operator = reader.advance().text as BinaryOperator;
  const right = sum(reader);
  if (reader.token.kind === 'mark' && COMPARISONS.has(reader.token.text)) reader.unexpected();
  return { kind: 'binary', operator, left, right };
};

const sum = (reader: JqReader): JqNode => {
  let left = product(reader);
  while (reader.isMark('+') || reader.isMark('-')) {
    const operator = reader.advance().text as '+' | '-';
    left = { kind: 'binary', operator, left, right: product(reader) };
  }
  return left;
};

const product = (reader: JqReader): JqNode => {
  let left = unary(reader);
  while (reader.isMark('*') || reader.isMark('/') || reader.isMark('%')) {
    const operator = reader.advance().text as '*' | '/' | '%';
    left = { kind: 'binary', operator, left, right: unary(reader) };
  }
  return left;
};

const unary = (reader: JqReader): JqNode => {
  if (!reader.isMark('-') && !reader.isMark('+')) return bound(reader, parseSuffixed(reader));
  const kind = reader.advance().text === '-' ? 'negate' : 'plus';
  const body = reader.deeper(() => reader.sourceOf(() => unary(reader)));
  return bound(reader, { kind, body });
};

/** `as` and what it binds, where that may follow. */
const bound = (reader: JqReader, source: JqNode): JqNode => {
  if (reader.isInSource || !reader.isName('as')) return source;
  reader.advance();
  const first = parsePattern(reader);
  const patterns: [typeof first, ...(typeof first)[]] = [first];
  while (reader.takeMark('?//')) patterns.push(parsePattern(reader));
  reader.expectMark('|');
  return { kind: 'bind', source, patterns, body: reader.pipe() };
};
