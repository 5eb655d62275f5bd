/**
 * Whether every name of a program means something: refused before it runs, as by gojq.
 */
import { patternVariables, type JqNode, type JqPattern } from './syntax/ast.ts';
import { JqSyntaxError } from './jq-error.ts';
import { functionKey } from './run/machine.ts';

/** Names in force at a place. */
export interface JqNames {
  readonly variables: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
}

/** Throws JqSyntaxError for a name that means nothing. */
export const checkNames = (node: JqNode, names: JqNames): void => {
  switch (node.kind) {
    case 'variable':
      if (!names.variables.has(node.name)) throw new JqSyntaxError(`variable not defined: ${node.name}`, 0);
      return;
    case 'call':
      checkCall(node, names);
      return;
    case 'break':
      if (!names.labels.has(node.name)) throw new JqSyntaxError(`label not defined: ${node.name}`, 0);
      return;
    case 'define': {
      const { name, parameters, body } = node.definition;
      const known = withFunction(names, functionKey(name, parameters.length));
      checkNames(body, parameters.reduce(withParameter, known));
      checkNames(node.body, known);
      return;
    }
    case 'label':
      checkNames(node.body, { ...names, labels: new Set([...names.labels, node.name]) });
      return;
    case 'reduce':
    case 'foreach':
      checkFold(node, names);
      return;
    case 'bind':
      checkBind(node, names);
      return;
    default:
      for (const part of partsOf(node)) checkNames(part, names);
  }
};

type Node<K extends JqNode['kind']> = Extract<JqNode, { readonly kind: K }>;

const checkCall = (node: Node<'call'>, names: JqNames): void => {
  const key = functionKey(node.name, node.args.length);
  if (!names.functions.has(key)) {
    const isInput = key === 'input/0' || key === 'inputs/0';
    throw new JqSyntaxError(isInput ? 'input(s)/0 is not allowed' : `function not defined: ${key}`, node.at);
  }
  for (const arg of node.args) checkNames(arg, names);
};

const checkFold = (node: Node<'reduce' | 'foreach'>, names: JqNames): void => {
  checkNames(node.source, names);
  checkNames(node.start, names);
  checkPattern(node.pattern, names);
  const inner = withVariables(names, patternVariables(node.pattern));
  checkNames(node.update, inner);
  if (node.kind === 'foreach' && node.extract) checkNames(node.extract, inner);
};

const checkBind = (node: Node<'bind'>, names: JqNames): void => {
  checkNames(node.source, names);
  const inner = withVariables(names, node.patterns.flatMap(patternVariables));
  for (const pattern of node.patterns) checkPattern(pattern, inner);
  checkNames(node.body, inner);
};

const checkPattern = (pattern: JqPattern, names: JqNames): void => {
  if (pattern.kind === 'array') for (const item of pattern.items) checkPattern(item, names);
  if (pattern.kind !== 'object') return;
  let known = names;
  for (const { key, variable, value } of pattern.entries) {
    checkNames(key, known);
    if (variable !== undefined) known = withVariables(known, [variable]);
    if (!value) continue;
    checkPattern(value, known);
    known = withVariables(known, patternVariables(value));
  }
};

const withVariables = (names: JqNames, more: readonly string[]): JqNames => ({
  ...names,
  variables: new Set([...names.variables, ...more]),
});

const withFunction = (names: JqNames, key: string): JqNames => ({
  ...names,
  functions: new Set([...names.functions, key]),
});

const withParameter = (names: JqNames, parameter: string): JqNames =>
  parameter.startsWith('$')
    ? withFunction(withVariables(names, [parameter]), functionKey(parameter.slice(1), 0))
    : withFunction(names, functionKey(parameter, 0));

/** The filters a filter consists of. */
const partsOf = (node: JqNode): readonly JqNode[] => {
  switch (node.kind) {
    case 'string':
      return node.parts.filter((part) => typeof part !== 'string');
    case 'index':
      return [node.target, node.key];
    case 'slice':
      return [node.target, node.from, node.to].filter((part) => part !== undefined);
    case 'iterate':
      return [node.target];
    case 'array':
      return node.body ? [node.body] : [];
    case 'negate':
    case 'plus':
      return [node.body];
    case 'object':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'pipe':
    case 'comma':
    case 'alternative':
    case 'and':
    case 'or':
    case 'binary':
    case 'update':
      return [node.left, node.right];
    case 'if':
      return [node.condition, node.whenTrue, node.otherwise].filter((part) => part !== undefined);
    case 'try':
      return [node.body, node.handler].filter((part) => part !== undefined);
    default:
      return [];
  }
};
