/**
 * Queries inside GJSON paths: `#(last=="Murphy")`.
 * @upstream tidwall/gjson gjson.go#queryMatches
 */
import { matchesGlob } from '../glob.ts';
import { textOfRaw, type RawJson } from './raw-json.ts';

const QUERY =
  /^((?:[^=!<>%\\(["]|\\.|\((?:[^()"]|"(?:[^"\\]|\\.)*"|\((?:[^()"]|"(?:[^"\\]|\\.)*")*\))*\))*)(==|=|!=|<=|>=|<|>|!%|%)([\s\S]*)$/;

/** Whether an element satisfies a query (`path operator value`, or a path that must exist). */
export const matchesGjsonQuery = (
  item: RawJson,
  query: string,
  follow: (value: RawJson, path: string) => RawJson | undefined,
): boolean => {
  const text = query.trim();
  if (text === '') return false;
  const parsed = QUERY.exec(text);
  const path = (parsed?.[1] ?? text).trim();
  const value = path === '' ? item : follow(item, path);
  if (!value) return false;
  if (!parsed) return true;
  const operator = parsed[2] === '=' ? '==' : (parsed[2] ?? '==');
  return holds(value, operator, readOperand((parsed[3] ?? '').trim()));
};

const readOperand = (text: string): string =>
  text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? textOfRaw(text) : text.replace(/^"/, '');

const holds = (value: RawJson, operator: string, operand: string): boolean => {
  switch (value.type) {
    case 'string':
      return compareText(textOfRaw(value.raw), operator, operand);
    case 'number':
      return compareNumbers(Number(value.raw), operator, Number(operand === '' ? '0' : operand));
    case 'true':
    case 'false':
      return compareFlags(value.type, operator, operand);
    default:
      return false;
  }
};

const compareText = (text: string, operator: string, operand: string): boolean => {
  switch (operator) {
    case '==':
      return text === operand;
    case '!=':
      return text !== operand;
    case '<':
      return text < operand;
    case '<=':
      return text <= operand;
    case '>':
      return text > operand;
    case '>=':
      return text >= operand;
    case '%':
      return matchesGlob(operand, text);
    default:
      return !matchesGlob(operand, text);
  }
};

const compareNumbers = (left: number, operator: string, given: number): boolean => {
  const right = Number.isNaN(given) ? 0 : given;
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return false;
  }
};

const compareFlags = (value: 'true' | 'false', operator: string, operand: string): boolean => {
  const isTrue = value === 'true';
  switch (operator) {
    case '==':
      return value === operand;
    case '!=':
      return value !== operand;
    case '>':
      return isTrue && operand === 'false';
    case '>=':
      return isTrue || operand === 'false';
    case '<':
      return !isTrue && operand === 'true';
    case '<=':
      return !isTrue || operand === 'true';
    default:
      return false;
  }
};
