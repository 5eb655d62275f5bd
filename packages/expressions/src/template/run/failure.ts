/**
 * Why a render stopped, in Go's words and with the place.
 */
import { Failure } from '@argosy/base';

import { writeNode, type CommandNode, type OperandNode, type TemplateNode, type TemplateTree } from '../parse/nodes.ts';
import { byteLength, runesOf, toWellFormed } from '../go-text.ts';

/** `template.parse`: no template. `template.exec`: refused while running. `template.budget`: too much work or output. */
export type TemplateFailureCode = 'template.parse' | 'template.exec' | 'template.budget';

/** A render refused. The message is Go's: `template: file:line:column: executing "name" at <node>: reason`. */
export class TemplateFailure extends Failure {
  declare readonly code: TemplateFailureCode;
  /** File the place is in. */
  readonly template: string;
  /** From 1; 0 when no place is known. */
  readonly line: number;
  /** Bytes before the place in its line. */
  readonly column: number;

  constructor(
    code: TemplateFailureCode,
    message: string,
    place: { readonly template: string; readonly line: number; readonly column: number; readonly cause?: unknown },
  ) {
    super(toWellFormed(message), { code, cause: place.cause });
    this.name = 'TemplateFailure';
    this.template = place.template;
    this.line = place.line;
    this.column = place.column;
  }
}

/** A failure at a node. */
export const failureAt = (
  code: TemplateFailureCode,
  reason: string,
  where: {
    readonly tree: TemplateTree;
    readonly node: TemplateNode | OperandNode | CommandNode;
    readonly cause?: unknown;
  },
): TemplateFailure => {
  const { source, name } = where.tree;
  const before = source.text.slice(0, where.node.at);
  const line = before.split('\n').length;
  const column = byteLength(before.slice(before.lastIndexOf('\n') + 1));
  const message = `template: ${source.name}:${line}:${column}: executing ${JSON.stringify(name)} at <${contextOf(where.node)}>: ${reason}`;
  return new TemplateFailure(code, message, { template: source.name, line, column, cause: where.cause });
};

/** Go prints nodes whole; a block of many lines helps nobody, so it is cut. */
const contextOf = (node: TemplateNode | OperandNode | CommandNode): string => {
  const text = writeNode(node);
  const runes = runesOf(text);
  return runes.length > 200 ? `${runes.slice(0, 200).join('')}...` : text;
};
