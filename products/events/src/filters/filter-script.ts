/**
 * Script filters: Lua over the data of an event. @spec EV-FLT-09
 * @deviates the script has budgets and no way to the machine; upstream opens every library and sets no limit.
 */
import { isObject, parseTimestamp } from '@argosy/base';
import { runLua } from '@argosy/expressions';

import { parseData } from '../transforms/parse-data.ts';
import { errorOf, PASS, verdictOf, type Verdict } from './verdict.ts';

/** Judges an event: it passes when the script returns true and nothing else. No data passes. */
export const filterScript = (script: string, event: { readonly data?: string; readonly time?: string }): Verdict => {
  if (event.data === undefined) return PASS;
  const data = parseData(event.data);
  if (!data.ok) return errorOf(data.error);
  if (!isObject(data.value)) return errorOf('a script filter needs data that is a JSON object');
  const now = parseTimestamp(event.time ?? '');
  const result = runLua(script, {
    globals: { event: data.value },
    lists: 'flat',
    ...(now === undefined ? {} : { now }),
  });
  return result.ok ? verdictOf(result.value === true) : errorOf(`script filter: ${result.error.message}`);
};
