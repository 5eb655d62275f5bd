/**
 * `.helmignore`: which files of a folder are no part of the chart.
 * @upstream helm pkg/ignore/rules.go, Go path/filepath#Match
 */
import { Failure } from '@argosy/base';

/** Whether a path of the chart is left out; a left-out folder takes all below with it. */
export type IgnoreRules = (path: string, isDirectory: boolean) => boolean;

interface Rule {
  readonly isNegated: boolean;
  readonly onlyDirectories: boolean;
  readonly matches: (path: string) => boolean;
}

/** Dot files among the templates are always left out. */
const DEFAULT_RULE = 'templates/.?*';

/** Reads the rules of a file; without one only the default applies. Throws Failure `InvalidChart`. */
export const parseHelmignore = (text = ''): IgnoreRules => {
  const rules = [...text.replace(/^\uFEFF/, '').split('\n'), DEFAULT_RULE].flatMap(parseRule);
  return (path, isDirectory) => isIgnored(rules, path, isDirectory);
};

const isIgnored = (rules: readonly Rule[], path: string, isDirectory: boolean): boolean => {
  for (const rule of rules) {
    if (rule.isNegated) {
      // Upstream leaves out what a negated rule does not match.
      if ((rule.onlyDirectories && !isDirectory) || !rule.matches(path)) return true;
    } else if ((!rule.onlyDirectories || isDirectory) && rule.matches(path)) return true;
  }
  return false;
};

const parseRule = (line: string): readonly Rule[] => {
  const written = line.trim();
  if (written === '' || written.startsWith('#')) return [];
  if (written.includes('**'))
    throw new Failure('.helmignore: double-star (**) syntax is not supported', { code: 'InvalidChart' });
  const isNegated = written.startsWith('!');
  const pattern = isNegated ? written.slice(1) : written;
  const onlyDirectories = pattern.endsWith('/');
  const rest = onlyDirectories ? pattern.slice(0, -1) : pattern;
  const expression = compilePattern(rest.startsWith('/') ? rest.slice(1) : rest);
  const isWholePath = rest.includes('/');
  const matches = (path: string): boolean =>
    expression.test(isWholePath ? path : path.slice(path.lastIndexOf('/') + 1));
  return [{ isNegated, onlyDirectories, matches }];
};

/** filepath.Match: `*` and `?` stop at slashes. Bounded: the expression has no nested repetition. */
const compilePattern = (pattern: string): RegExp => {
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] ?? '';
    if (character === '*') {
      while (pattern[at + 1] === '*') at += 1;
      source += '[^/]*';
    } else if (character === '?') source += '[^/]';
    else if (character === '[') {
      const end = pattern.indexOf(']', at + 2);
      if (end < 0) throw badPattern(pattern);
      source += classOf(pattern.slice(at + 1, end));
      at = end;
    } else {
      if (character === '\\') at += 1;
      const literal = pattern[at];
      if (literal === undefined) throw badPattern(pattern);
      source += escapeLiteral(literal);
    }
  }
  return new RegExp(`^${source}$`, 'su');
};

const classOf = (inside: string): string => {
  const isNegated = inside.startsWith('^');
  const members = (isNegated ? inside.slice(1) : inside).replaceAll(/[\\\]^[]/g, String.raw`\$&`);
  return `(?!/)[${isNegated ? '^' : ''}${members}]`;
};

const escapeLiteral = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/]/, String.raw`\$&`);

const badPattern = (pattern: string): Failure =>
  new Failure(`.helmignore: syntax error in pattern ${JSON.stringify(pattern)}`, { code: 'InvalidChart' });
