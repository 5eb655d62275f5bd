/**
 * JSONPath in the dialect of `kubectl -o jsonpath`: used by printer columns, `valueFrom.jsonPath` and web metrics.
 * @spec https://kubernetes.io/docs/reference/kubectl/jsonpath/
 */
import { fail, isObject, ok, type Json, type Result } from '@argosy/base';

type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | {
      readonly kind: 'slice';
      readonly from: number | undefined;
      readonly to: number | undefined;
      readonly step: number;
      readonly isIndex: boolean;
    }
  | { readonly kind: 'union'; readonly names: readonly string[] }
  | {
      readonly kind: 'filter';
      readonly path: readonly Step[];
      readonly operator: string | undefined;
      readonly value: Json | readonly Step[];
    };

/**
 * Finds the values at a path such as `.status.phase`, `{.items[*].name}`, `$.a[0]`, `.a[?(@.b=="c")].d`, `..name`,
 * `['a.b']`. Nothing found is an empty list; an index beyond a list's end is an error, as in kubectl.
 */
export const findJsonPath = (document: unknown, path: string): Result<readonly Json[]> => {
  const steps = parseJsonPath(path);
  if (!steps.ok) return steps;
  let current: readonly Json[] = [document as Json];
  for (const step of steps.value) current = current.flatMap((value) => take(value, step));
  return ok(current);
};

/** The text kubectl would print: values joined by spaces, text bare, everything else as JSON. */
export const formatJsonPath = (document: unknown, path: string): Result<string> => {
  const found = findJsonPath(document, path);
  return found.ok
    ? ok(found.value.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' '))
    : found;
};

/** `jsonpath(text, path)` of workflow expressions: one value for a definite path, a list for one with wildcards. Throws. */
export const readJsonPathExpression = (text: string, path: string): Json => {
  const document = JSON.parse(text) as Json;
  const steps = parseJsonPath(path);
  if (!steps.ok) throw new TypeError(steps.error);
  const found = findJsonPath(document, path);
  if (!found.ok) throw new TypeError(found.error);
  const isDefinite = steps.value.every((step) => step.kind === 'field' || (step.kind === 'slice' && step.isIndex));
  if (!isDefinite) return found.value;
  if (found.value.length === 0) throw new TypeError(`unknown key in ${path}`);
  return found.value[0] ?? null;
};

/** Checks a path; the error says what is wrong. */
const parseJsonPath = (path: string): Result<readonly Step[]> => {
  const bare = path
    .trim()
    .replace(/^\{([\s\S]*)\}$/, '$1')
    .trim();
  const body = bare.replace(/^[$@]/, '');
  const steps: Step[] = [];
  let rest = body !== '' && !/^[.[]/.test(body) ? `.${body}` : body;
  while (rest !== '') {
    const parsed = parseStep(rest);
    if (!parsed.ok) return fail(`${parsed.error} in JSONPath ${JSON.stringify(path)}`);
    steps.push(...parsed.value.steps);
    rest = parsed.value.rest;
    if (steps.length > 200) return fail(`JSONPath is too long`);
  }
  return ok(steps);
};

interface Parsed {
  readonly steps: readonly Step[];
  readonly rest: string;
}

const parseStep = (text: string): Result<Parsed> => {
  if (text.startsWith('..')) {
    const after = text.slice(2);
    return ok({ steps: [{ kind: 'recursive' }], rest: after.startsWith('[') || after === '' ? after : `.${after}` });
  }
  if (text.startsWith('.')) return parseField(text.slice(1));
  const close = closingBracket(text);
  if (close < 0) return fail('unterminated array');
  const inside = text.slice(1, close).trim();
  const rest = text.slice(close + 1);
  const step = parseBracket(inside);
  if (rest !== '' && !/^[.[]/.test(rest)) return fail(`unexpected text after ]: ${rest}`);
  return step.ok ? ok({ steps: [step.value], rest }) : step;
};

const parseField = (text: string): Result<Parsed> => {
  if (text.startsWith('[')) return ok({ steps: [], rest: text });
  let name = '';
  let index = 0;
  for (; index < text.length && !/[.[]/.test(text[index] ?? ''); index += 1) {
    if (text[index] === '\\') index += 1;
    name += text[index] ?? '';
  }
  if (name === '') return text === '' ? ok({ steps: [], rest: '' }) : fail('empty field name');
  return ok({ steps: [name === '*' ? { kind: 'wildcard' } : { kind: 'field', name }], rest: text.slice(index) });
};

const closingBracket = (text: string): number => {
  let depth = 0;
  let quote = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (quote !== '') {
      if (character === '\\') index += 1;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '[') depth += 1;
    else if (character === ']' && (depth -= 1) === 0) return index;
  }
  return -1;
};

const parseBracket = (inside: string): Result<Step> => {
  if (inside === '*') return ok({ kind: 'wildcard' });
  if (inside.startsWith('?(') && inside.endsWith(')')) return parseFilter(inside.slice(2, -1).trim());
  const index = /^-?\d+$/.exec(inside);
  if (index) return ok({ kind: 'slice', from: Number(inside), to: undefined, step: 1, isIndex: true });
  const slice = /^(-?\d+)?\s*:\s*(-?\d+)?(?:\s*:\s*(\d+))?$/.exec(inside);
  if (slice)
    return ok({
      kind: 'slice',
      from: slice[1] === undefined ? undefined : Number(slice[1]),
      to: slice[2] === undefined ? undefined : Number(slice[2]),
      step: Math.max(1, Number(slice[3] ?? 1)),
      isIndex: false,
    });
  const names = splitUnion(inside);
  if (names) return ok(names.length === 1 ? { kind: 'field', name: names[0] ?? '' } : { kind: 'union', names });
  return fail(`invalid array index ${inside}`);
};

const splitUnion = (inside: string): readonly string[] | undefined => {
  const names: string[] = [];
  const pattern = /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d+))\s*(?:,|$)/y;
  while (pattern.lastIndex < inside.length) {
    const match = pattern.exec(inside);
    if (!match) return undefined;
    names.push((match[1] ?? match[2] ?? match[3] ?? '').replace(/\\(.)/g, '$1'));
  }
  return names.length > 0 ? names : undefined;
};

const parseFilter = (text: string): Result<Step> => {
  const match = /^(@[^=!<>]*?)\s*(?:(==|!=|<=|>=|<|>)\s*([\s\S]+))?$/.exec(text);
  if (!match) return fail(`unsupported filter ${text}`);
  const path = parseJsonPath(match[1] ?? '@');
  if (!path.ok) return path;
  if (match[2] === undefined) return ok({ kind: 'filter', path: path.value, operator: undefined, value: null });
  const given = (match[3] ?? '').trim();
  if (given.startsWith('@')) {
    const other = parseJsonPath(given);
    return other.ok ? ok({ kind: 'filter', path: path.value, operator: match[2], value: other.value }) : other;
  }
  const quoted = /^'((?:[^'\\]|\\.)*)'$|^"((?:[^"\\]|\\.)*)"$/.exec(given);
  const literal: Json | undefined = quoted
    ? (quoted[1] ?? quoted[2] ?? '').replace(/\\(.)/g, '$1')
    : given === 'true'
      ? true
      : given === 'false'
        ? false
        : /^-?\d+(\.\d+)?$/.test(given)
          ? Number(given)
          : undefined;
  return literal === undefined
    ? fail(`unsupported filter value ${given}`)
    : ok({ kind: 'filter', path: path.value, operator: match[2], value: literal });
};

const take = (value: Json, step: Step): readonly Json[] => {
  switch (step.kind) {
    case 'field':
      if (Array.isArray(value))
        return /^-?\d+$/.test(step.name) ? one(value.at(Number(step.name))) : value.flatMap((part) => take(part, step));
      return isObject(value) && Object.hasOwn(value, step.name) ? one(value[step.name] as Json) : [];
    case 'wildcard':
      return membersOf(value);
    case 'recursive':
      return descend(value);
    case 'union':
      return step.names.flatMap((name) => take(value, { kind: 'field', name }));
    case 'slice':
      return Array.isArray(value) ? takeSlice(value as readonly Json[], step) : [];
    case 'filter':
      return membersOf(value).filter((part) => passes(part, step));
  }
};

const one = (value: Json | undefined): readonly Json[] => (value === undefined ? [] : [value]);

const takeSlice = (list: readonly Json[], step: Extract<Step, { kind: 'slice' }>): readonly Json[] =>
  step.isIndex
    ? one(list.at(step.from ?? 0))
    : list.slice(step.from, step.to).filter((_, index) => index % step.step === 0);

/** Items of a list, values of an object; other values have none. */
const membersOf = (value: Json): readonly Json[] => {
  if (Array.isArray(value)) return value as readonly Json[];
  return isObject(value) ? (Object.values(value) as Json[]) : [];
};

const descend = (value: Json): readonly Json[] => [value, ...membersOf(value).flatMap(descend)];

const passes = (value: Json, step: Extract<Step, { kind: 'filter' }>): boolean => {
  const follow = (path: readonly Step[]): readonly Json[] =>
    path.reduce<readonly Json[]>((found, next) => found.flatMap((part) => take(part, next)), [value]);
  const left = follow(step.path)[0];
  if (step.operator === undefined) return left !== undefined;
  if (left === undefined) return false;
  const right = Array.isArray(step.value) ? follow(step.value as readonly Step[])[0] : (step.value as Json);
  switch (step.operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    default:
      return compareOrdered(step.operator, left, right);
  }
};

const compareOrdered = (operator: string, left: Json, right: Json | undefined): boolean => {
  const isComparable =
    (typeof left === 'number' && typeof right === 'number') || (typeof left === 'string' && typeof right === 'string');
  if (!isComparable) return false;
  return operator === '<'
    ? left < right
    : operator === '<='
      ? left <= right
      : operator === '>'
        ? left > right
        : left >= right;
};
