/**
 * Pipelines, commands, fields and calls.
 * @spec text/template/exec.go evalPipeline … evalEmptyInterface
 */
import { Failure } from '@argosy/base';

import { GO_BUILTINS } from '../functions/builtins.ts';
import { canBeNil, nilOf, unboxed } from '../functions/signature.ts';
import { writeNode, type CommandNode, type OperandNode, type PipeNode } from '../parse/nodes.ts';
import { GoError, GoList, GoMap, GoObject, goTypeOf, isTrue, type GoFunction, type GoValue } from '../values.ts';
import { TemplateFailure } from './failure.ts';
import { findVariable, refuse, type Cell, type Frame } from './frame.ts';
import { constantOf, literalAs, acceptAs } from './typed-operand.ts';

/** Marks that a command gets nothing from the one before it. */
const MISSING = Symbol('no final argument');
type Final = GoValue | typeof MISSING;

/** What a command's first operand is called with. */
interface CallSite {
  readonly args: readonly OperandNode[];
  readonly final: Final;
  /** Where an error of the call is reported. */
  readonly node: OperandNode | CommandNode;
}

const NO_ARGUMENTS: readonly OperandNode[] = [];
const NO_CALL = (node: OperandNode): CallSite => ({ args: NO_ARGUMENTS, final: MISSING, node });

const { and: AND, or: OR, call: CALL } = GO_BUILTINS;

/** Value of a pipeline; declares or sets its variables. A nil interface comes out as no value. */
export const evaluatePipeline = (frame: Frame, dot: Cell, pipe: PipeNode): GoValue => {
  frame.node = pipe;
  let value: Final = MISSING;
  const { commands } = pipe;
  for (let at = 0; at < commands.length; at += 1) {
    const command = commands[at];
    frame.render.meter.spend(1);
    if (command) value = evaluateCommand(frame, dot, command, value) ?? undefined;
  }
  const result = value === MISSING ? undefined : value;
  if (pipe.declared.length === 0) return result;
  for (const variable of pipe.declared) {
    if (pipe.isAssign) findVariable(frame, variable.name).cell = { value: result, isBoxed: false };
    else frame.variables.push({ name: variable.name, cell: { value: result, isBoxed: false } });
  }
  return result;
};

const evaluateCommand = (frame: Frame, dot: Cell, command: CommandNode, final: Final): GoValue => {
  const first = command.args[0];
  switch (first.kind) {
    case 'field':
    case 'chain':
    case 'variable':
      return evaluateChain(frame, dot, first, { args: command.rest, final, node: first });
    case 'identifier':
      return evaluateFunction(frame, dot, first, { args: command.rest, final, node: command });
    case 'pipe':
      noArguments(frame, first, { args: command.rest, final, node: first });
      return evaluatePipeline(frame, dot, first);
    default:
      frame.node = first;
      noArguments(frame, first, { args: command.rest, final, node: first });
      if (first.kind === 'dot') return dot.value;
      return first.kind === 'nil' ? refuse(frame, 'nil is not a command') : constantOf(frame, first);
  }
};

const noArguments = (frame: Frame, first: OperandNode, site: CallSite): void => {
  if (site.args.length > 0 || site.final !== MISSING)
    refuse(frame, `can't give argument to non-function ${writeNode(first)}`);
};

type ChainNode = Extract<OperandNode, { readonly kind: 'field' | 'chain' | 'variable' }>;

const evaluateChain = (frame: Frame, dot: Cell, node: ChainNode, site: CallSite): GoValue => {
  frame.node = node;
  if (node.kind === 'field') return evaluateFields(frame, dot, dot, node, site);
  if (node.kind === 'variable') {
    const { cell } = findVariable(frame, node.name);
    if (node.fields.length > 0) return evaluateFields(frame, dot, cell, node, site);
    noArguments(frame, node, site);
    return cell.value;
  }
  if (node.node.kind === 'nil') return refuse(frame, `indirection through explicit nil in ${writeNode(node)}`);
  const receiver = evaluateArgument(frame, dot, node.node, 'reflect.Value');
  return evaluateFields(frame, dot, { value: receiver, isBoxed: false }, node, site);
};

const evaluateFields = (frame: Frame, dot: Cell, receiver: Cell, node: ChainNode, site: CallSite): GoValue => {
  const { fields } = node;
  const last = fields.length - 1;
  const plain = last > 0 ? NO_CALL(node) : site;
  let { value, isBoxed } = receiver;
  for (let index = 0; index <= last; index += 1) {
    const holder = value;
    value = evaluateField(frame, dot, { value, isBoxed, name: fields[index] ?? '' }, index === last ? site : plain);
    isBoxed = holder instanceof GoMap && holder.element === 'interface {}';
  }
  return value;
};

const evaluateField = (
  frame: Frame,
  dot: Cell,
  { value, isBoxed, name }: Cell & { readonly name: string },
  site: CallSite,
): GoValue => {
  if (value === undefined) {
    if (frame.render.missingKey === 'error') refuse(frame, `nil data; no entry for key ${JSON.stringify(name)}`);
    return undefined;
  }
  if (value === null) return refuse(frame, `nil pointer evaluating interface {}.${name}`);
  const hasArguments = site.args.length > 0 || site.final !== MISSING;
  if (value instanceof GoObject || value instanceof GoMap || value instanceof GoList) {
    const method = Object.hasOwn(value.methods, name) ? value.methods[name] : undefined;
    if (method) return evaluateCall(frame, dot, { name, callee: method }, site);
  }
  if (value instanceof GoObject && Object.hasOwn(value.fields, name)) {
    if (hasArguments) refuse(frame, `${name} has arguments but cannot be invoked as function`);
    return value.fields[name];
  }
  if (value instanceof GoMap) {
    if (hasArguments) refuse(frame, `${name} is not a method but has arguments`);
    return readKey(frame, value, name);
  }
  return refuse(frame, `can't evaluate field ${name} in type ${isBoxed ? 'interface {}' : goTypeOf(value)}`);
};

const readKey = (frame: Frame, map: GoMap, name: string): GoValue => {
  const value = map.entries.get(name);
  if (value !== undefined) return value;
  if (map.entries.has(name)) return null;
  if (frame.render.missingKey === 'error') return refuse(frame, `map has no entry for key ${JSON.stringify(name)}`);
  if (frame.render.missingKey === 'default') return undefined;
  return map.element === 'string' ? '' : nilOf(map.element);
};

const evaluateFunction = (
  frame: Frame,
  dot: Cell,
  node: Extract<OperandNode, { readonly kind: 'identifier' }>,
  site: CallSite,
): GoValue => {
  frame.node = node;
  const callee = frame.render.functions.get(node.name);
  if (!callee) return refuse(frame, `${JSON.stringify(node.name)} is not a defined function`);
  return evaluateCall(frame, dot, { name: node.name, callee }, site);
};

const evaluateCall = (
  frame: Frame,
  dot: Cell,
  { name, callee }: { readonly name: string; readonly callee: GoFunction },
  site: CallSite,
): GoValue => {
  frame.render.meter.spend(1);
  const wanted = callee.parameters.length;
  const given = site.args.length + (site.final === MISSING ? 0 : 1);
  if (callee.isVariadic ? given < wanted - 1 : given !== wanted)
    refuse(
      frame,
      callee.isVariadic
        ? `wrong number of args for ${name}: want at least ${wanted - 1} got ${site.args.length}`
        : `wrong number of args for ${name}: want ${wanted} got ${given}`,
    );
  if (callee === AND || callee === OR) return evaluateShortCircuit(frame, dot, callee === OR, site);
  const args = evaluateArguments(frame, dot, callee.parameters, site);
  if (callee === CALL) return refuseCall(frame, args[0], site);
  return runCall(frame, { name, callee, args }, site);
};

const evaluateArguments = (frame: Frame, dot: Cell, types: readonly string[], site: CallSite): readonly GoValue[] => {
  const args: GoValue[] = [];
  const last = types.length - 1;
  const given = site.args;
  for (let index = 0; index < given.length; index += 1) {
    const arg = given[index];
    const type = types[Math.min(index, last)] ?? 'reflect.Value';
    if (arg) args.push(unboxed(evaluateArgument(frame, dot, arg, type), type));
  }
  if (site.final === MISSING) return args;
  const type = types[Math.min(args.length, last)] ?? 'reflect.Value';
  args.push(unboxed(acceptAs(frame, site.final, type), type));
  return args;
};

const evaluateShortCircuit = (frame: Frame, dot: Cell, isOr: boolean, site: CallSite): GoValue => {
  let value: GoValue;
  for (const arg of site.args) {
    value = evaluateArgument(frame, dot, arg, 'reflect.Value');
    if (isTrue(value) === isOr) return value;
  }
  return site.final === MISSING ? value : site.final;
};

/** Nothing a template holds is a function. */
const refuseCall = (frame: Frame, callee: GoValue, site: CallSite): never => {
  frame.node = site.node;
  if (callee === null || callee === undefined) return refuse(frame, 'error calling call: call of nil');
  const [first] = site.args;
  const written = first ? writeNode(first) : typeof callee === 'string' ? callee : `<${goTypeOf(callee)} Value>`;
  return refuse(frame, `error calling call: non-function ${written} of type ${goTypeOf(callee)}`);
};

const runCall = (
  frame: Frame,
  { name, callee, args }: { readonly name: string; readonly callee: GoFunction; readonly args: readonly GoValue[] },
  site: CallSite,
): GoValue => {
  try {
    const value = callee.call(args, frame.render.contextOf(frame));
    chargeValue(frame, value);
    return value;
  } catch (thrown) {
    // Budgets and bugs pass; what a function refuses is reported where it was called.
    const isRefusal = thrown instanceof GoError || thrown instanceof Failure;
    if (!isRefusal || (thrown instanceof TemplateFailure && thrown.code === 'template.budget')) throw thrown;
    frame.node = site.node;
    return refuse(frame, `error calling ${name}: ${thrown.message}`, thrown);
  }
};

const chargeValue = (frame: Frame, value: GoValue): void => {
  if (typeof value === 'string') {
    frame.render.meter.reserve(value.length);
    frame.render.meter.spend(value.length >> 6);
  } else if (value instanceof GoList) frame.render.meter.spend(value.items.length >> 2);
  else if (value instanceof GoMap) frame.render.meter.spend(value.entries.size >> 2);
};

const evaluateArgument = (frame: Frame, dot: Cell, node: OperandNode, type: string): GoValue => {
  frame.node = node;
  switch (node.kind) {
    case 'dot':
      return acceptAs(frame, dot.value, type);
    case 'nil':
      return canBeNil(type) ? nilOf(type) : refuse(frame, `cannot assign nil to ${type}`);
    case 'field':
    case 'variable':
    case 'chain':
      return acceptAs(frame, evaluateChain(frame, dot, node, NO_CALL(node)), type);
    case 'pipe':
      return acceptAs(frame, evaluatePipeline(frame, dot, node), type);
    case 'identifier':
      return acceptAs(frame, evaluateFunction(frame, dot, node, NO_CALL(node)), type);
    default:
      return literalAs(frame, node, type);
  }
};
