/**
 * Sprig's defaults, JSON, choices, and looking at types.
 * @spec https://masterminds.github.io/sprig/defaults.html, reflection.html, flow_control.html
 */
import { goFunction } from '../functions/signature.ts';
import { GoError, goKindOf, goTypeOf, type GoFunction, type GoFunctions, type GoValue } from '../values.ts';
import { readJson, writeJson, type JsonStyle } from '../encoding/json-text.ts';
import { isDeepEqual, isEmpty } from './coerce.ts';

const PLAIN: JsonStyle = { indent: '', escapesHtml: true };
const PRETTY: JsonStyle = { indent: '  ', escapesHtml: true };
const RAW: JsonStyle = { indent: '', escapesHtml: false };

const strictJson = (style: JsonStyle): GoFunction => goFunction(['any'], ([value]) => writeJson(value, style));

/** What cannot be written is written as nothing. */
const lenientJson = (style: JsonStyle): GoFunction =>
  goFunction(['any'], ([value]) => {
    try {
      return writeJson(value, style);
    } catch (thrown) {
      if (thrown instanceof GoError && thrown.message.startsWith('json:')) return '';
      throw thrown;
    }
  });

const kindName = (value: GoValue): string => goKindOf(value);

/** Defaults, JSON, choices and types. */
export const DEFAULT_FUNCTIONS: GoFunctions = {
  all: goFunction(['...any'], ([values]) => !values.some(isEmpty)),
  any: goFunction(['...any'], ([values]) => values.some((value) => !isEmpty(value))),
  coalesce: goFunction(['...any'], ([values]) => values.find((value) => !isEmpty(value)) ?? null),
  deepEqual: goFunction(['any', 'any'], ([left, right]) => isDeepEqual(left, right)),
  default: goFunction(['any', '...any'], ([fallback, given]) => (isEmpty(given[0]) ? fallback : given[0])),
  empty: goFunction(['any'], ([value]) => isEmpty(value)),
  fail: goFunction(['string'], ([message]) => {
    throw new GoError(message);
  }),
  fromJson: goFunction(['string'], ([text]) => {
    const result = readJson(text);
    return result.ok ? result.value : null;
  }),
  kindIs: goFunction(['string', 'any'], ([kind, value]) => kind === kindName(value)),
  kindOf: goFunction(['any'], ([value]) => kindName(value)),
  mustFromJson: goFunction(['string'], ([text]) => {
    const result = readJson(text);
    if (!result.ok) throw new GoError(result.error);
    return result.value;
  }),
  mustToJson: strictJson(PLAIN),
  mustToPrettyJson: strictJson(PRETTY),
  mustToRawJson: strictJson(RAW),
  ternary: goFunction(['any', 'any', 'bool'], ([whenTrue, whenFalse, test]) => (test ? whenTrue : whenFalse)),
  toJson: lenientJson(PLAIN),
  toPrettyJson: lenientJson(PRETTY),
  toRawJson: strictJson(RAW),
  typeIs: goFunction(['string', 'any'], ([type, value]) => type === goTypeOf(value)),
  typeIsLike: goFunction(
    ['string', 'any'],
    ([type, value]) => type === goTypeOf(value) || `*${type}` === goTypeOf(value),
  ),
  typeOf: goFunction(['any'], ([value]) => goTypeOf(value)),
};
