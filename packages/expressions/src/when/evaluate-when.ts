/**
 * Evaluates `when`: govaluate's language with words as strings.
 * @upstream argo-workflows util/template and workflow/controller/steps.go#shouldExecute; Knetic/govaluate stagePlanner.go
 */
import { fail, ok, type Result } from '@argosy/base';

import { compileRegularExpression } from '../regular-expression.ts';
import {
  ConditionSyntaxError,
  tokenizeCondition,
  type ConditionToken,
  type ConditionTokenKind,
} from './tokenize-condition.ts';

/** Why a condition gives no verdict. */
export interface WhenFailure {
  readonly reason: 'parse' | 'evaluate' | 'notBoolean';
  readonly message: string;
}

type Value = string | number | boolean | null | readonly Value[];

class EvaluationError extends Error {}

/** Decides a condition whose tags have been replaced. An empty condition holds. */
export const evaluateWhen = (condition: string): Result<boolean, WhenFailure> => {
  if (condition === '') return ok(true);
  try {
    const tokens = tokenizeCondition(condition);
    for (const [index, token] of tokens.entries()) checkPattern(token, tokens[index + 1]);
    const value = new ConditionReader(tokens).evaluate();
    if (typeof value === 'boolean') return ok(value);
    return fail({
      reason: 'notBoolean',
      message: `Expected boolean evaluation for '${condition}'. Got ${JSON.stringify(value)}`,
    });
  } catch (thrown) {
    if (thrown instanceof EvaluationError)
      return fail({
        reason: 'evaluate',
        message: `failed to evaluate 'when' expression '${condition}': ${thrown.message}`,
      });
    if (!(thrown instanceof ConditionSyntaxError)) throw thrown;
    const hint = thrown.message.startsWith('Invalid token')
      ? ' (hint: try wrapping the affected expression in quotes ("))'
      : '';
    return fail({ reason: 'parse', message: `Invalid 'when' expression '${condition}': ${thrown.message}${hint}` });
  }
};

const checkPattern = (token: ConditionToken, next: ConditionToken | undefined): void => {
  if (token.text !== '=~' && token.text !== '!~') return;
  if (next?.kind !== 'string') return;
  const compiled = compileRegularExpression(String(next.value));
  if (!compiled.ok) throw new ConditionSyntaxError(compiled.error);
};

/** Levels of binary operators from weakest to strongest; all associate to the left. */
const LEVELS: readonly { readonly kind: ConditionTokenKind; readonly texts: readonly string[] }[] = [
  { kind: 'separator', texts: [','] },
  { kind: 'ternary', texts: ['?', ':', '??'] },
  { kind: 'logical', texts: ['||'] },
  { kind: 'logical', texts: ['&&'] },
  { kind: 'comparator', texts: ['==', '!=', '>', '>=', '<', '<=', '=~', '!~', 'in'] },
  { kind: 'modifier', texts: ['&', '|', '^'] },
  { kind: 'modifier', texts: ['<<', '>>'] },
  { kind: 'modifier', texts: ['+', '-'] },
  { kind: 'modifier', texts: ['*', '/', '%'] },
  { kind: 'modifier', texts: ['**'] },
];

class ConditionReader {
  readonly #tokens: readonly ConditionToken[];
  #index = 0;
  #depth = 0;

  constructor(tokens: readonly ConditionToken[]) {
    this.#tokens = tokens;
  }

  evaluate(): Value {
    const value = this.#level(0);
    if (this.#index < this.#tokens.length)
      throw new ConditionSyntaxError(`Unexpected token '${this.#tokens[this.#index]?.text ?? ''}'`);
    return value;
  }

  #level(level: number): Value {
    const rule = LEVELS[level];
    if (!rule) return this.#prefix();
    let left = this.#level(level + 1);
    for (;;) {
      const token = this.#tokens[this.#index];
      if (!token || token.kind !== rule.kind || !rule.texts.includes(token.text)) return left;
      this.#index += 1;
      left = apply(token.text, left, this.#level(level + 1));
    }
  }

  #prefix(): Value {
    const token = this.#tokens[this.#index];
    if (token?.kind !== 'prefix') return this.#value();
    this.#index += 1;
    const operand = this.#prefix();
    if (token.text === '!') {
      if (typeof operand !== 'boolean')
        throw new EvaluationError(`Value '${String(operand)}' cannot be used with the prefix '!', it is not a bool`);
      return !operand;
    }
    const value = numberOf(operand, token.text);
    return token.text === '-' ? -value : ~value;
  }

  #value(): Value {
    const token = this.#tokens[this.#index];
    this.#index += 1;
    if (!token) throw new ConditionSyntaxError('Unexpected end of expression');
    if (token.kind === 'accessor') throw new EvaluationError(`No parameter '${token.text.split('.')[0] ?? ''}' found.`);
    if (token.kind !== 'open') return token.value ?? null;
    this.#depth += 1;
    if (this.#depth > 100) throw new ConditionSyntaxError('condition is nested too deeply');
    const inner = this.#tokens[this.#index]?.kind === 'close' ? null : this.#level(0);
    if (this.#tokens[this.#index]?.kind !== 'close') throw new ConditionSyntaxError('Unbalanced parenthesis');
    this.#index += 1;
    this.#depth -= 1;
    return inner;
  }
}

const numberOf = (value: Value, operator: string): number => {
  if (typeof value !== 'number')
    throw new EvaluationError(
      `Value '${String(value)}' cannot be used with the modifier '${operator}', it is not a number`,
    );
  return value;
};

const boolOf = (value: Value, operator: string): boolean => {
  if (typeof value !== 'boolean')
    throw new EvaluationError(
      `Value '${String(value)}' cannot be used with the logical operator '${operator}', it is not a bool`,
    );
  return value;
};

const apply = (operator: string, left: Value, right: Value): Value => {
  switch (operator) {
    case ',':
      return Array.isArray(left) ? [...(left as readonly Value[]), right] : [left, right];
    case '?':
      return boolOf(left, '?') ? right : null;
    case ':':
    case '??':
      return left === null ? right : left;
    case '&&':
      return boolOf(left, '&&') && boolOf(right, '&&');
    case '||':
      return boolOf(left, '||') || boolOf(right, '||');
    case '==':
      return equal(left, right);
    case '!=':
      return !equal(left, right);
    case 'in':
      if (!Array.isArray(right))
        throw new EvaluationError(
          `Value '${String(right)}' cannot be used with the comparator 'in', it is not an array`,
        );
      return (right as readonly Value[]).some((one) => equal(left, one));
    case '=~':
    case '!~':
      return matches(left, right) === (operator === '=~');
    case '>':
    case '>=':
    case '<':
    case '<=':
      return ordered(operator, left, right);
    case '+':
      if (typeof left === 'string' || typeof right === 'string') return `${String(left)}${String(right)}`;
      return numberOf(left, '+') + numberOf(right, '+');
    default:
      return calculate(operator, numberOf(left, operator), numberOf(right, operator));
  }
};

const equal = (left: Value, right: Value): boolean => JSON.stringify(left) === JSON.stringify(right);

const matches = (left: Value, right: Value): boolean => {
  if (typeof left !== 'string' || typeof right !== 'string')
    throw new EvaluationError('a pattern needs text on both sides');
  const compiled = compileRegularExpression(right);
  if (!compiled.ok) throw new EvaluationError(compiled.error);
  return compiled.value.test(left);
};

const ordered = (operator: '>' | '>=' | '<' | '<=', left: Value, right: Value): boolean => {
  const isNumeric = typeof left === 'number' && typeof right === 'number';
  const isText = typeof left === 'string' && typeof right === 'string';
  if (!isNumeric && !isText)
    throw new EvaluationError(
      `Value '${String(left)}' cannot be used with the comparator '${operator}', it is not a number`,
    );
  const order = left < right ? -1 : left > right ? 1 : 0;
  return operator === '>' ? order > 0 : operator === '>=' ? order >= 0 : operator === '<' ? order < 0 : order <= 0;
};

const calculate = (operator: string, left: number, right: number): number => {
  switch (operator) {
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '**':
      return left ** right;
    case '&':
      return Number(BigInt.asIntN(64, BigInt(Math.trunc(left)) & BigInt(Math.trunc(right))));
    case '|':
      return Number(BigInt.asIntN(64, BigInt(Math.trunc(left)) | BigInt(Math.trunc(right))));
    case '^':
      return Number(BigInt.asIntN(64, BigInt(Math.trunc(left)) ^ BigInt(Math.trunc(right))));
    case '<<':
      return Number(
        BigInt.asIntN(64, BigInt(Math.trunc(left)) << BigInt(Math.min(64, Math.max(0, Math.trunc(right))))),
      );
    default:
      return Number(
        BigInt.asIntN(64, BigInt(Math.trunc(left)) >> BigInt(Math.min(64, Math.max(0, Math.trunc(right))))),
      );
  }
};
