/**
 * Bodies of messages and requests, put together from events. @spec EV-TRG-13
 */
import { fail, ok, type Json, type Result } from '@argosy/base';
import { setPath } from '@argosy/expressions';

import type { TriggerParameter } from '../api/trigger-schema.ts';
import { resolveParameter, type FiringEvents } from './resolve-parameter.ts';

/** The text of a body; `undefined` when nothing was written. An empty `dest` makes the value the whole body. */
export const buildPayload = (
  payload: readonly TriggerParameter[],
  events: FiringEvents,
): Result<string | undefined> => {
  let body: Json | undefined;
  let whole: string | undefined;
  for (const [index, parameter] of payload.entries()) {
    const resolved = resolveParameter(parameter.src ?? {}, events);
    if (!resolved.ok) return fail(`payload[${index}]: ${resolved.error}`);
    if (!resolved.value) continue;
    if ((parameter.dest ?? '') === '') {
      whole = resolved.value.text;
      continue;
    }
    const next = setPath(body ?? {}, parameter.dest ?? '', resolved.value.value);
    if (!next.ok) return fail(`payload[${index}]: ${next.error}`);
    body = next.value;
  }
  return ok(whole ?? (body === undefined ? undefined : JSON.stringify(body)));
};
