/**
 * Glob patterns as Argo uses them for names: `*`, `?`, `[a-z]`, `{a,b}`. No path separators are special unless given.
 * @upstream gobwas/glob
 */
import { fail, ok, type Result } from '@argosy/base';

import { compileRegularExpression, type RegularExpression } from './regular-expression.ts';

/** Globs compiled before: the same few are asked about name after name. */
const compiled = new Map<string, Result<RegularExpression>>();
const MOST_COMPILED = 200;
const LONGEST_KEPT = 200;

/** Compiles a glob that must match the whole text. With separators, `*` and `?` stop at them and `**` does not. */
export const compileGlob = (pattern: string, separators = ''): Result<RegularExpression> => {
  const key = JSON.stringify([separators, pattern]);
  const known = compiled.get(key);
  if (known) return known;
  const body = translate(pattern, separators);
  const made = body.ok ? compileRegularExpression(`(?s)\\A(?:${body.value})\\z`) : body;
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  if (key.length <= LONGEST_KEPT) compiled.set(key, made);
  return made;
};

/** Whether a text matches a glob; a pattern that is none matches nothing. */
export const matchesGlob = (pattern: string, text: string, separators = ''): boolean => {
  const glob = compileGlob(pattern, separators);
  return glob.ok && glob.value.test(text);
};

const escape = (text: string): string => text.replace(/[\\^$.|?*+()[\]{}-]/g, '\\$&');

const translate = (pattern: string, separators: string): Result<string> => {
  const single = separators === '' ? '.' : `[^${escape(separators)}]`;
  let result = '';
  let depth = 0;
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index] ?? '';
    if (character === '\\') {
      index += 1;
      result += escape(pattern[index] ?? '');
    } else if (character === '*') {
      const isDouble = pattern[index + 1] === '*';
      if (isDouble) index += 1;
      result += isDouble ? '.*' : `${single}*`;
    } else if (character === '?') result += single;
    else if (character === '[') {
      const close = pattern.indexOf(']', index + 1);
      if (close < 0) return fail(`glob ${JSON.stringify(pattern)}: [ is never closed`);
      result += `[${pattern
        .slice(index + 1, close)
        .replace(/^!/, '^')
        .replace(/[\\[\]]/g, '\\$&')}]`;
      index = close;
    } else if (character === '{') {
      depth += 1;
      result += '(?:';
    } else if (character === '}' && depth > 0) {
      depth -= 1;
      result += ')';
    } else result += character === ',' && depth > 0 ? '|' : escape(character);
  }
  return depth === 0 ? ok(result) : fail(`glob ${JSON.stringify(pattern)}: { is never closed`);
};
