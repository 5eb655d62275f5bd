/**
 * Walking a template: text, actions, branches, loops, calls of templates.
 * @spec text/template/exec.go walk
 */
import { assertNever } from '@argosy/base';

import { formatValue } from '../format/print.ts';
import { byteLength } from '../go-text.ts';
import type { BranchNode, TemplateNode, TemplateTree } from '../parse/nodes.ts';
import { GoError, GoList, GoMap, GoNumber, goTypeOf, isTrue, type GoValue } from '../values.ts';
import { evaluatePipeline } from './evaluate-pipeline.ts';
import { BudgetSpent } from './budget.ts';
import { failureAt } from './failure.ts';
import { findVariable, refuse, type Cell, type Frame, type Render } from './frame.ts';

/** How a list of nodes ended. */
type Outcome = 'done' | 'break' | 'continue';

/** Runs a template and gives what it wrote. */
export const runTree = (render: Render, tree: TemplateTree, data: GoValue, depth: number): string => {
  const dot: Cell = { value: data, isBoxed: false };
  const frame: Frame = {
    render,
    tree,
    depth,
    variables: [{ name: '$', cell: dot }],
    node: { kind: 'text', at: 0, text: '' },
    output: '',
    context: undefined,
  };
  try {
    render.meter.enter(depth);
    walkAll(frame, dot, tree.nodes);
  } catch (thrown) {
    throw located(frame, thrown);
  }
  return frame.output;
};

/** What was thrown without a place gets that of the frame; bugs stay what they are. */
const located = (frame: Frame, thrown: unknown): unknown => {
  const where = { tree: frame.tree, node: frame.node, cause: thrown };
  if (thrown instanceof BudgetSpent) return failureAt('template.budget', thrown.message, where);
  if (thrown instanceof GoError) return failureAt('template.exec', thrown.message, where);
  if (thrown instanceof RangeError && /call stack|string length|array length/i.test(thrown.message))
    return failureAt('template.budget', 'exceeded what the program can hold', where);
  return thrown;
};

const walkAll = (frame: Frame, dot: Cell, nodes: readonly TemplateNode[]): Outcome => {
  for (let at = 0; at < nodes.length; at += 1) {
    const node = nodes[at];
    const outcome = node ? walk(frame, dot, node) : 'done';
    if (outcome !== 'done') return outcome;
  }
  return 'done';
};

const write = (frame: Frame, text: string): void => {
  frame.render.meter.write(byteLength(text));
  frame.output += text;
};

const walk = (frame: Frame, dot: Cell, node: TemplateNode): Outcome => {
  frame.node = node;
  frame.render.meter.spend(1);
  switch (node.kind) {
    case 'text':
      write(frame, node.text);
      return 'done';
    case 'action': {
      const value = evaluatePipeline(frame, dot, node.pipe);
      frame.node = node;
      if (node.pipe.declared.length === 0) write(frame, value === undefined ? '<no value>' : formatValue(value));
      return 'done';
    }
    case 'break':
    case 'continue':
      return node.kind;
    case 'if':
    case 'with':
      return walkBranch(frame, dot, node);
    case 'range':
      return walkRange(frame, dot, node);
    case 'template':
      walkTemplate(frame, dot, node);
      return 'done';
    default:
      return assertNever(node);
  }
};

const walkBranch = (frame: Frame, dot: Cell, node: BranchNode): Outcome => {
  const mark = frame.variables.length;
  const value = evaluatePipeline(frame, dot, node.pipe);
  const body = isTrue(value) ? node.body : (node.otherwise ?? []);
  const inner = node.kind === 'with' && body === node.body ? { value, isBoxed: false } : dot;
  const outcome = walkAll(frame, inner, body);
  frame.variables.length = mark;
  return outcome;
};

const walkTemplate = (frame: Frame, dot: Cell, node: Extract<TemplateNode, { readonly kind: 'template' }>): void => {
  const tree = frame.render.trees.get(node.name);
  if (!tree) return refuse(frame, `template ${JSON.stringify(node.name)} not defined`);
  const data = node.pipe ? evaluatePipeline(frame, dot, node.pipe) : undefined;
  frame.node = node;
  frame.output += runTree(frame.render, tree, data, frame.depth + 1);
};

/** An item of a loop: what its variables and its dot are. */
interface Step {
  readonly index: GoValue;
  readonly item: Cell;
}

const walkRange = (frame: Frame, dot: Cell, node: BranchNode): Outcome => {
  const mark = frame.variables.length;
  const value = evaluatePipeline(frame, dot, node.pipe);
  const inner = frame.variables.length;
  let isEmpty = true;
  for (const step of stepsOf(frame, node, value)) {
    isEmpty = false;
    bindStep(frame, node, step);
    const outcome = walkAll(frame, step.item, node.body);
    frame.variables.length = inner;
    if (outcome === 'break') break;
  }
  const outcome = isEmpty && node.otherwise ? walkAll(frame, dot, node.otherwise) : 'done';
  frame.variables.length = mark;
  return outcome;
};

const stepsOf = (frame: Frame, node: BranchNode, value: GoValue): Iterable<Step> => {
  const raw = value instanceof GoNumber && value.text === undefined ? value.value : value;
  if (value === undefined || value === null) return [];
  if (value instanceof GoList) return listSteps(frame, value);
  if (value instanceof GoMap) return mapSteps(frame, value);
  if (typeof raw !== 'bigint') return refuse(frame, `range can't iterate over ${formatValue(value)}`);
  if (node.pipe.declared.length > 1)
    return refuse(frame, `can't use ${formatValue(value)} to iterate over more than one variable`);
  const type = goTypeOf(value);
  return countSteps(frame, raw, (count) => (value instanceof GoNumber ? new GoNumber(type, value.kind, count) : count));
};

const listSteps = function* (frame: Frame, list: GoList): Generator<Step> {
  const isBoxed = list.element === 'interface {}';
  for (const [index, value] of list.items.entries()) {
    frame.render.meter.spend(1);
    yield { index: BigInt(index), item: { value: value ?? null, isBoxed } };
  }
};

const mapSteps = function* (frame: Frame, map: GoMap): Generator<Step> {
  const isBoxed = map.element === 'interface {}';
  // Keys and values are those at the start: Go sorts a copy.
  const entries = map.sortedKeys().map((key) => [key, map.entries.get(key)] as const);
  for (const [key, value] of entries) {
    frame.render.meter.spend(1);
    yield { index: key, item: { value: value ?? null, isBoxed } };
  }
};

const countSteps = function* (frame: Frame, limit: bigint, box: (count: bigint) => GoValue): Generator<Step> {
  for (let count = 0n; count < limit; count += 1n) {
    frame.render.meter.spend(1);
    yield { index: undefined, item: { value: box(count), isBoxed: false } };
  }
};

const bindStep = (frame: Frame, node: BranchNode, step: Step): void => {
  const [first, second] = node.pipe.declared;
  if (!first) return;
  const index: Cell = { value: step.index, isBoxed: false };
  if (node.pipe.isAssign) {
    findVariable(frame, first.name).cell = second ? index : step.item;
    if (second) findVariable(frame, second.name).cell = step.item;
    return;
  }
  const top = frame.variables.at(-1);
  if (top) top.cell = step.item;
  const below = frame.variables.at(-2);
  if (second && below) below.cell = index;
};
