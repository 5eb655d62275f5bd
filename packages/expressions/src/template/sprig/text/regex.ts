/**
 * Sprig's regular expressions: RE2 syntax, linear time.
 * @spec https://pkg.go.dev/regexp
 */
import { messageOf } from '@argosy/base';
import { RE2JS } from 're2js';

import { quoteGo, quoteRaw } from '../../format/quote.ts';
import { goFunction } from '../../functions/signature.ts';
import { isInvalidByte, runesOf } from '../../go-text.ts';
import { GoError, GoList, textList, type CallContext, type GoFunction, type GoFunctions } from '../../values.ts';

/** A match: offsets of the whole and of its groups. */
interface Match {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
}

/** Expressions hold no state, and charts use the same few over and over. */
const compiledBefore = new Map<string, RE2JS>();
const MOST_COMPILED = 200;
const LONGEST_KEPT = 200;

const compile = (pattern: string, context: CallContext): RE2JS => {
  context.spend(1 + (pattern.length >> 4));
  const known = compiledBefore.get(pattern);
  if (known) return known;
  if (runesOf(pattern).some(isInvalidByte)) throw new GoError(`error parsing regexp: invalid UTF-8: \`${pattern}\``);
  try {
    const compiled = RE2JS.compile(pattern);
    if (compiledBefore.size >= MOST_COMPILED) compiledBefore.clear();
    if (pattern.length <= LONGEST_KEPT) compiledBefore.set(pattern, compiled);
    return compiled;
  } catch (thrown) {
    throw new GoError(`error parsing regexp: ${messageOf(thrown).replace(/^error parsing regexp: /, '')}`);
  }
};

/** Matches from left to right, as Go finds them: none empty right after another. */
const matchesOf = (expression: RE2JS, text: string, limit: number, context: CallContext): readonly Match[] => {
  const matcher = expression.matcher(text);
  const found: Match[] = [];
  context.spend(1 + (text.length >> 4));
  let previous = -1;
  const most = limit < 0 ? Infinity : limit;
  while (found.length < most && matcher.find()) {
    const [start, end] = [matcher.start(), matcher.end()];
    if (start === end && start === previous) continue;
    context.spend(1);
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? undefined);
    found.push({ start, end, groups });
    previous = end;
  }
  return found;
};

const TEMPLATE = /\$(?:\$|\{(\w+)\}|(\w+))/g;

/** The replacement of a match: `$1`, `${1}`, `${name}`; `$1W` is a group called 1W. */
const expand = (template: string, match: Match, names: Readonly<Record<string, number>>): string =>
  template.replace(TEMPLATE, (whole: string, braced: string | undefined, bare: string | undefined) => {
    if (whole === '$$') return '$';
    const name = braced ?? bare ?? '';
    return match.groups[/^\d+$/.test(name) ? Number(name) : (names[name] ?? -1)] ?? '';
  });

const replaceAll = (
  expression: RE2JS,
  { text, template, isLiteral }: { readonly text: string; readonly template: string; readonly isLiteral: boolean },
  context: CallContext,
): string => {
  const names: Readonly<Record<string, number>> = expression.namedGroups();
  let [output, at] = ['', 0];
  for (const match of matchesOf(expression, text, -1, context)) {
    output += text.slice(at, match.start) + (isLiteral ? template : expand(template, match, names));
    at = match.end;
    context.reserve(output.length);
  }
  return output + text.slice(at);
};

const splitBy = (expression: RE2JS, text: string, limit: number, context: CallContext): readonly string[] => {
  if (limit === 0) return [];
  if (text === '') return [''];
  const parts: string[] = [];
  let [begin, end] = [0, 0];
  for (const match of matchesOf(expression, text, limit, context)) {
    if (limit > 0 && parts.length === limit - 1) break;
    end = match.start;
    if (match.end !== 0) parts.push(text.slice(begin, end));
    begin = match.end;
  }
  if (end !== text.length) parts.push(text.slice(begin));
  return parts;
};

const NO_TEXTS = new GoList([], 'string', true);

/** A pattern that is none: `must…` reports it plainly, the others as Go's MustCompile panics. */
type Compile = typeof compile;

const mustCompile: Compile = (pattern, context) => {
  try {
    return compile(pattern, context);
  } catch (thrown) {
    if (!(thrown instanceof GoError)) throw thrown;
    const quoted = quoteRaw(pattern) ?? quoteGo(pattern);
    throw new GoError(`regexp: Compile(${quoted}): ${thrown.message}`);
  }
};

const findAll = (compiled: Compile): GoFunction =>
  goFunction(['string', 'string', 'int'], ([pattern, text, limit], context) => {
    const matches = matchesOf(compiled(pattern, context), text, Number(limit), context);
    return matches.length === 0 ? NO_TEXTS : textList(matches.map((match) => match.groups[0] ?? ''));
  });
const find = (compiled: Compile): GoFunction =>
  goFunction(
    ['string', 'string'],
    ([pattern, text], context) => matchesOf(compiled(pattern, context), text, 1, context)[0]?.groups[0] ?? '',
  );
const replace = (compiled: Compile, isLiteral: boolean): GoFunction =>
  goFunction(['string', 'string', 'string'], ([pattern, text, template], context) =>
    replaceAll(compiled(pattern, context), { text, template, isLiteral }, context),
  );
const split = (compiled: Compile): GoFunction =>
  goFunction(['string', 'string', 'int'], ([pattern, text, limit], context) => {
    const expression = compiled(pattern, context);
    return limit === 0n ? NO_TEXTS : textList(splitBy(expression, text, Number(limit), context));
  });
const mustMatch: GoFunction = goFunction(['string', 'string'], ([pattern, text], context) => {
  context.spend(1 + (text.length >> 4));
  return compile(pattern, context).matcher(text).find();
});

/** Functions of regular expressions. */
export const REGEX_FUNCTIONS: GoFunctions = {
  mustRegexFind: find(compile),
  mustRegexFindAll: findAll(compile),
  mustRegexMatch: mustMatch,
  mustRegexReplaceAll: replace(compile, false),
  mustRegexReplaceAllLiteral: replace(compile, true),
  mustRegexSplit: split(compile),
  regexFind: find(mustCompile),
  regexFindAll: findAll(mustCompile),
  // A pattern that is none matches nothing.
  regexMatch: goFunction(['string', 'string'], (args, context) => {
    try {
      return mustMatch.call(args, context);
    } catch (thrown) {
      if (thrown instanceof GoError) return false;
      throw thrown;
    }
  }),
  regexQuoteMeta: goFunction(['string'], ([text]) => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')),
  regexReplaceAll: replace(mustCompile, false),
  regexReplaceAllLiteral: replace(mustCompile, true),
  regexSplit: split(mustCompile),
};
