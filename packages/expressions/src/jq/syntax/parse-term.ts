/**
 * Terms: literals, paths, parentheses, arrays, objects and words; and the steps after them.
 */
import { JqSyntaxError } from '../jq-error.ts';
import { integerOf } from '../values/jq-value.ts';
import type { JqNode } from './ast.ts';
import type { JqReader } from './jq-reader.ts';
import { parseCall, parseConditional, parseFold } from './parse-forms.ts';
import { parseObject } from './parse-object.ts';
import { parseText } from './parse-text.ts';

/** Reads a term and the steps after it. */
export const parseSuffixed = (reader: JqReader): JqNode => {
  // In parentheses the whole is tried, not its last step.
  let isStep = !reader.isMark('(');
  let node = term(reader);
  for (;;) {
    const { kind, text } = reader.token;
    if (kind === 'mark' && text === '?') {
      reader.advance();
      node = optional(node, isStep);
      continue;
    }
    isStep = true;
    if (kind === 'field') {
      reader.advance();
      node = { kind: 'index', target: node, key: { kind: 'literal', value: text.slice(1) } };
    } else if (kind === 'mark' && text === '[') node = bracket(reader, node);
    else if (kind === 'mark' && text === '.' && isSuffixAfterPoint(reader)) {
      reader.advance();
      if (reader.token.kind === 'string') node = { kind: 'index', target: node, key: parseText(reader, undefined) };
    } else return node;
  }
};

const isSuffixAfterPoint = (reader: JqReader): boolean => {
  const { next } = reader;
  return next?.kind === 'string' || (next?.kind === 'mark' && next.text === '[');
};

const bracket = (reader: JqReader, target: JqNode): JqNode => {
  reader.expectMark('[');
  if (reader.takeMark(']')) return { kind: 'iterate', target };
  if (reader.takeMark(':')) {
    const to = reader.pipe();
    reader.expectMark(']');
    return { kind: 'slice', target, from: undefined, to };
  }
  const key = reader.pipe();
  if (reader.takeMark(']')) return { kind: 'index', target, key };
  reader.expectMark(':');
  const to = reader.isMark(']') ? undefined : reader.pipe();
  reader.expectMark(']');
  return { kind: 'slice', target, from: key, to };
};

const term = (reader: JqReader): JqNode => {
  const { kind, text } = reader.token;
  switch (kind) {
    case 'number':
      reader.advance();
      return { kind: 'literal', value: /^\d+$/.test(text) ? integerOf(BigInt(text)) : Number(text) };
    case 'string':
      return parseText(reader, undefined);
    case 'format':
      reader.advance();
      return reader.token.kind === 'string' ? parseText(reader, text) : { kind: 'format', name: text };
    case 'field':
      reader.advance();
      return { kind: 'index', target: { kind: 'identity' }, key: { kind: 'literal', value: text.slice(1) } };
    case 'variable':
      reader.advance();
      return { kind: 'variable', name: text };
    case 'name':
      return named(reader, text);
    case 'mark':
      return marked(reader, text);
    default:
      return reader.unexpected();
  }
};

const marked = (reader: JqReader, text: string): JqNode => {
  switch (text) {
    case '.':
      reader.advance();
      return reader.token.kind === 'string'
        ? { kind: 'index', target: { kind: 'identity' }, key: parseText(reader, undefined) }
        : { kind: 'identity' };
    case '..':
      reader.advance();
      return { kind: 'recurse' };
    case '(': {
      reader.advance();
      const inner = reader.pipe();
      reader.expectMark(')');
      return inner;
    }
    case '[': {
      reader.advance();
      if (reader.takeMark(']')) return { kind: 'array', body: undefined };
      const body = reader.pipe();
      reader.expectMark(']');
      return { kind: 'array', body };
    }
    case '{':
      return parseObject(reader);
    default:
      return reader.unexpected();
  }
};

const named = (reader: JqReader, text: string): JqNode => {
  switch (text) {
    case 'if':
      return parseConditional(reader);
    case 'try': {
      reader.advance();
      const body = parseSuffixed(reader);
      if (!reader.isName('catch')) return { kind: 'try', body, handler: undefined };
      reader.advance();
      return { kind: 'try', body, handler: parseSuffixed(reader) };
    }
    case 'reduce':
    case 'foreach':
      return parseFold(reader, text);
    case 'break':
      reader.advance();
      return { kind: 'break', name: reader.variable() };
    case 'import':
    case 'include':
      throw new JqSyntaxError('modules are not supported', reader.placeOf(reader.token.at));
    case 'and':
    case 'or':
    case 'then':
    case 'elif':
    case 'else':
    case 'end':
    case 'as':
    case 'def':
    case 'catch':
    case 'label':
      return reader.unexpected();
    case 'null':
    case 'true':
    case 'false':
      reader.advance();
      return { kind: 'literal', value: text === 'null' ? null : text === 'true' };
    default:
      return parseCall(reader);
  }
};

/** `?` after an index, slice or iteration is for that step alone; after other terms it is `try`. */
const optional = (node: JqNode, isStep: boolean): JqNode =>
  isStep && (node.kind === 'index' || node.kind === 'slice' || node.kind === 'iterate')
    ? { ...node, isOptional: true }
    : { kind: 'try', body: node, handler: undefined };
