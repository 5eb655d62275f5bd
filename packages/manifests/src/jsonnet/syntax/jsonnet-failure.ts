/**
 * What goes wrong in a Jsonnet program: where, with the line it stands in, and through which calls it was reached.
 */
import { Failure } from '@argosy/base';

import type { Place } from './ast.ts';

/** Sorts of failure: the text is no Jsonnet, the program says no, it uses too much, an import is refused. */
export type JsonnetCode = 'JsonnetSyntax' | 'JsonnetError' | 'JsonnetBudget' | 'JsonnetImport';

/** Frames shown in a trace; a runaway recursion has hundreds that are alike. */
const MOST_FRAMES = 12;
/** Longest line shown, in characters. */
const LONGEST_LINE = 160;

/** Thrown inside the interpreter; knows places only as offsets, and gathers its trace on the way out. */
export class JsonnetProblem extends Error {
  readonly frames: { readonly what: string; readonly place: Place | undefined }[] = [];
  readonly code: JsonnetCode;
  frameCount = 0;
  place: Place | undefined;

  constructor(code: JsonnetCode, message: string, place?: Place) {
    super(message);
    this.code = code;
    this.place = place;
  }

  /** Notes what was being computed. */
  through(what: string, place: Place | undefined): this {
    this.frameCount += 1;
    if (this.frames.length < MOST_FRAMES) this.frames.push({ what, place });
    return this;
  }
}

/** The problem as everybody else sees it: `file:line:column: message`, the line with a caret, the trace. */
export const toJsonnetFailure = (problem: JsonnetProblem, texts: ReadonlyMap<string, string>): Failure => {
  const lines = [`${problem.place ? `${whereIs(problem.place, texts)}: ` : ''}${problem.message}`];
  if (problem.place) lines.push(...excerptOf(problem.place, texts));
  for (const { what, place } of problem.frames) lines.push(`  ${place ? `${whereIs(place, texts)}: ` : ''}${what}`);
  const unseen = problem.frameCount - problem.frames.length;
  if (unseen > 0) lines.push(`  … and ${unseen} more`);
  return new Failure(lines.join('\n'), { code: problem.code, cause: problem });
};

const whereIs = (place: Place, texts: ReadonlyMap<string, string>): string => {
  const before = (texts.get(place.file) ?? '').slice(0, place.from).split('\n');
  return `${place.file}:${before.length}:${[...(before.at(-1) ?? '')].length + 1}`;
};

const excerptOf = (place: Place, texts: ReadonlyMap<string, string>): readonly string[] => {
  const text = texts.get(place.file);
  if (text === undefined) return [];
  const start = text.lastIndexOf('\n', place.from - 1) + 1;
  const end = text.indexOf('\n', place.from);
  const line = text.slice(start, end < 0 ? text.length : end);
  const column = place.from - start;
  if (column > LONGEST_LINE) return [];
  const width = Math.max(1, Math.min(place.to, start + line.length) - place.from);
  const caret = `${line.slice(0, column).replace(/[^\t]/g, ' ')}${'^'.repeat(Math.min(width, LONGEST_LINE - column + 1))}`;
  return [`  | ${line.slice(0, LONGEST_LINE)}`, `  | ${caret}`];
};
