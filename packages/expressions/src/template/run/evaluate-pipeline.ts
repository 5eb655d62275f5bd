/**
 * Pipelines, commands, fields and calls.
 * @spec text/template/exec.go evalPipeline … evalEmptyInterface
 */
import { Failure } from '@argosy/base';

import { GO_BUILTINS } from '../functions/builtins.ts';
import { canBeNil, isAssignable, nilOf, unboxed } from '../functions/signature.ts';
import { writeNode, type CommandNode, type OperandNode, type PipeNode } from '../parse/nodes.ts';
import { GoError, GoList, GoMap, GoObject, goTypeOf, isTrue, type GoFunction, type GoValue } from '../values.ts';
import { TemplateFailure } from './failure.ts';
import { findVariable, refuse, type Cell, type Frame } from './frame.ts';

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

const NO_CALL = (node: OperandNode): CallSite => ({ args: [], final: MISSING, node });

/** Value of a pipeline; declares or sets its variables. A nil interface comes out as no value. */
export const evaluatePipeline = (frame: Frame, dot: Cell, pipe: PipeNode): GoValue => {
  frame.node = pipe;
  let value: Final = MISSING;
  for (const command of pipe.commands) {
    frame.render.meter.spend(1);
    value = evaluateCommand(frame, dot, command, value) ?? undefined;
  }
  const result = value === MISSING ? undefined : value;
  for (const variable of pipe.declared) {
    if (pipe.isAssign) findVariable(frame, variable.name).cell = { value: result, isBoxed: false };
    else frame.variables.push({ name: variable.name, cell: { value: result, isBoxed: false } });
  }
  return result;
};

const evaluateCommand = (frame: Frame, dot: Cell, command: CommandNode, final: Final): GoValue => {
  const [first, ...args] = command.args;
  const site: CallSite = { args, final, node: first };
  switch (first.kind) {
    case 'field':
    case 'chain':
    case 'variable':
      return evaluateChain(frame, dot, first, site);
    case 'identifier':
      return evaluateFunction(frame, dot, first, { ...site, node: command });
    case 'pipe':
      noArguments(frame, first, site);
      return evaluatePipeline(frame, dot, first);
    default:
      frame.node = first;
      noArguments(frame, first, site);
      if (first.kind === 'dot') return dot.value;
      return first.kind === 'nil' ? refuse(frame, 'nil is not a command') : constantOf(frame, first);
  }
};

const noArguments = (frame: Frame, first: OperandNode, site: CallSite): void => {
  if (site.args.length > 0 || site.final !== MISSING)
    refuse(frame, `can't give argument to non-function ${writeNode(first)}`);
};

/** A literal as the type it has by itself. */
const constantOf = (frame: Frame, node: OperandNode): GoValue => {
  frame.node = node;
  if (node.kind === 'bool' || node.kind === 'string') return node.value;
  if (node.kind !== 'number') return refuse(frame, `can't evaluate command ${JSON.stringify(writeNode(node))}`);
  const isHex = /^0[xX]/.test(node.text) && !/[pP]/.test(node.text);
  if (node.float !== undefined && !isHex && !node.text.startsWith("'") && /[.eEpP]/.test(node.text)) return node.float;
  return node.int ?? refuse(frame, `${node.text} overflows int`);
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
  let cell = receiver;
  const plain = NO_CALL(node);
  for (const [index, name] of node.fields.entries()) {
    const isLast = index === node.fields.length - 1;
    const value = evaluateField(frame, dot, { cell, name }, isLast ? site : plain);
    cell = { value, isBoxed: cell.value instanceof GoMap && cell.value.element === 'interface {}' };
  }
  return cell.value;
};

const evaluateField = (
  frame: Frame,
  dot: Cell,
  { cell, name }: { readonly cell: Cell; readonly name: string },
  site: CallSite,
): GoValue => {
  const { value } = cell;
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
  return refuse(frame, `can't evaluate field ${name} in type ${cell.isBoxed ? 'interface {}' : goTypeOf(value)}`);
};

const readKey = (frame: Frame, map: GoMap, name: string): GoValue => {
  if (map.entries.has(name)) return map.entries.get(name) ?? null;
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
  if (callee === GO_BUILTINS['and'] || callee === GO_BUILTINS['or'])
    return evaluateShortCircuit(frame, dot, callee === GO_BUILTINS['or'], site);
  const typeAt = (index: number): string => callee.parameters[Math.min(index, wanted - 1)] ?? 'reflect.Value';
  const args = site.args.map((arg, index) => {
    const type = typeAt(index);
    return unboxed(evaluateArgument(frame, dot, arg, type), type);
  });
  if (site.final !== MISSING) {
    const type = typeAt(args.length);
    args.push(unboxed(validate(frame, site.final, type), type));
  }
  if (callee === GO_BUILTINS['call']) return refuseCall(frame, args[0], site);
  return runCall(frame, { name, callee, args }, site);
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

const validate = (frame: Frame, value: GoValue, type: string): GoValue => {
  if (value === undefined) {
    if (!canBeNil(type)) return refuse(frame, `invalid value; expected ${type}`);
    return nilOf(type);
  }
  if (isAssignable(value, type)) return value;
  return refuse(
    frame,
    `wrong type for value; expected ${type}; got ${value === null ? 'interface {}' : goTypeOf(value)}`,
  );
};

const evaluateArgument = (frame: Frame, dot: Cell, node: OperandNode, type: string): GoValue => {
  frame.node = node;
  switch (node.kind) {
    case 'dot':
      return validate(frame, dot.value, type);
    case 'nil':
      return canBeNil(type) ? nilOf(type) : refuse(frame, `cannot assign nil to ${type}`);
    case 'field':
    case 'variable':
    case 'chain':
      return validate(frame, evaluateChain(frame, dot, node, NO_CALL(node)), type);
    case 'pipe':
      return validate(frame, evaluatePipeline(frame, dot, node), type);
    case 'identifier':
      return validate(frame, evaluateFunction(frame, dot, node, NO_CALL(node)), type);
    default:
      return literalAs(frame, node, type);
  }
};

/** A literal as the type its parameter wants. */
const literalAs = (
  frame: Frame,
  node: Extract<OperandNode, { readonly kind: 'bool' | 'string' | 'number' }>,
  type: string,
): GoValue => {
  switch (type) {
    case 'bool':
      return node.kind === 'bool' ? node.value : refuse(frame, `expected bool; found ${writeNode(node)}`);
    case 'string':
      return node.kind === 'string' ? node.value : refuse(frame, `expected string; found ${writeNode(node)}`);
    case 'int':
    case 'int64':
      return (
        (node.kind === 'number' ? node.int : undefined) ?? refuse(frame, `expected integer; found ${writeNode(node)}`)
      );
    case 'uint32':
      return (
        (node.kind === 'number' ? node.uint : undefined) ??
        refuse(frame, `expected unsigned integer; found ${writeNode(node)}`)
      );
    case 'float64':
      return (
        (node.kind === 'number' ? node.float : undefined) ?? refuse(frame, `expected float; found ${writeNode(node)}`)
      );
    case 'interface {}':
    case 'reflect.Value':
      return constantOf(frame, node);
    default:
      return refuse(frame, `can't handle ${writeNode(node)} for arg of type ${type}`);
  }
};
