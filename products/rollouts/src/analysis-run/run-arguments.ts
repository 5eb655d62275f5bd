/**
 * Arguments of an analysis: merged over what templates declare, and put into metrics. Pure. @spec RO-AN-04, RO-AN-05
 */
import { fail, isObject, ok, type Json, type Result } from '@argosy/base';

import type { Metric } from '../api/analysis.ts';
import type { Rollout } from '../api/rollout.ts';
import type { AnalysisArgument } from '../api/strategy.ts';

/** Merges the caller's arguments over those a template declares; the caller's others are dropped. Fails for one without a value. */
export const mergeArguments = (
  given: readonly AnalysisArgument[] | undefined,
  declared: readonly AnalysisArgument[] | undefined,
): Result<readonly AnalysisArgument[] | undefined, string> => {
  if (!declared) return ok(undefined);
  const merged: AnalysisArgument[] = [];
  for (const one of declared) {
    const argument = given?.find(({ name }) => name === one.name) ?? one;
    const resolved = hasValue(argument) ? argument : one;
    if (!hasValue(resolved)) return fail(`args.${one.name} was not resolved: give it a value`);
    merged.push(resolved);
  }
  return ok(merged);
};

const hasValue = (argument: AnalysisArgument): boolean =>
  argument.value !== undefined || argument.valueFrom !== undefined;

/** Values a rollout gives to the arguments of its analysis; what comes from a Secret stays a reference. */
export const resolveRolloutArguments = (
  rollout: Rollout,
  args: readonly AnalysisArgument[] | undefined,
  hashes: { readonly stable: string; readonly latest: string },
): Result<readonly AnalysisArgument[], string> => {
  const resolved: AnalysisArgument[] = [];
  for (const argument of args ?? []) {
    const value = rolloutValue(rollout, argument, hashes);
    if (!value.ok) return value;
    resolved.push(value.value === undefined ? argument : { name: argument.name, value: value.value });
  }
  return ok(resolved);
};

const rolloutValue = (
  rollout: Rollout,
  argument: AnalysisArgument,
  hashes: { readonly stable: string; readonly latest: string },
): Result<string | undefined, string> => {
  const source = argument.valueFrom;
  if (argument.value !== undefined || !source) return ok(argument.value);
  if (source.podTemplateHashValue === 'Stable') return ok(hashes.stable);
  if (source.podTemplateHashValue === 'Latest') return ok(hashes.latest);
  if (!source.fieldRef) return ok(undefined);
  const found = readFieldPath(rollout, source.fieldRef.fieldPath);
  return found === undefined
    ? fail(`args.${argument.name}: the rollout has no value at ${source.fieldRef.fieldPath}`)
    : ok(found);
};

/** Reads `metadata.labels['a.b']`, `status.pauseConditions[0].reason` …; undefined when there is no plain value. */
export const readFieldPath = (object: unknown, path: string): string | undefined => {
  const parts = [...path.matchAll(/\['([^']*)'\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name]) => quoted ?? index ?? name ?? '',
  );
  const found = parts.reduce<unknown>((at, part) => {
    if (Array.isArray(at)) return at[Number(part)];
    return isObject(at) && Object.hasOwn(at, part) ? (at as Readonly<Record<string, unknown>>)[part] : undefined;
  }, object);
  if (found === undefined || found === null || typeof found === 'object') return undefined;
  return typeof found === 'string' ? found : JSON.stringify(found);
};

/** Puts values into every text of a metric: `{{args.name}}`, with spaces or without. Fails for a name without a value. */
export const substituteMetric = (metric: Metric, values: Readonly<Record<string, string>>): Result<Metric, string> => {
  const missing = new Set<string>();
  const replaced = replaceTexts(metric as unknown as Json, (text) => substituteText(text, values, missing));
  if (missing.size > 0) return fail(`no value for ${[...missing].map((name) => `args.${name}`).join(', ')}`);
  // Only texts inside have changed: the shape is the metric's.
  return ok(replaced as unknown as Metric);
};

/** Puts values into one text; names without a value are added to `missing` and left as they are. */
export const substituteText = (
  text: string,
  values: Readonly<Record<string, string>>,
  missing: Set<string> = new Set(),
): string =>
  text.replaceAll(/\{\{\s*args\.([^\s{}]+)\s*\}\}/g, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) missing.add(name);
    return value ?? whole;
  });

const replaceTexts = (value: Json, replace: (text: string) => string): Json => {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((part) => replaceTexts(part, replace));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [replace(key), replaceTexts(part as Json, replace)]),
  );
};

/** Replaces secret values in a text that people will read. @spec RO-AN-06 */
export const redact = (text: string, secrets: readonly string[]): string =>
  secrets.filter((secret) => secret !== '').reduce((clean, secret) => clean.replaceAll(secret, '*****'), text);
