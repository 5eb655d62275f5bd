/**
 * Regular expressions whose matching takes time proportional to the text, so that no manifest and no query can hold
 * the gateway up (V8's own engine backtracks). @upstream https://swtch.com/~rsc/regexp/regexp2.html (Pike's machine)
 */
import { fail, ok, type Result } from '@argosy/base';

import { parsePattern, type CharacterRange, type PatternNode } from './parse-pattern.ts';

type Step =
  | { readonly kind: 'character'; readonly ranges: readonly CharacterRange[]; readonly negated: boolean }
  | { readonly kind: 'split'; readonly targets: readonly number[] }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'accept' };

/** A compiled expression; `source` is what its author wrote. */
export type Pattern =
  | { readonly kind: 'literals'; readonly source: string; readonly literals: ReadonlySet<string> }
  | {
      readonly kind: 'program';
      readonly source: string;
      readonly steps: readonly Step[];
      readonly ignoresCase: boolean;
    };

/** Longest expression in characters: those of manifests and dashboards are far shorter. */
const LONGEST_PATTERN = 200;
/** Most steps of a program: counted repeats multiply, and the time per character grows with them. */
const MOST_STEPS = 4000;

/** Compiles; the error is one line naming what is wrong or not supported. */
export const compilePattern = (source: string): Result<Pattern> => {
  if (source.length > LONGEST_PATTERN)
    return fail(`regular expression of ${source.length} characters: the most is ${LONGEST_PATTERN}`);
  if (/^[\w/ :-]*(\|[\w/ :-]*)*$/.test(source))
    return ok({ kind: 'literals', source, literals: new Set(source.split('|')) });
  const parsed = parsePattern(source);
  if (!parsed.ok) return parsed;
  const steps: Step[] = [];
  if (!emit(steps, parsed.value.node)) return fail(`regular expression ${JSON.stringify(source)} is too large`);
  steps.push({ kind: 'accept' });
  return ok({ kind: 'program', source, steps, ignoresCase: parsed.value.ignoresCase });
};

/** Tells whether the whole text matches. */
export const matchesPattern = (pattern: Pattern, text: string): boolean =>
  pattern.kind === 'literals' ? pattern.literals.has(text) : runs(pattern, text, { searching: false });

/** Tells whether a part of the text matches. */
export const findsPattern = (pattern: Pattern, text: string): boolean =>
  pattern.kind === 'literals'
    ? [...pattern.literals].some((literal) => text.includes(literal))
    : runs(pattern, text, { searching: true });

/** Appends the steps of a node; false when the program grows too large. */
const emit = (steps: Step[], node: PatternNode): boolean => {
  if (steps.length > MOST_STEPS) return false;
  switch (node.kind) {
    case 'sequence':
      return node.parts.every((part) => emit(steps, part));
    case 'choice':
      return emitChoice(steps, node.parts);
    case 'repeat':
      return emitRepeat(steps, node);
    default:
      steps.push(node);
      return true;
  }
};

const emitChoice = (steps: Step[], parts: readonly PatternNode[]): boolean => {
  const split = steps.length;
  steps.push({ kind: 'split', targets: [] });
  const starts: number[] = [];
  const ends: number[] = [];
  for (const part of parts) {
    starts.push(steps.length);
    if (!emit(steps, part)) return false;
    ends.push(steps.length);
    steps.push({ kind: 'split', targets: [] });
  }
  steps[split] = { kind: 'split', targets: starts };
  for (const end of ends) steps[end] = { kind: 'split', targets: [steps.length] };
  return true;
};

const emitRepeat = (steps: Step[], { part, min, max }: Extract<PatternNode, { kind: 'repeat' }>): boolean => {
  for (let count = 0; count < min; count += 1) if (!emit(steps, part)) return false;
  if (max === Infinity) {
    const split = steps.length;
    steps.push({ kind: 'split', targets: [] });
    if (!emit(steps, part)) return false;
    steps.push({ kind: 'split', targets: [split] });
    steps[split] = { kind: 'split', targets: [split + 1, steps.length] };
    return true;
  }
  const splits: number[] = [];
  for (let count = min; count < max; count += 1) {
    splits.push(steps.length);
    steps.push({ kind: 'split', targets: [] });
    if (!emit(steps, part)) return false;
  }
  for (const split of splits) steps[split] = { kind: 'split', targets: [split + 1, steps.length] };
  return true;
};

const runs = (
  { steps, ignoresCase }: Extract<Pattern, { kind: 'program' }>,
  text: string,
  { searching }: { readonly searching: boolean },
): boolean => {
  const points = [...text];
  let current = closure(steps, [0], { atStart: true, atEnd: points.length === 0 });
  for (const [at, character] of points.entries()) {
    if (searching && isAccepted(steps, current)) return true;
    const next = [...current].flatMap((step) => (accepts(steps[step], character, ignoresCase) ? [step + 1] : []));
    current = closure(steps, searching ? [...next, 0] : next, { atStart: false, atEnd: at === points.length - 1 });
    if (current.size === 0) return false;
  }
  return isAccepted(steps, current);
};

/** The steps reachable without reading a character. */
const closure = (
  steps: readonly Step[],
  from: readonly number[],
  place: { readonly atStart: boolean; readonly atEnd: boolean },
): ReadonlySet<number> => {
  const reached = new Set<number>();
  const waiting = [...from];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    const step = steps[at];
    if (step?.kind === 'split') waiting.push(...step.targets);
    else if ((step?.kind === 'start' && place.atStart) || (step?.kind === 'end' && place.atEnd)) waiting.push(at + 1);
  }
  return reached;
};

const isAccepted = (steps: readonly Step[], reached: ReadonlySet<number>): boolean => reached.has(steps.length - 1);

const accepts = (step: Step | undefined, character: string, ignoresCase: boolean): boolean => {
  if (step?.kind !== 'character') return false;
  const forms = ignoresCase ? [character.toLowerCase(), character.toUpperCase()] : [character];
  const isInside = forms.some((form) => {
    const point = form.codePointAt(0) ?? 0;
    return step.ranges.some(([from, to]) => from <= point && point <= to);
  });
  return isInside !== step.negated;
};
