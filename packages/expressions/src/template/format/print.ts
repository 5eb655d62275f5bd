/**
 * Any value under a verb, as package fmt prints it.
 * @spec fmt/print.go printArg, printValue
 */
import { goTypeOf, GoList, GoMap, GoNumber, type GoObject, type GoValue } from '../values.ts';
import { createPartCounter } from '../part-counter.ts';
import {
  formatBytesHex,
  formatCharacter,
  formatFloatVerb,
  formatInteger,
  formatQuoted,
  formatText,
  pad,
  PLAIN,
  type VerbFlags,
} from './pieces.ts';

/** Flags, and what counts the parts of the value printed. */
interface CountedFlags extends VerbFlags {
  readonly count?: (depth: number) => void;
}

/** A value as `%v` prints it: what Go's `fmt.Sprint` gives for one argument. */
export const formatValue = (value: GoValue): string =>
  typeof value === 'string' ? value : printArgument(value, 'v', PLAIN);

/** As `print`: arguments are parted by a space when neither is a text. */
export const formatArguments = (values: readonly GoValue[]): string => {
  let text = '';
  for (const [index, value] of values.entries()) {
    if (index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string') text += ' ';
    text += formatValue(value);
  }
  return text;
};

/** One argument under a verb. */
export const printArgument = (value: GoValue, verb: string, flags: VerbFlags): string => {
  if (value === null || value === undefined)
    return verb === 'T' || verb === 'v' ? pad('<nil>', flags) : `%!${verb}(<nil>)`;
  // Only Errorf wraps.
  if (verb === 'w') return badVerb(value, verb, flags);
  if (verb === 'T') return formatText(goTypeOf(value), flags);
  return printValue(value, verb, typeof value === 'object' ? { ...flags, count: createPartCounter() } : flags, 0);
};

const printValue = (value: GoValue, verb: string, flags: CountedFlags, depth: number): string => {
  flags.count?.(depth);
  if (value === null || value === undefined) return flags.sharpV ? 'interface {}(nil)' : '<nil>';
  switch (typeof value) {
    case 'boolean':
      return verb === 't' || verb === 'v' ? pad(String(value), flags) : badVerb(value, verb, flags);
    case 'string':
      return printText(value, verb, flags, value);
    case 'bigint':
      return printInteger(value, verb, flags, value);
    case 'number':
      return printFloat(value, verb, flags, value);
    default:
      return printComposite(value, verb, flags, depth);
  }
};

const badVerb = (value: GoValue, verb: string, flags: VerbFlags): string =>
  `%!${verb}(${goTypeOf(value)}=${printValue(value, 'v', flags, 1)})`;

const printText = (text: string, verb: string, flags: CountedFlags, self: GoValue): string => {
  switch (verb) {
    case 'v':
      return flags.sharpV ? formatQuoted(text, flags) : formatText(text, flags);
    case 's':
      return formatText(text, flags);
    case 'x':
    case 'X':
      return formatBytesHex(text, flags, verb === 'X');
    case 'q':
      return formatQuoted(text, flags);
    default:
      return badVerb(self, verb, flags);
  }
};

const isUnsigned = (self: GoValue): boolean => self instanceof GoNumber && self.kind.startsWith('uint');

const printInteger = (value: bigint, verb: string, flags: VerbFlags, self: GoValue): string => {
  switch (verb) {
    case 'v':
      return flags.sharpV && isUnsigned(self)
        ? formatInteger(value, 'x', { ...flags, sharp: true })
        : formatInteger(value, 'd', flags);
    case 'd':
    case 'b':
    case 'o':
    case 'O':
    case 'x':
    case 'X':
      return formatInteger(value, verb, flags);
    case 'c':
    case 'q':
    case 'U':
      return formatCharacter(value, verb, flags);
    default:
      return badVerb(self, verb, flags);
  }
};

const printFloat = (value: number, verb: string, flags: VerbFlags, self: GoValue): string => {
  const size = self instanceof GoNumber && self.kind === 'float32' ? 32 : 64;
  switch (verb) {
    case 'v':
      return formatFloatVerb(value, 'g', flags, { precision: -1, size });
    case 'b':
    case 'g':
    case 'G':
    case 'x':
    case 'X':
      return formatFloatVerb(value, verb, flags, { precision: -1, size });
    case 'f':
    case 'F':
    case 'e':
    case 'E':
      return formatFloatVerb(value, verb === 'F' ? 'f' : verb, flags, { precision: 6, size });
    default:
      return badVerb(self, verb, flags);
  }
};

const printComposite = (
  value: GoNumber | GoList | GoMap | GoObject,
  verb: string,
  flags: CountedFlags,
  depth: number,
): string => {
  if (value instanceof GoList) return printList(value, verb, flags, depth);
  if (value instanceof GoMap) return printMap(value, verb, flags, depth);
  if (value.text !== undefined && !flags.sharpV && 'vsxXq'.includes(verb))
    return printText(value.text, verb, flags, value);
  if (!(value instanceof GoNumber)) return printObject(value, verb, flags, depth);
  return typeof value.value === 'bigint'
    ? printInteger(value.value, verb, flags, value)
    : printFloat(value.value, verb, flags, value);
};

const printList = (list: GoList, verb: string, flags: CountedFlags, depth: number): string => {
  if (list.element === 'uint8' && 'sqxX'.includes(verb)) return printText(bytesText(list), verb, flags, list);
  if (flags.sharpV && list.isNil) return `${list.type}(nil)`;
  // Files stand among what a chart's templates are given: their bytes are many, and no value each.
  if (list.element === 'uint8' && verb === 'v' && !flags.sharpV) return `[${bytesOf(list).join(' ')}]`;
  const items = list.items.map((item) => printValue(item, verb, flags, depth + 1));
  return flags.sharpV ? `${list.type}{${items.join(', ')}}` : `[${items.join(' ')}]`;
};

const bytesText = (list: GoList): string =>
  bytesOf(list)
    .map((byte) => String.fromCharCode(byte))
    .join('');

const bytesOf = (list: GoList): readonly number[] =>
  list.bytes ? Array.from(list.bytes) : list.items.map((item) => (item instanceof GoNumber ? Number(item.value) : 0));

const printMap = (map: GoMap, verb: string, flags: CountedFlags, depth: number): string => {
  const entries = map.sortedKeys().map((key) => {
    const value = printValue(map.entries.get(key), verb, flags, depth + 1);
    return `${printText(key, verb, flags, key)}:${value}`;
  });
  return flags.sharpV ? `${map.type}{${entries.join(', ')}}` : `map[${entries.join(' ')}]`;
};

const printObject = (object: GoObject, verb: string, flags: CountedFlags, depth: number): string => {
  const named = flags.plusV || flags.sharpV;
  const fields = Object.entries(object.fields).map(
    ([name, field]) => `${named ? `${name}:` : ''}${printValue(field, verb, flags, depth + 1)}`,
  );
  const address = object.type.startsWith('*') ? '&' : '';
  return flags.sharpV
    ? `${address}${object.type.replace('*', '')}{${fields.join(', ')}}`
    : `${address}{${fields.join(' ')}}`;
};
