/**
 * One template being run: its variables, where it is, and the render it belongs to.
 */
import type { CommandNode, OperandNode, TemplateNode, TemplateTree } from '../parse/nodes.ts';
import type { CallContext, GoFunction, GoValue } from '../values.ts';
import type { BudgetMeter } from './budget.ts';
import { failureAt } from './failure.ts';

/** What a missing key of a map is. */
export type MissingKey = 'default' | 'zero' | 'error';

/** A value and whether Go holds it in an interface, which its messages tell apart. */
export interface Cell {
  readonly value: GoValue;
  readonly isBoxed: boolean;
}

/** Templates by name. */
export type TreeSet = Pick<ReadonlyMap<string, TemplateTree>, 'get' | 'has'>;

/** What all templates of a render share. */
export interface Render {
  readonly trees: TreeSet;
  readonly functions: ReadonlyMap<string, GoFunction>;
  readonly missingKey: MissingKey;
  readonly meter: BudgetMeter;
  /** Context handed to functions called at a frame. */
  readonly contextOf: (frame: Frame) => CallContext;
}

/** The state of one template. */
export interface Frame {
  readonly render: Render;
  readonly tree: TemplateTree;
  readonly depth: number;
  readonly variables: { readonly name: string; cell: Cell }[];
  /** Where the run is, for messages. */
  node: TemplateNode | OperandNode | CommandNode;
  output: string;
  /** What functions called here are handed, once one was. */
  context: CallContext | undefined;
}

/** Stops the run at the frame's place. */
export const refuse = (frame: Frame, reason: string, cause?: unknown): never => {
  throw failureAt('template.exec', reason, { tree: frame.tree, node: frame.node, cause });
};

/** Finds a variable. */
export const findVariable = (frame: Frame, name: string): { cell: Cell } => {
  for (let index = frame.variables.length - 1; index >= 0; index -= 1) {
    const variable = frame.variables[index];
    if (variable?.name === name) return variable;
  }
  return refuse(frame, `undefined variable: ${name}`);
};
