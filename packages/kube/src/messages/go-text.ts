/** JSON as Go prints what it read of it (`%v`). */
import { isObject } from '@argosy/base';

/** A value as Go prints it: `map[a:1 b:[x y]]`. */
export const goText = (value: unknown): string => {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isObject(value)) return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const members = Object.keys(value).toSorted();
  return `map[${members.map((name) => `${name}:${goText(value[name])}`).join(' ')}]`;
};
