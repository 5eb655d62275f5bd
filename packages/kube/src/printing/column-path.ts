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
  let found: readonly unknown[] = [value];
  STEP.lastIndex = 0;
  let end = 0;
  for (let step = STEP.exec(text); step; step = STEP.exec(text)) {
    end = STEP.lastIndex;
    found = found.flatMap((item) => takeStep(item, step));
  }
  return end === text.length ? found[0] : undefined;
};

const takeStep = (item: unknown, step: RegExpExecArray): readonly unknown[] => {
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
