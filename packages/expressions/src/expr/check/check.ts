/**
 * Checks an expression before it runs, as expr-lang's compiler does with an environment: unknown names and operands
 * that can never fit are refused. What is only known at run time passes.
 * @upstream expr-lang/expr checker/checker.go
 */
import { compileRegularExpression } from '../../regular-expression.ts';
import type { BinaryOperator, ExprNode } from '../syntax/ast.ts';
import { BUILTIN_NAMES } from '../builtins/builtin-names.ts';
import { ExprError } from '../expr-error.ts';
import { kindOf, type ExprMap } from '../run/values.ts';
import { inferBuiltin } from './check-builtins.ts';
import { fits, typeError, type Inside, type Scope, type Static } from './static-kinds.ts';

/** Checks; throws ExprError of stage compile. */
export const checkExpr = (node: ExprNode, env: ExprMap): void => {
  infer(node, new Map(), env);
};

const isNumber = (kind: Static): boolean => kind === 'int' || kind === 'float' || kind === 'any';

const infer = (node: ExprNode, scope: Scope, env: ExprMap): Static => {
  const inside = (child: ExprNode, inner: Scope = scope): Static => infer(child, inner, env);
  switch (node.kind) {
    case 'literal':
      return kindOf(node.value);
    case 'name':
      return inferName(node, scope, env);
    case 'pointer':
      return inferPointer(node, scope);
    case 'chain':
    case 'closure':
      return inside(node.body);
    case 'member':
      return inferMember(node, inside, env);
    case 'slice':
      return inferSlice(node, inside);
    case 'call':
      inside(node.callee);
      for (const argument of node.args) inside(argument);
      return 'any';
    case 'builtin':
      return inferBuiltin(node, inside, scope);
    case 'unary':
      return inferUnary(node, inside);
    case 'binary':
      return inferBinary(node, inside(node.left), inside(node.right));
    case 'conditional':
      return inferConditional(node, inside);
    case 'list':
      for (const item of node.items) inside(item);
      return 'array';
    case 'map':
      for (const pair of node.pairs) {
        inside(pair.key);
        inside(pair.value);
      }
      return 'map';
    case 'let':
      if (scope.has(node.name) || Object.hasOwn(env, node.name) || BUILTIN_NAMES.has(node.name))
        throw typeError(`cannot redeclare variable ${node.name}`, node.at);
      return inside(node.body, new Map([...scope, [node.name, inside(node.value)]]));
    case 'sequence':
      return node.nodes.map((part) => inside(part)).at(-1) ?? 'nil';
  }
};

const inferName = (node: Extract<ExprNode, { kind: 'name' }>, scope: Scope, env: ExprMap): Static => {
  const local = scope.get(node.name);
  if (local !== undefined) return local;
  if (node.name === '$env') return 'map';
  if (Object.hasOwn(env, node.name)) return kindOf(env[node.name]);
  throw new ExprError('compile', 'unknownName', `unknown name ${node.name}`, node.at);
};

/** `#index` and `#acc` are there in some closures only. */
const inferPointer = (node: Extract<ExprNode, { kind: 'pointer' }>, scope: Scope): Static => {
  const known = scope.get(`#${node.name}`);
  if (known === undefined) throw typeError(`unknown pointer #${node.name}`, node.at);
  return known;
};

const inferMember = (node: Extract<ExprNode, { kind: 'member' }>, inside: Inside, env: ExprMap): Static => {
  const object = inside(node.object);
  inside(node.property);
  const { property } = node;
  if (
    node.object.kind === 'name' &&
    node.object.name === '$env' &&
    property.kind === 'literal' &&
    typeof property.value === 'string'
  )
    return inferName({ kind: 'name', at: property.at, name: property.value }, new Map(), env);
  if (!fits(object, 'map', 'array', 'time', 'duration', 'named'))
    throw typeError(`type ${object} has no member to take`, node.at);
  return 'any';
};

const inferSlice = (node: Extract<ExprNode, { kind: 'slice' }>, inside: Inside): Static => {
  const object = inside(node.object);
  if (!fits(object, 'string', 'array')) throw typeError(`cannot slice ${object}`, node.at);
  for (const bound of [node.from, node.to])
    if (bound && !fits(inside(bound), 'int')) throw typeError('non-integer slice index', bound.at);
  return object;
};

const inferUnary = (node: Extract<ExprNode, { kind: 'unary' }>, inside: Inside): Static => {
  const operand = inside(node.operand);
  if (node.operator === '!') {
    if (!fits(operand, 'bool')) throw typeError(`invalid operation: ! (mismatched type ${operand})`, node.at);
    return 'bool';
  }
  if (!isNumber(operand)) throw typeError(`invalid operation: ${node.operator} (mismatched type ${operand})`, node.at);
  return operand;
};

const inferConditional = (node: Extract<ExprNode, { kind: 'conditional' }>, inside: Inside): Static => {
  if (!fits(inside(node.condition), 'bool'))
    throw typeError('non-bool expression used as condition', node.condition.at);
  const whenTrue = inside(node.whenTrue);
  const otherwise = inside(node.otherwise);
  return whenTrue === otherwise ? whenTrue : 'any';
};

const inferBinary = (node: Extract<ExprNode, { kind: 'binary' }>, left: Static, right: Static): Static => {
  if (node.operator === 'in' && right === 'map' && !fits(left, 'string', 'nil'))
    throw typeError(`cannot use ${left} as type string in map key`, node.at);
  const result = binaryResult(node.operator, left, right);
  if (result === undefined)
    throw typeError(`invalid operation: ${node.operator} (mismatched types ${left} and ${right})`, node.at);
  if (node.operator === 'matches' && node.right.kind === 'literal' && typeof node.right.value === 'string') {
    const compiled = compileRegularExpression(node.right.value);
    if (!compiled.ok) throw typeError(compiled.error, node.right.at);
  }
  return result;
};

const binaryResult = (operator: BinaryOperator, left: Static, right: Static): Static | undefined => {
  const both = (test: (kind: Static) => boolean): boolean => test(left) && test(right);
  const anyOf = left === 'any' || right === 'any';
  switch (operator) {
    case '||':
    case '&&':
      return both((kind) => fits(kind, 'bool')) ? 'bool' : undefined;
    case '==':
    case '!=':
      return anyOf || left === 'nil' || right === 'nil' || left === right || both(isNumber) ? 'bool' : undefined;
    case '<':
    case '<=':
    case '>':
    case '>=':
      return both(isNumber) ||
        both((kind) => fits(kind, 'string')) ||
        both((kind) => fits(kind, 'time')) ||
        both((kind) => fits(kind, 'duration'))
        ? 'bool'
        : undefined;
    case 'in':
      return fits(right, 'array', 'map') ? 'bool' : undefined;
    case 'matches':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return both((kind) => fits(kind, 'string')) ? 'bool' : undefined;
    case '..':
      return both((kind) => fits(kind, 'int')) ? 'array' : undefined;
    case '%':
      return both((kind) => fits(kind, 'int')) ? 'int' : undefined;
    case '**':
    case '/':
      return both(isNumber) ? 'float' : undefined;
    case '??':
      return left === 'nil' ? right : left === right ? left : 'any';
    case '+':
    case '-':
    case '*':
      return arithmeticResult(operator, left, right);
  }
};

const arithmeticResult = (operator: '+' | '-' | '*', left: Static, right: Static): Static | undefined => {
  if (left === 'any' && right === 'any') return 'any';
  if (isNumber(left) && isNumber(right))
    return left === 'any' || right === 'any' ? 'any' : left === 'int' && right === 'int' ? 'int' : 'float';
  if (operator === '+' && fits(left, 'string') && fits(right, 'string')) return 'string';
  const temporal = fits(left, 'time', 'duration') && fits(right, 'time', 'duration');
  return operator !== '*' && temporal
    ? 'any'
    : operator === '*' && (left === 'duration' || right === 'duration')
      ? 'any'
      : undefined;
};
