/**
 * Values judged by the charts' values.schema.json.
 * @upstream helm pkg/chartutil/jsonschema.go; sentences of santhosh-tekuri/jsonschema
 * @spec https://json-schema.org: drafts 4 to 2020-12, the latest when a schema names none
 */
import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

import { Failure, isObject, messageOf } from '@argosy/base';
import { compileRegularExpression, fromGoValue, goTypeOf, GoMap } from '@argosy/expressions';

import type { Chart } from '../chart/chart.ts';
import type { HelmCache } from '../helm-cache.ts';
import { withoutForeignKeywords } from './schema-keywords.ts';
import { describeSchemaErrors } from './schema-sentences.ts';
import { judgeUniqueItems } from './unique-items.ts';

/** Most problems told of one chart. */
const MOST_PROBLEMS = 50;

/** How values are judged. */
export interface JudgeOptions {
  readonly warn: (warning: string) => void;
  readonly cache: HelmCache;
}

/** Judges the values of a chart and of the charts inside it. Throws Failure `InvalidValues` listing what is wrong. */
export const validateSchemas = (chart: Chart, values: GoMap, options: JudgeOptions): void => {
  const problems = judge(chart, values, options);
  if (problems === '') return;
  throw new Failure(
    `values don't meet the specifications of the schema(s) in the following chart(s):\n${problems.trimEnd()}`,
    { code: 'InvalidValues' },
  );
};

const judge = (chart: Chart, values: GoMap, options: JudgeOptions): string => {
  const { name } = chart.metadata;
  const own = chart.schema === undefined ? [] : problemsOf(chart.schema, values, { ...options, chart: name });
  const below = chart.dependencies.map((child) => {
    const part = values.entries.get(child.metadata.name);
    if (part === undefined || part === null) return '';
    if (part instanceof GoMap) return judge(child, part, options);
    return `${child.metadata.name}:\ninvalid type for values: expected object (map), got ${goTypeOf(part)}\n`;
  });
  return [own.length > 0 ? `${name}:\n${own.map((line) => `- ${line}\n`).join('')}` : '', ...below].join('');
};

interface Judged extends JudgeOptions {
  readonly chart: string;
}

interface CompiledSchema {
  readonly isValid: ValidateFunction;
  /** References that are not followed. */
  readonly remote: readonly string[];
}

const problemsOf = (schemaText: string, values: GoMap, of: Judged): readonly string[] => {
  const refuse = (problem: string, cause?: unknown): Failure =>
    new Failure(`chart ${JSON.stringify(of.chart)}: values.schema.json: ${problem}`, { code: 'InvalidChart', cause });
  const { isValid, remote } = of.cache.keep('schema', [schemaText], () => compileText(schemaText, refuse));
  try {
    for (const reference of remote)
      of.warn(
        `WARNING: chart ${JSON.stringify(of.chart)}: values.schema.json: ${reference} is not fetched and allows everything`,
      );
    if (isValid(fromGoValue(values))) return [];
    return toLines(isValid.errors ?? []);
  } catch (thrown) {
    throw refuse(messageOf(thrown), thrown);
  }
};

const compileText = (text: string, refuse: (problem: string, cause?: unknown) => Failure): CompiledSchema => {
  const schema = parseSchema(text, refuse);
  try {
    return compileSchema(schema);
  } catch (thrown) {
    throw refuse(messageOf(thrown), thrown);
  }
};

const parseSchema = (text: string, refuse: (problem: string, cause?: unknown) => Failure): object | boolean => {
  try {
    const schema: unknown = JSON.parse(text);
    if (isObject(schema) || typeof schema === 'boolean') return schema;
  } catch (thrown) {
    throw refuse(messageOf(thrown), thrown);
  }
  throw refuse('is neither an object nor a truth value');
};

const compileSchema = (schema: object | boolean): CompiledSchema => {
  const known = withoutForeignKeywords(withoutOldForms(schema));
  const { local, remote } = withoutRemote(isObject(known) ? known : schema);
  return { isValid: createAjv(schema).compile(local), remote };
};

/** Regular expressions mean what Go's mean, and none can take for ever. */
const goExpression = Object.assign(
  (pattern: string) => {
    const compiled = compileRegularExpression(pattern);
    if (!compiled.ok) throw new Failure(compiled.error, { code: 'InvalidChart' });
    // Ajv tells patterns apart by their text.
    return { test: (text: string) => compiled.value.test(text), toString: () => pattern };
  },
  { code: 'goExpression' },
);

const OPTIONS: Options = {
  allErrors: true,
  verbose: true,
  strict: false,
  logger: false,
  meta: false,
  validateSchema: false,
  code: { regExp: goExpression, optimize: false },
};

const createAjv = (schema: object | boolean): Ajv => {
  const validator = ajvOf(draftOf(schema));
  judgeUniqueItems(validator);
  return validator;
};

/** Up to draft 7 formats are judged; later they are remarks. */
const ajvOf = (draft: string): Ajv => {
  if (draft === '2020-12') return new Ajv2020({ ...OPTIONS, validateFormats: false });
  if (draft === '2019-09') return new Ajv2019({ ...OPTIONS, validateFormats: false });
  const validator = new Ajv(OPTIONS);
  formats.default(validator);
  return validator;
};

const draftOf = (schema: object | boolean): string => {
  const named = isObject(schema) && typeof schema['$schema'] === 'string' ? schema['$schema'] : '';
  return /draft-0[4-7]|2019-09/.exec(named)?.[0] ?? '2020-12';
};

/** `$schema` is settled; what draft 4 wrote otherwise is written as later drafts do. */
const withoutOldForms = (schema: object | boolean): object | boolean => {
  if (!isObject(schema)) return schema;
  const { $schema: _settled, ...rest } = schema;
  return draftOf(schema) === 'draft-04' ? modernize(rest) : rest;
};

const modernize = (schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const modern: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'id' && typeof value === 'string') modern['$id'] = value;
    else if (key === 'exclusiveMinimum' && value === true) modern[key] = schema['minimum'];
    else if (key === 'exclusiveMaximum' && value === true) modern[key] = schema['maximum'];
    else if ((key === 'exclusiveMinimum' || key === 'exclusiveMaximum') && value === false) continue;
    else modern[key] = modernizePart(value);
  }
  return modern;
};

const modernizePart = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(modernizePart);
  return isObject(value) ? modernize(value) : value;
};

/**
 * Schemas elsewhere allow everything: nothing is fetched while rendering. Upstream fetches them, and allows everything
 * for `urn:` only.
 */
const withoutRemote = (
  schema: object | boolean,
): { readonly local: object | boolean; readonly remote: readonly string[] } => {
  const base = isObject(schema) ? schema['$id'] : undefined;
  const own = new Set<string>();
  visitObjects(schema, ({ $id }) => {
    const address = typeof $id === 'string' ? addressOf($id, base) : undefined;
    if (address !== undefined) own.add(address);
  });
  const isRemote = (reference: unknown): reference is string => {
    const address = typeof reference === 'string' ? addressOf(reference, base) : undefined;
    return address !== undefined && !own.has(address);
  };
  const remote = new Set<string>();
  const strip = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(strip);
    if (!isObject(part)) return part;
    const { $ref: reference, ...rest } = part;
    if (isRemote(reference)) remote.add(reference);
    return Object.fromEntries(
      Object.entries(isRemote(reference) ? rest : part).map(([key, value]) => [key, strip(value)] as const),
    );
  };
  const local = strip(schema);
  return { local: isObject(local) ? local : schema, remote: [...remote] };
};

/** Where a reference leads, without what follows `#`; none for one within the same schema. */
const addressOf = (reference: string, base: unknown): string | undefined => {
  const [address = ''] = reference.split('#');
  if (ADDRESS.test(address)) return address;
  if (address === '' || typeof base !== 'string' || !URL.canParse(address, base)) return undefined;
  return new URL(address, base).href;
};

const ADDRESS = /^[a-z][a-z0-9+.-]*:/i;

const visitObjects = (part: unknown, visit: (object: Readonly<Record<string, unknown>>) => void): void => {
  if (isObject(part)) visit(part);
  if (typeof part === 'object' && part !== null) for (const inner of Object.values(part)) visitObjects(inner, visit);
};

const toLines = (errors: readonly ErrorObject[]): readonly string[] => {
  const lines = [...new Set(describeSchemaErrors(errors))].sort();
  const left = lines.length - MOST_PROBLEMS;
  return left > 0 ? [...lines.slice(0, MOST_PROBLEMS), `and ${left} more`] : lines;
};
