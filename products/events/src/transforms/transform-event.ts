/**
 * Changes the data of an event before it is judged. @spec EV-SEN-11
 * @deviates the script has budgets and no way to the machine.
 */
import { fail, ok, parseTimestamp, type Result } from '@argosy/base';
import { runLua } from '@argosy/expressions';

import type { TransformSpec } from '../api/sensor.ts';
import type { CloudEvent } from '../bus/cloud-event.ts';
import { parseData } from './parse-data.ts';

/** The event with its data changed; the same event without a transform. Fails with what is wrong: the event is then dropped. */
export const transformEvent = (transform: TransformSpec | undefined, event: CloudEvent): Result<CloudEvent> => {
  const script = transform?.script ?? '';
  if (script === '') return ok(event);
  if (event.data === undefined) return fail('transform: the event has no data');
  const data = parseData(event.data);
  if (!data.ok) return fail(`transform: ${data.error}`);
  const now = parseTimestamp(event.time);
  const result = runLua(script, {
    globals: { event: data.value },
    lists: 'flat',
    ...(now === undefined ? {} : { now }),
  });
  if (!result.ok) return fail(`transform: ${result.error.message}`);
  if (typeof result.value !== 'object' || result.value === null)
    return fail('transform: the script must return a table');
  return ok({ ...event, data: JSON.stringify(result.value) });
};
