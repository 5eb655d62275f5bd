/**
 * Outputs of a loop as a whole. @spec WF-LOOP-07, WF-LOOP-08
 */
import { isObject, type Json } from '@argosy/base';

import type { NodeStatus } from '../api/kinds.ts';
import { toAnyText } from '../compile/any-string.ts';

/** Index of an expanded step from its name; attempts and hooks have none. */
const indexOf = (name: string): number => {
  const matches = [...name.matchAll(/\((\d+):/g)];
  return Number(matches.at(-1)?.[1] ?? 0);
};

const parse = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
};

/** Scope entries below `prefix` (`steps.x` or `tasks.x`) for the children of a loop. */
export const aggregateOutputs = (prefix: string, children: readonly NodeStatus[]): Readonly<Record<string, string>> => {
  const done = children
    .filter(
      (child) => child.phase === 'Succeeded' && child.nodeFlag?.hooked !== true && child.nodeFlag?.retried !== true,
    )
    .sort((left, right) => indexOf(left.displayName) - indexOf(right.displayName));
  const scope: Record<string, string> = {};
  const results = done.flatMap((child) => (child.outputs?.result === undefined ? [] : [child.outputs.result]));
  if (results.length > 0) scope[`${prefix}.outputs.result`] = aggregateResults(results);
  const parameters = done.map((child) => child.outputs?.parameters ?? []);
  if (parameters.some((list) => list.length > 0)) {
    const objects = parameters.map((list) => Object.fromEntries(list.map((one) => [one.name, toAnyText(one.value)])));
    scope[`${prefix}.outputs.parameters`] = JSON.stringify(objects);
    for (const name of new Set(parameters.flatMap((list) => list.map((one) => one.name))))
      scope[`${prefix}.outputs.parameters.${name}`] = aggregateParameter(
        objects.flatMap((one) => (one[name] === undefined ? [] : [one[name]])),
      );
  }
  return scope;
};

/** Results that are JSON are embedded; anything else stands as text. */
const aggregateResults = (results: readonly string[]): string =>
  JSON.stringify(results.map((text) => parse(text) ?? text));

/** Values are embedded as JSON only if every one is a list or an object; else all are texts. */
const aggregateParameter = (values: readonly string[]): string => {
  const parsed = values.map(parse);
  const isStructured = parsed.every((value) => Array.isArray(value) || isObject(value));
  return JSON.stringify(isStructured ? parsed : values);
};
