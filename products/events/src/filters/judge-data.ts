/**
 * What filters of an event's data share.
 */
import { combine, errorOf, PASS, type Verdict } from './verdict.ts';

/** Judges the data of an event (its JSON text; none passes) by every filter of a kind. */
export const judgeData = <Filter>(
  filters: readonly Filter[],
  operator: string | undefined,
  of: { readonly data: string | undefined; readonly judge: (filter: Filter, data: string) => Verdict },
): Verdict => {
  const { data, judge } = of;
  if (filters.length === 0 || data === undefined) return PASS;
  if (!isJson(data)) return errorOf('the data of the event is not JSON');
  return combine(
    operator,
    (function* () {
      for (const filter of filters) yield judge(filter, data);
    })(),
  );
};

/** Whether a text is JSON. */
export const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
