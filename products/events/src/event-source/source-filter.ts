/**
 * The filter of a source: an expr-lang condition over the data. What it refuses counts as done with. @spec EV-ES-06
 */
import { isObject, type Json } from '@argosy/base';
import { evaluateCondition, workflowEnvironment } from '@argosy/expressions';

/** Whether an event is let through. An expression that cannot be evaluated lets nothing through. */
export const passesSourceFilter = (expression: string | undefined, data: string): boolean => {
  if (expression === undefined || expression.trim() === '') return true;
  const parsed = parseData(data);
  if (!isObject(parsed)) return false;
  const result = evaluateCondition(expression, workflowEnvironment(withNames(parsed as Record<string, Json>)));
  return result.ok && result.value;
};

const parseData = (data: string): unknown => {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    // Data that is no JSON has no names to speak of.
    return undefined;
  }
};

/** Names of expressions have no hyphens; upstream rewrites them at every depth. */
const withNames = (object: Readonly<Record<string, Json>>): Record<string, Json> =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name.replaceAll('-', '_'), withInnerNames(value)]));

const withInnerNames = (value: Json): Json => {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withInnerNames);
  return isObject(value) ? withNames(value as Record<string, Json>) : value;
};
