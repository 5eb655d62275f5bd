/**
 * Types of CEL, and the little language in which functions are declared: `list(A).indexOf(A) -> int`.
 * @spec https://github.com/google/cel-spec/blob/master/doc/langdef.md#gradual-type-checking
 */

/** A type. Simple ones go by their CEL name, `dyn` for what is known only at run time. */
export type CelType =
  | { readonly kind: 'simple'; readonly name: string }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'list'; readonly element: CelType }
  | { readonly kind: 'map'; readonly key: CelType; readonly value: CelType }
  | { readonly kind: 'optional'; readonly of: CelType }
  | { readonly kind: 'object'; readonly name: string; readonly fields: ReadonlyMap<string, CelType> };

const simple = (name: string): CelType => ({ kind: 'simple', name });

export const DYN = simple('dyn');
export const INT = simple('int');
export const UINT = simple('uint');
export const DOUBLE = simple('double');
export const STRING = simple('string');
export const BOOL = simple('bool');
export const BYTES = simple('bytes');
export const NULL = simple('null_type');
export const TYPE = simple('type');
export const TIMESTAMP = simple('timestamp');
export const DURATION = simple('duration');

/** A list of a type. */
export const listOf = (element: CelType): CelType => ({ kind: 'list', element });
/** A map of types. */
export const mapOf = (key: CelType, value: CelType): CelType => ({ kind: 'map', key, value });
/** An optional of a type. */
export const optionalOf = (of: CelType): CelType => ({ kind: 'optional', of });

/** The type of what has none yet, such as the items of an empty list. */
export const UNKNOWN: CelType = { kind: 'param', name: '_' };

/** Whether a type is only known at run time, or not yet. */
export const isDyn = (type: CelType): boolean => type.kind === 'param' || isDeclaredDyn(type);
/** Whether a type is only known at run time. */
export const isDeclaredDyn = (type: CelType): boolean => type.kind === 'simple' && type.name === 'dyn';

/** A type as messages write it. */
export const formatType = (type: CelType): string => {
  switch (type.kind) {
    case 'simple':
      return isNull(type) ? 'null' : type.name;
    case 'param':
      return 'dyn';
    case 'list':
      return `list(${formatType(type.element)})`;
    case 'map':
      return `map(${formatType(type.key)}, ${formatType(type.value)})`;
    case 'optional':
      return `optional_type(${formatType(type.of)})`;
    case 'object':
      return type.name;
  }
};

/** What is said of arguments that no overload takes. */
export const noOverload = (name: string, args: readonly CelType[], isMember = false): string => {
  const texts = args.map(formatType);
  const applied = isMember ? `${texts[0] ?? ''}.(${texts.slice(1).join(', ')})` : `(${texts.join(', ')})`;
  return `found no matching overload for '${name}' applied to '${applied}'`;
};

/** What is said of an operand or body that is not of type bool. */
export const notBool = (type: CelType): string => `expected type 'bool' but found '${formatType(type)}'`;

/** What type parameters stand for so far. */
export type TypeBindings = Map<string, CelType>;

/** Whether a value of one type may stand where another is wanted; binds the wanted type's parameters. */
export const isAssignable = (wanted: CelType, given: CelType, bindings: TypeBindings): boolean => {
  if (wanted.kind === 'param') return bind(wanted.name, given, bindings);
  if (isDyn(wanted) || isDyn(given)) return true;
  if (isNull(given)) return isNull(wanted) || isNullable(wanted);
  if (isNull(wanted)) return isNullable(given);
  if (wanted.kind === 'list') return given.kind === 'list' && isAssignable(wanted.element, given.element, bindings);
  if (wanted.kind === 'map')
    return (
      given.kind === 'map' &&
      isAssignable(wanted.key, given.key, bindings) &&
      isAssignable(wanted.value, given.value, bindings)
    );
  if (wanted.kind === 'optional') return given.kind === 'optional' && isAssignable(wanted.of, given.of, bindings);
  if (wanted.kind === 'object') return given.kind === 'object' && wanted.name === given.name;
  return given.kind === 'simple' && wanted.name === given.name;
};

const isNull = (type: CelType): boolean => type.kind === 'simple' && type.name === 'null_type';
const NULLABLE: ReadonlySet<string> = new Set(['timestamp', 'duration']);
/** Types that null may stand for: messages, and what is like them. */
const isNullable = (type: CelType): boolean =>
  type.kind === 'object' ||
  type.kind === 'optional' ||
  (type.kind === 'simple' && (NULLABLE.has(type.name) || type.name.includes('.')));

const bind = (name: string, given: CelType, bindings: TypeBindings): boolean => {
  const bound = bindings.get(name);
  if (!bound || isDyn(bound)) {
    bindings.set(name, bound && isDeclaredDyn(bound) ? bound : given);
    return true;
  }
  if (given.kind === 'param') return true;
  // The more general of two types wins.
  if (hasDyn(given) && !hasDyn(bound)) bindings.set(name, given);
  if (isAssignable(bound, given, bindings)) return true;
  if (!isAssignable(given, bound, bindings)) return false;
  bindings.set(name, given);
  return true;
};

const hasDyn = (type: CelType): boolean => {
  if (type.kind === 'list') return hasDyn(type.element);
  if (type.kind === 'map') return hasDyn(type.key) || hasDyn(type.value);
  return type.kind === 'optional' ? hasDyn(type.of) : isDeclaredDyn(type);
};

/** A type with its parameters replaced; those never bound stay unknown. */
export const substituteType = (type: CelType, bindings: TypeBindings): CelType => {
  switch (type.kind) {
    case 'param': {
      const bound = bindings.get(type.name);
      return !bound || bound.kind === 'param' ? UNKNOWN : bound;
    }
    case 'list':
      return listOf(substituteType(type.element, bindings));
    case 'map':
      return mapOf(substituteType(type.key, bindings), substituteType(type.value, bindings));
    case 'optional':
      return optionalOf(substituteType(type.of, bindings));
    default:
      return type;
  }
};

/** A declared function. */
export interface CelSignature {
  readonly name: string;
  readonly isMember: boolean;
  /** The receiver's first, for a member. */
  readonly parameters: readonly CelType[];
  readonly result: CelType;
}

/** Reads a declaration. `sets::contains(…)` is the function `sets.contains`, `string.size()` a member. */
export const parseSignature = (text: string): CelSignature => {
  const arrow = text.lastIndexOf(' -> ');
  const result = parseType(text.slice(arrow + 4));
  const head = text.slice(0, arrow);
  const open = openingOf(head);
  const path = head.slice(0, open);
  const args = splitTypes(head.slice(open + 1, -1)).map(parseType);
  const receiver = receiverOf(path);
  if (receiver === undefined) return { name: path.replace('::', '.'), isMember: false, parameters: args, result };
  return { name: path.slice(receiver.length + 1), isMember: true, parameters: [parseType(receiver), ...args], result };
};

/** Offset of the parenthesis that opens the arguments: the one the last closes. */
const openingOf = (head: string): number => {
  let depth = 0;
  for (let at = head.length - 1; at >= 0; at -= 1) {
    if (head[at] === ')') depth += 1;
    else if (head[at] === '(') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return head.length;
};

/** The receiver's type of `string.size`, none for `math.max`: namespaces are written with `::`. */
const receiverOf = (path: string): string | undefined => {
  const dot = path.lastIndexOf('.');
  return dot <= 0 || path.includes('::') ? undefined : path.slice(0, dot);
};

const splitTypes = (text: string): readonly string[] => {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    else if (text[at] === ')') depth -= 1;
    else if (text[at] === ',' && depth === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  const last = text.slice(start).trim();
  return last === '' ? parts : [...parts, last];
};

const parseType = (text: string): CelType => {
  const inner = /^(list|map|optional)\((.*)\)$/.exec(text);
  const [first = 'dyn', second = 'dyn'] = inner ? splitTypes(inner[2] ?? '') : [];
  if (inner?.[1] === 'list') return listOf(parseType(first));
  if (inner?.[1] === 'map') return mapOf(parseType(first), parseType(second));
  if (inner?.[1] === 'optional') return optionalOf(parseType(first));
  return /^[A-Z]$/.test(text) ? { kind: 'param', name: text } : simple(text);
};
