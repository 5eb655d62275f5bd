/**
 * The tree of a Go template, and how Go writes its parts in messages.
 * @spec text/template/parse/node.go
 */
import { quoteGo } from '../format/quote.ts';

/** Where a node came from. */
export interface TemplateSource {
  /** Name of the file as parsed; templates defined in it keep it. */
  readonly name: string;
  readonly text: string;
}

interface Placed {
  /** Offset in the source text. */
  readonly at: number;
}

/** A number with every type it may take. */
export interface NumberNode extends Placed {
  readonly kind: 'number';
  readonly text: string;
  readonly int: bigint | undefined;
  readonly uint: bigint | undefined;
  readonly float: number | undefined;
}

/** A variable, with the fields read from it. */
export interface VariableNode extends Placed {
  readonly kind: 'variable';
  readonly name: string;
  readonly fields: readonly string[];
}

/** An operand of a command. */
export type OperandNode =
  | NumberNode
  | VariableNode
  | PipeNode
  | (Placed & { readonly kind: 'bool'; readonly value: boolean })
  | (Placed & { readonly kind: 'dot' })
  | (Placed & { readonly kind: 'nil' })
  | (Placed & { readonly kind: 'string'; readonly quoted: string; readonly value: string })
  | (Placed & { readonly kind: 'field'; readonly fields: readonly string[] })
  | (Placed & { readonly kind: 'identifier'; readonly name: string })
  | (Placed & { readonly kind: 'chain'; readonly node: OperandNode; readonly fields: readonly string[] });

/** A command: a function, field or value with its arguments. */
export interface CommandNode extends Placed {
  readonly kind: 'command';
  readonly args: readonly [OperandNode, ...OperandNode[]];
  /** All but the first of `args`. */
  readonly rest: readonly OperandNode[];
}

/** A pipeline with its declarations. */
export interface PipeNode extends Placed {
  readonly kind: 'pipe';
  readonly isAssign: boolean;
  readonly declared: readonly VariableNode[];
  readonly commands: readonly CommandNode[];
}

/** An if, range or with. */
export interface BranchNode extends Placed {
  readonly kind: 'if' | 'range' | 'with';
  readonly pipe: PipeNode;
  readonly body: readonly TemplateNode[];
  readonly otherwise: readonly TemplateNode[] | undefined;
}

/** What a template consists of. */
export type TemplateNode =
  | BranchNode
  | (Placed & { readonly kind: 'text'; readonly text: string })
  | (Placed & { readonly kind: 'action'; readonly pipe: PipeNode })
  | (Placed & { readonly kind: 'break' | 'continue' })
  | (Placed & { readonly kind: 'template'; readonly name: string; readonly pipe: PipeNode | undefined });

/** One named template. */
export interface TemplateTree {
  readonly name: string;
  readonly source: TemplateSource;
  readonly nodes: readonly TemplateNode[];
}

/** A node as Go writes it. */
export const writeNode = (node: TemplateNode | OperandNode | CommandNode): string => {
  switch (node.kind) {
    case 'text':
      return quoteGo(node.text);
    case 'action':
      return `{{${writeNode(node.pipe)}}}`;
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`;
    case 'template':
      return `{{template ${quoteGo(node.name)}${node.pipe ? ` ${writeNode(node.pipe)}` : ''}}}`;
    case 'if':
    case 'range':
    case 'with':
      return writeBranch(node);
    case 'command':
      return node.args.map((arg) => (arg.kind === 'pipe' ? `(${writeNode(arg)})` : writeNode(arg))).join(' ');
    default:
      return writeOperand(node);
  }
};

const writeBranch = (node: BranchNode): string => {
  const list = (nodes: readonly TemplateNode[]): string => nodes.map(writeNode).join('');
  const otherwise = node.otherwise ? `{{else}}${list(node.otherwise)}` : '';
  return `{{${node.kind} ${writeNode(node.pipe)}}}${list(node.body)}${otherwise}{{end}}`;
};

const writeOperand = (node: OperandNode): string => {
  switch (node.kind) {
    case 'number':
      return node.text;
    case 'variable':
      return [node.name, ...node.fields].join('.');
    case 'bool':
      return String(node.value);
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'string':
      return node.quoted;
    case 'field':
      return node.fields.map((field) => `.${field}`).join('');
    case 'identifier':
      return node.name;
    case 'chain':
      return `${node.node.kind === 'pipe' ? `(${writeNode(node.node)})` : writeNode(node.node)}${node.fields.map((field) => `.${field}`).join('')}`;
    case 'pipe':
      return writePipe(node);
  }
};

const writePipe = (node: PipeNode): string => {
  const commands = node.commands.map(writeNode).join(' | ');
  if (node.declared.length === 0) return commands;
  return `${node.declared.map(writeNode).join(', ')} ${node.isAssign ? '=' : ':='} ${commands}`;
};
