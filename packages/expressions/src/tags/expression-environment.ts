/**
 * The environment of expression tags: dotted names become nested maps, and Argo's own functions join the built-ins.
 * @upstream argo-workflows util/expr/env/env.go, util/expand
 */
import type { Json } from '@argosy/base';

import type { ExprFunction, ExprMap, ExprValue } from '../expr/run/values.ts';
import { formatGoValue, toJsonText } from '../expr/run/values.ts';
import { toFloat, toInteger } from '../expr/builtins/scalar-builtins.ts';
import { readJsonPathExpression } from '../paths/json-path.ts';
import { SPRIG_FUNCTIONS } from './sprig-functions.ts';

/** Turns `a.b` → text into nested maps. When `a` and `a.b` both exist, the less specific one is dropped. */
const expandNames = (values: Readonly<Record<string, Json | undefined>>): ExprMap => {
  const root: Record<string, ExprValue> = Object.create(null) as Record<string, ExprValue>;
  const names = Object.keys(values).sort((left, right) => left.split('.').length - right.split('.').length);
  for (const name of names) {
    const path = name.split('.');
    let map = root;
    for (const part of path.slice(0, -1)) {
      const next = Object.hasOwn(map, part) ? map[part] : undefined;
      if (isMade(next)) map = next;
      else map = map[part] = Object.create(null) as Record<string, ExprValue>;
    }
    const last = path.at(-1) ?? '';
    if (!isMade(map[last])) map[last] = (values[name] ?? null) as ExprValue;
  }
  return toPlain(root);
};

const isMade = (value: ExprValue): value is Record<string, ExprValue> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;

const toPlain = (map: Record<string, ExprValue>): ExprMap =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, isMade(value) ? toPlain(value) : value]));

const asText: ExprFunction = (value) => formatGoValue(value);

/** Functions every expression of a workflow may call. */
export const WORKFLOW_FUNCTIONS: ExprMap = {
  asInt: (value) => toInteger(value),
  asFloat: (value) => toFloat(value),
  string: asText,
  toJson: (value) => toJsonText(value),
  jsonpath: (text, path) => readJsonPathExpression(formatGoValue(text), formatGoValue(path)) as ExprValue,
  sprig: SPRIG_FUNCTIONS,
};

/** The environment for a flat scope. Names of the scope win over functions. */
export const workflowEnvironment = (values: Readonly<Record<string, Json | undefined>>): ExprMap => ({
  ...WORKFLOW_FUNCTIONS,
  ...expandNames(values),
});
