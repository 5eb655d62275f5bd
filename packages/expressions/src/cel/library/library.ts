/**
 * All functions, and the names of types: what an expression finds besides its variables.
 */
import { CelTypeValue } from '../values/cel-value.ts';
import { ADDRESSES } from './addresses.ts';
import { KUBERNETES } from './kubernetes.ts';
import { LISTS } from './lists.ts';
import { OPERATORS } from './operators.ts';
import { REGEX } from './regex.ts';
import { STANDARD } from './standard.ts';
import { STRINGS } from './strings.ts';
import { tableOf } from './overloads.ts';

const ALL = [...OPERATORS, ...STANDARD, ...STRINGS, ...REGEX, ...LISTS, ...ADDRESSES, ...KUBERNETES];

/** Functions by name. */
export const CEL_FUNCTIONS = tableOf(ALL);

/** Functions called by a dotted name. */
export const NAMESPACED: ReadonlySet<string> = new Set(
  ALL.map(({ signature }) => signature).flatMap(({ isMember, name }) =>
    !isMember && name.includes('.') ? [name] : [],
  ),
);

const TYPES =
  'bool bytes double int list map null_type string type uint google.protobuf.Timestamp google.protobuf.Duration';

/** Names that stand for types. */
export const TYPE_NAMES: ReadonlyMap<string, CelTypeValue> = new Map(
  TYPES.split(' ').map((name) => [name, new CelTypeValue(name)]),
);
