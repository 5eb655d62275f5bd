/**
 * The data of an event as JSON.
 */
import { fail, ok, type Json, type Result } from '@argosy/base';

/** Parses; fails for a text that is not JSON. */
export const parseData = (text: string): Result<Json> => {
  try {
    return ok(JSON.parse(text) as Json);
  } catch {
    return fail('the data of the event is not JSON');
  }
};
