/**
 * The language of trigger conditions: names of dependencies with `&&`, `||` and parentheses.
 * @spec EV-SEN-04, EV-SEN-05, EV-SEN-06
 */
import { fail, ok, type Result } from '@argosy/base';

/** A condition as a tree. */
export type Conditions =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'and' | 'or'; readonly left: Conditions; readonly right: Conditions };

/** Reads conditions; the empty text means all dependencies. Fails for names that are not dependencies. */
export const parseConditions = (text: string, dependencies: readonly string[]): Result<Conditions> => {
  const source = text.trim() === '' ? dependencies.join(' && ') : text;
  const tokens = source.match(TOKEN) ?? [];
  if (tokens.join('') !== source.replace(/\s+/g, ''))
    return fail(
      `conditions ${JSON.stringify(text)}: only names of dependencies, &&, || and parentheses are understood`,
    );
  const reader = new ConditionsReader(tokens, namesOf(dependencies));
  const read = reader.read();
  return read.ok ? read : fail(`conditions ${JSON.stringify(text)}: ${read.error}`);
};

/** Whether the conditions hold when these dependencies have events. */
export const holds = (conditions: Conditions, arrived: ReadonlySet<string>): boolean => {
  if (conditions.kind === 'name') return arrived.has(conditions.name);
  const left = holds(conditions.left, arrived);
  return conditions.kind === 'and'
    ? left && holds(conditions.right, arrived)
    : left || holds(conditions.right, arrived);
};

/** Whether every event decides on its own, so that nothing needs to be remembered. */
export const isAlternatives = (conditions: Conditions): boolean =>
  conditions.kind === 'name' ||
  (conditions.kind === 'or' && isAlternatives(conditions.left) && isAlternatives(conditions.right));

/** Names the conditions speak of, in order, each once. */
export const namedIn = (conditions: Conditions): readonly string[] =>
  conditions.kind === 'name'
    ? [conditions.name]
    : [...new Set([...namedIn(conditions.left), ...namedIn(conditions.right)])];

const TOKEN = /&&|\|\||[()]|[\w-]+/g;

/** Upstream rewrites hyphens, so that `dep-1` and `dep_1` are one name; the first dependency of that name is meant. */
const namesOf = (dependencies: readonly string[]): ReadonlyMap<string, string> =>
  new Map(dependencies.toReversed().map((name) => [withoutHyphens(name), name]));

const withoutHyphens = (name: string): string => name.replaceAll('-', '_');

class ConditionsReader {
  readonly #tokens: readonly string[];
  readonly #names: ReadonlyMap<string, string>;
  #index = 0;

  constructor(tokens: readonly string[], names: ReadonlyMap<string, string>) {
    this.#tokens = tokens;
    this.#names = names;
  }

  read(): Result<Conditions> {
    const read = this.#operation('or', '||', () => this.#operation('and', '&&', () => this.#operand()));
    const rest = this.#tokens[this.#index];
    return read.ok && rest !== undefined ? fail(`unexpected ${JSON.stringify(rest)}`) : read;
  }

  #operation(kind: 'and' | 'or', token: string, operand: () => Result<Conditions>): Result<Conditions> {
    let left = operand();
    while (left.ok && this.#tokens[this.#index] === token) {
      this.#index += 1;
      const right = operand();
      if (!right.ok) return right;
      left = ok({ kind, left: left.value, right: right.value });
    }
    return left;
  }

  #operand(): Result<Conditions> {
    const token = this.#tokens[this.#index];
    this.#index += 1;
    if (token === undefined) return fail('a name is missing at the end');
    if (token === '(') {
      const inner = this.#operation('or', '||', () => this.#operation('and', '&&', () => this.#operand()));
      if (!inner.ok) return inner;
      if (this.#tokens[this.#index] !== ')') return fail('a parenthesis is not closed');
      this.#index += 1;
      return inner;
    }
    const name = this.#names.get(withoutHyphens(token));
    return name === undefined
      ? fail(`${JSON.stringify(token)} is not a dependency of the sensor`)
      : ok({ kind: 'name', name });
  }
}
