/**
 * Globs as Argo CD matches files and names: `*` any characters, also `/`, `?` one, `[…]` a class, `{a,b}` alternatives.
 * Argo CD gives its glob library no separators, so that `*.yaml` also finds files in folders below (CD-DIR-02).
 * @upstream github.com/gobwas/glob via argo-cd util/glob
 */

/** Longest pattern, in characters. */
const LONGEST_PATTERN = 4096;

/** Whether a path matches; a pattern that cannot be understood matches nothing. */
export const matchesGlob = (pattern: string, path: string): boolean => {
  if (pattern.length > LONGEST_PATTERN) return false;
  return expandBraces(pattern, 0).some((simple) => matchHere(simple, path));
};

/** Most alternatives a pattern may stand for. */
const MOST_ALTERNATIVES = 1000;

const expandBraces = (pattern: string, depth: number): readonly string[] => {
  const open = pattern.indexOf('{');
  const close = open < 0 ? -1 : closingBrace(pattern, open);
  if (open < 0 || close < 0 || depth > 20) return [pattern];
  const before = pattern.slice(0, open);
  const after = pattern.slice(close + 1);
  return splitAlternatives(pattern.slice(open + 1, close))
    .flatMap((choice) => expandBraces(before + choice + after, depth + 1))
    .slice(0, MOST_ALTERNATIVES);
};

const closingBrace = (pattern: string, open: number): number => {
  let depth = 0;
  for (let at = open; at < pattern.length; at += 1) {
    if (pattern[at] === '{') depth += 1;
    if (pattern[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
};

const splitAlternatives = (text: string): readonly string[] => {
  const choices: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (text[at] === ',' && depth === 0) {
      choices.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...choices, text.slice(from)];
};

/** Matches with one remembered star of each sort: time is at most pattern × path. */
const matchHere = (pattern: string, path: string): boolean => {
  const memory = new Map<number, boolean>();
  const match = (p: number, t: number): boolean => {
    const key = p * (path.length + 1) + t;
    const known = memory.get(key);
    if (known !== undefined) return known;
    const answer = matchFrom(p, t);
    memory.set(key, answer);
    return answer;
  };
  const matchFrom = (p: number, t: number): boolean => {
    if (p === pattern.length) return t === path.length;
    if (pattern[p] === '*') return match(p + 1, t) || (t < path.length && match(p, t + 1));
    if (t === path.length) return false;
    if (pattern[p] === '?') return match(p + 1, t + 1);
    if (pattern[p] === '[') return matchClass(pattern, p, path[t] ?? '', (next) => match(next, t + 1));
    const literal = pattern[p] === '\\' && p + 1 < pattern.length ? p + 1 : p;
    return pattern[literal] === path[t] && match(literal + 1, t + 1);
  };
  return match(0, 0);
};

const matchClass = (pattern: string, open: number, character: string, rest: (next: number) => boolean): boolean => {
  const close = pattern.indexOf(']', open + 2);
  if (close < 0) return false;
  const negated = pattern[open + 1] === '!' || pattern[open + 1] === '^';
  const body = pattern.slice(open + (negated ? 2 : 1), close);
  let inside = false;
  for (let at = 0; at < body.length; at += 1) {
    const isRange = body[at + 1] === '-' && at + 2 < body.length;
    if (isRange ? character >= (body[at] ?? '') && character <= (body[at + 2] ?? '') : character === body[at])
      inside = true;
    if (isRange) at += 2;
  }
  return inside !== negated && rest(close + 1);
};
