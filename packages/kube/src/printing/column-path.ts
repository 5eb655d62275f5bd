/**
 * The JSONPath of printer columns: fields, indexes, and filters by equality, which is all that such columns use.
 * @spec https://kubernetes.io/docs/reference/kubectl/jsonpath/
 */
import { isObject } from '@argosy/base';

const STEP =
  /\.([A-Za-z0-9_$-]+|\\\.)+|\[(\d+|\*)\]|\['((?:[^'\\]|\\.)+)'\]|\[\?\(@\.([A-Za-z0-9_.-]+)\s*==\s*["']([^"']*)["']\)\]/gy;

/** The first value at a path, e.g. `.status.conditions[?(@.type=="Ready")].status`; `undefined` when there is none or the path is not understood. */
export const valueAtPath = (value: unknown, path: string): unknown => {
  const text = path.startsWith('.') || path.startsWith('[') ? path : `.${path}`;
  // All steps at once: filters come back here, and an expression that is half through its text cannot be shared with them.
  const steps = [...text.matchAll(STEP)];
  const length = steps.reduce((sum, [whole]) => sum + whole.length, 0);
  if (length !== text.length) return undefined;
  return steps.reduce<readonly unknown[]>((found, step) => found.flatMap((item) => takeStep(item, step)), [value])[0];
};

const takeStep = (item: unknown, step: RegExpMatchArray): readonly unknown[] => {
  const [whole, , index, quoted, filterField, filterValue] = step;
  if (filterField !== undefined)
    return Array.isArray(item)
      ? item.filter((part) => isText(valueAtPath(part, `.${filterField}`), filterValue ?? ''))
      : [];
  if (index !== undefined)
    return Array.isArray(item) ? (index === '*' ? item : item.slice(Number(index), Number(index) + 1)) : [];
  const name = (quoted ?? whole.slice(1)).replaceAll('\\', '');
  return isObject(item) && Object.hasOwn(item, name) && item[name] !== undefined ? [item[name]] : [];
};

/** Filters compare texts; numbers and booleans as they are written. */
const isText = (value: unknown, text: string): boolean =>
  (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') && String(value) === text;
