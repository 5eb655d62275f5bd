/**
 * Data filters: a value of the event compared with texts. @spec EV-FLT-04, EV-FLT-05, EV-FLT-06
 */
import { fail, ok, type Result } from '@argosy/base';
import { compileRegularExpression, getPath, type GjsonResult } from '@argosy/expressions';

import type { DataFilterSpec } from '../api/sensor.ts';
import { renderEventTemplate } from '../parameters/render-template.ts';
import { judgeData } from './judge-data.ts';
import { DROP, errorOf, verdictOf, type Verdict } from './verdict.ts';

/** Judges the data of an event (its JSON text; none passes). */
export const filterData = (
  filters: readonly DataFilterSpec[],
  operator: string | undefined,
  data: string | undefined,
): Verdict => judgeData(filters, operator, { data, judge });

const judge = (filter: DataFilterSpec, data: string): Verdict => {
  const { path = '', type = '', value: values = [], comparator = '' } = filter;
  if (path === '' || values.length === 0) return errorOf('a data filter needs path, type and value');
  const read = readValue(filter, path, data);
  if (!read.ok) return errorOf(read.error);
  const found = read.value;
  switch (type) {
    case 'bool':
      return judgeAny(values, (value) => judgeBoolean(found, value));
    case 'number':
      return judgeAny(values, (value) => judgeNumber(found, value, comparator));
    case 'string':
      return judgeAny(values, (value) => judgeText(found, value, comparator));
    default:
      return errorOf(`data filter on ${path}: type ${JSON.stringify(type)} is not one of bool, number, string`);
  }
};

/** The value at the path, or what the template makes of it. */
const readValue = (filter: DataFilterSpec, path: string, data: string): Result<GjsonResult> => {
  const found = getPath(data, path);
  if (!found) return fail(`path ${path} does not exist in the data of the event`);
  if ((filter.template ?? '') === '') return ok(found);
  const rendered = renderEventTemplate(filter.template ?? '', found.string);
  if (!rendered.ok) return rendered;
  return ok({ type: 'String', raw: JSON.stringify(rendered.value), string: rendered.value, value: rendered.value });
};

/** The values of one filter are alternatives, whatever the comparator; a bad one ends the search. */
const judgeAny = (values: readonly string[], judgeOne: (value: string) => Verdict): Verdict => {
  for (const value of values) {
    const verdict = judgeOne(value);
    if (verdict.kind !== 'drop') return verdict;
  }
  return DROP;
};

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
]);

const judgeBoolean = (found: GjsonResult, value: string): Verdict => {
  const wanted = BOOLEANS.get(value);
  if (wanted === undefined) return errorOf(`${JSON.stringify(value)} is not a bool`);
  return verdictOf(wanted === toBoolean(found));
};

const toBoolean = (found: GjsonResult): boolean => {
  if (found.type === 'String') return BOOLEANS.get(found.string.toLowerCase()) ?? false;
  return found.type === 'True' || (found.type === 'Number' && Number(found.string) !== 0);
};

const judgeNumber = (found: GjsonResult, value: string, comparator: string): Verdict => {
  const wanted = parseNumber(value);
  if (wanted === undefined) return errorOf(`${JSON.stringify(value)} is not a number`);
  const given = found.type === 'True' ? 1 : (parseNumber(found.string) ?? 0);
  switch (comparator) {
    case '':
    case '=':
      return verdictOf(given === wanted);
    case '!=':
      return verdictOf(given !== wanted);
    case '>=':
      return verdictOf(given >= wanted);
    case '>':
      return verdictOf(given > wanted);
    case '<':
      return verdictOf(given < wanted);
    case '<=':
      return verdictOf(given <= wanted);
    default:
      return DROP;
  }
};

const parseNumber = (text: string): number | undefined => {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isNaN(number) ? undefined : number;
};

const judgeText = (found: GjsonResult, value: string, comparator: string): Verdict => {
  const pattern = compileRegularExpression(value);
  if (!pattern.ok) return errorOf(pattern.error);
  const matches = pattern.value.test(found.string);
  if (comparator === '!=') return verdictOf(!matches);
  return verdictOf(matches && (comparator === '' || comparator === '='));
};
