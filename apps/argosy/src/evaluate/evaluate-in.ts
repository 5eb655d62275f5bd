/**
 * One expression in one of the languages inside manifests, with JSON input: what `argosy eval` shows.
 */
import { fail, messageOf, ok, type Instant, type Json, type Result } from '@argosy/base';
import {
  CEL_DYN,
  compileCel,
  compileGoTemplate,
  compileJq,
  evaluateExpression,
  evaluateWhen,
  formatJsonPath,
  fromCelValue,
  fromJsonValue,
  getPathOf,
  renderGoTemplate,
  runCel,
  runJq,
  runLua,
  SPRIG_TEMPLATE_FUNCTIONS,
  substituteTags,
  TemplateFailure,
  toCelValue,
  toJsonValue,
  type ExprMap,
} from '@argosy/expressions';

/** The languages. */
export const LANGUAGES = ['expr', 'template', 'when', 'tags', 'jsonpath', 'gjson', 'jq', 'lua', 'cel'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What went wrong, and where in the expression: line and column from 1. */
export interface EvaluationFault {
  readonly message: string;
  readonly at?: { readonly line: number; readonly column: number };
}

/** Evaluates; the answer is text as the language prints it, or JSON. */
export const evaluateIn = (
  language: Language,
  source: string,
  of: { readonly input: Json; readonly now: Instant },
): Result<string, EvaluationFault> => EVALUATORS[language](source, of);

type Evaluator = (
  source: string,
  of: { readonly input: Json; readonly now: Instant },
) => Result<string, EvaluationFault>;

const print = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value, undefined, 2));

/** Most messages carry the place as `(line:column)`, or `script:line:`. */
const faultOf = (message: string): EvaluationFault => {
  const place = /\((\d+):(\d+)\)/.exec(message);
  if (place) return { message, at: { line: Number(place[1]), column: Number(place[2]) } };
  const line = /\bscript:(\d+):/.exec(message)?.[1];
  return line === undefined ? { message } : { message, at: { line: Number(line), column: 1 } };
};

const asEnvironment = (input: Json): ExprMap =>
  typeof input === 'object' && input !== null && !Array.isArray(input)
    ? (fromJsonValue(input) as ExprMap)
    : { input: fromJsonValue(input) };

const asTagValues = (input: Json): Readonly<Record<string, Json>> =>
  typeof input === 'object' && input !== null && !Array.isArray(input)
    ? (input as Readonly<Record<string, Json>>)
    : { input };

const renderTemplate: Evaluator = (source, { input, now }) => {
  try {
    const compiled = compileGoTemplate('expression', source, { functions: SPRIG_TEMPLATE_FUNCTIONS });
    if (!compiled.ok) return fail(templateFault(compiled.error));
    return ok(renderGoTemplate(compiled.value, input, { ports: { now: () => now } }));
  } catch (thrown) {
    if (thrown instanceof TemplateFailure) return fail(templateFault(thrown));
    throw thrown;
  }
};

/** Every output, one after another, as the jq command prints them. */
const runProgram: Evaluator = (source, { input, now }) => {
  const program = compileJq(source);
  if (!program.ok) {
    const { message, at } = program.error;
    return fail(at === undefined ? { message } : { message, at: placeOf(source, at) });
  }
  const { outputs, failure } = runJq(program.value, input, { ports: { now: () => now } });
  return failure ? fail({ message: failure.message }) : ok(outputs.map(print).join('\n'));
};

/** The input's fields are variables, whatever their types. */
const runExpression: Evaluator = (source, { input }) => {
  const given = Object.entries(asTagValues(input));
  const program = compileCel(source, Object.fromEntries(given.map(([name]) => [name, CEL_DYN])));
  if (!program.ok) return fail({ message: program.error.message });
  const found = runCel(program.value, Object.fromEntries(given.map(([name, value]) => [name, toCelValue(value)])));
  return found.ok ? ok(print(fromCelValue(found.value))) : fail({ message: found.error.message });
};

const placeOf = (source: string, offset: number): { readonly line: number; readonly column: number } => {
  const before = source.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
};

const templateFault = (thrown: TemplateFailure): EvaluationFault => ({
  message: thrown.message,
  ...(thrown.line > 0 ? { at: { line: thrown.line, column: thrown.column + 1 } } : {}),
});

const EVALUATORS: Readonly<Record<Language, Evaluator>> = {
  expr: (source, { input, now }) => {
    const found = evaluateExpression(source, asEnvironment(input), { now });
    return found.ok ? ok(print(toJsonValue(found.value))) : fail(faultOf(found.error.message));
  },
  template: renderTemplate,
  when: (source) => {
    const found = evaluateWhen(source);
    return found.ok ? ok(String(found.value)) : fail(faultOf(found.error.message));
  },
  tags: (source, { input, now }) => {
    const found = substituteTags(source, asTagValues(input), { unresolved: { kind: 'refuse' }, now });
    return found.ok ? ok(found.value) : fail(faultOf(found.error.message));
  },
  jsonpath: (source, { input }) => {
    const found = formatJsonPath(input, source);
    return found.ok ? found : fail(faultOf(found.error));
  },
  gjson: (source, { input }) => {
    const found = getPathOf(input as object, source);
    return found ? ok(found.raw) : fail({ message: `nothing is at ${source}` });
  },
  jq: runProgram,
  lua: (source, { input, now }) => {
    const found = runLua(source, { globals: asTagValues(input), now });
    return found.ok ? ok(print(found.value)) : fail(faultOf(found.error.message));
  },
  cel: runExpression,
};

/** The expression with a caret under the fault. */
export const showFault = (source: string, fault: EvaluationFault): readonly string[] => {
  const line = fault.at ? source.split('\n')[fault.at.line - 1] : undefined;
  if (line === undefined || !fault.at) return [fault.message];
  const caret = `${' '.repeat(Math.max(0, Math.min(fault.at.column - 1, line.length)))}^`;
  return [fault.message, `  ${line}`, `  ${caret}`];
};

/** Parses the input file's text. */
export const parseInput = (text: string, file: string): Result<Json, string> => {
  try {
    return ok(JSON.parse(text) as Json);
  } catch (thrown) {
    return fail(`${file} is not JSON: ${messageOf(thrown)}`);
  }
};
