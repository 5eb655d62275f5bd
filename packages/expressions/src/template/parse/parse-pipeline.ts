/**
 * Pipelines, commands and operands of Go templates.
 * @spec text/template/parse/parse.go pipeline, command, operand, term
 */
import type { ItemReader } from './item-reader.ts';
import { readNumber, unquoteCharacter, unquoteGo } from './literals.ts';
import { writeNode, type CommandNode, type OperandNode, type PipeNode, type VariableNode } from './nodes.ts';
import type { Item } from './items.ts';
import type { ItemKind } from './items.ts';

/** What names mean at a place of a template. */
export interface Scope {
  /** Variables declared so far; the parser cuts it back when a block ends. */
  readonly variables: string[];
  readonly isFunction: (name: string) => boolean;
  /** Nesting of parentheses. */
  depth: number;
}

/** Deeper nesting than people write, and far from what the stack holds. */
const MAX_PARENTHESES = 400;
const OPERANDS: ReadonlySet<ItemKind> = new Set([
  'bool',
  'character',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParen',
]);

/** Reads a pipeline up to and with its end. */
export const parsePipeline = (reader: ItemReader, scope: Scope, context: string, end: ItemKind): PipeNode => {
  const at = reader.peekNonSpace().at;
  const { declared, isAssign } = parseDeclarations(reader, scope, context);
  const commands: CommandNode[] = [];
  for (;;) {
    const item = reader.nextNonSpace();
    if (item.kind === end) break;
    if (!OPERANDS.has(item.kind)) return reader.unexpected(item, context);
    reader.back(item);
    commands.push(parseCommand(reader, scope));
  }
  if (commands.length === 0) return reader.fail(`missing value for ${context}`);
  for (const [index, command] of commands.entries())
    if (index > 0 && ['bool', 'dot', 'nil', 'number', 'string'].includes(command.args[0].kind))
      return reader.fail(`non executable command in pipeline stage ${index + 1}`);
  return { kind: 'pipe', at, isAssign, declared, commands };
};

const parseDeclarations = (
  reader: ItemReader,
  scope: Scope,
  context: string,
): { readonly declared: readonly VariableNode[]; readonly isAssign: boolean } => {
  const declared: VariableNode[] = [];
  while (reader.peekNonSpace().kind === 'variable') {
    const variable = reader.next();
    const follower = reader.peek();
    const next = reader.peekNonSpace();
    if (next.kind === 'assign' || next.kind === 'declare') {
      reader.nextNonSpace();
      declare(declared, scope, variable);
      return { declared, isAssign: next.kind === 'assign' };
    }
    if (next.kind !== 'char' || next.text !== ',') {
      // Not a declaration: give the variable back, with the space that ends it as an operand.
      if (follower.kind === 'space') reader.back(variable, follower);
      else reader.back(variable);
      break;
    }
    reader.nextNonSpace();
    declare(declared, scope, variable);
    if (context !== 'range' || declared.length >= 2) return reader.fail(`too many declarations in ${context}`);
    if (!['variable', 'rightDelimiter', 'rightParen'].includes(reader.peekNonSpace().kind))
      return reader.fail('range can only initialize variables');
  }
  return { declared, isAssign: false };
};

const declare = (declared: VariableNode[], scope: Scope, item: Item): void => {
  declared.push({ kind: 'variable', at: item.at, name: item.text, fields: [] });
  scope.variables.push(item.text);
};

const parseCommand = (reader: ItemReader, scope: Scope): CommandNode => {
  const at = reader.peekNonSpace().at;
  const args: OperandNode[] = [];
  for (;;) {
    reader.peekNonSpace();
    const operand = parseOperand(reader, scope);
    if (operand) args.push(operand);
    const item = reader.next();
    if (item.kind === 'space') continue;
    if (item.kind === 'rightDelimiter' || item.kind === 'rightParen') reader.back(item);
    else if (item.kind !== 'pipe') return reader.unexpected(item, 'operand');
    break;
  }
  const [first, ...rest] = args;
  return first ? { kind: 'command', at, args: [first, ...rest], rest } : reader.fail('empty command');
};

const parseOperand = (reader: ItemReader, scope: Scope): OperandNode | undefined => {
  const term = parseTerm(reader, scope);
  if (!term || reader.peek().kind !== 'field') return term;
  const at = reader.peek().at;
  const fields: string[] = [];
  while (reader.peek().kind === 'field') fields.push(reader.next().text.slice(1));
  switch (term.kind) {
    case 'field':
      return { kind: 'field', at, fields: [...term.fields, ...fields] };
    case 'variable':
      return { kind: 'variable', at, name: term.name, fields: [...term.fields, ...fields] };
    case 'bool':
    case 'string':
    case 'number':
    case 'nil':
    case 'dot':
      return reader.fail(`unexpected . after term ${JSON.stringify(writeNode(term))}`);
    default:
      return { kind: 'chain', at, node: term, fields };
  }
};

const parseTerm = (reader: ItemReader, scope: Scope): OperandNode | undefined => {
  const item = reader.nextNonSpace();
  const { at, text } = item;
  switch (item.kind) {
    case 'identifier':
      if (!scope.isFunction(text)) return reader.fail(`function ${JSON.stringify(text)} not defined`);
      return { kind: 'identifier', at, name: text };
    case 'dot':
    case 'nil':
      return { kind: item.kind, at };
    case 'variable':
      if (!scope.variables.includes(text)) return reader.fail(`undefined variable ${JSON.stringify(text)}`);
      return { kind: 'variable', at, name: text, fields: [] };
    case 'field':
      return { kind: 'field', at, fields: [text.slice(1)] };
    case 'bool':
      return { kind: 'bool', at, value: text === 'true' };
    case 'character':
    case 'complex':
    case 'number':
      return parseNumber(reader, item);
    case 'leftParen':
      return parseParentheses(reader, scope);
    case 'string':
    case 'rawString': {
      const value = unquoteGo(text);
      return value === undefined ? reader.fail('invalid syntax') : { kind: 'string', at, quoted: text, value };
    }
    default:
      reader.back(item);
      return undefined;
  }
};

const parseNumber = (reader: ItemReader, item: Item): OperandNode => {
  if (item.kind === 'character') {
    const code = unquoteCharacter(item.text);
    if (code === undefined) return reader.fail(`malformed character constant: ${item.text}`);
    return { kind: 'number', at: item.at, text: item.text, int: BigInt(code), uint: BigInt(code), float: code };
  }
  const read = readNumber(item.kind === 'complex' ? `${item.text}i` : item.text);
  return typeof read === 'string' ? reader.fail(read) : { kind: 'number', at: item.at, ...read };
};

const parseParentheses = (reader: ItemReader, scope: Scope): OperandNode => {
  if (scope.depth >= MAX_PARENTHESES) return reader.fail('max expression depth exceeded');
  scope.depth += 1;
  const pipe = parsePipeline(reader, scope, 'parenthesized pipeline', 'rightParen');
  scope.depth -= 1;
  return pipe;
};
