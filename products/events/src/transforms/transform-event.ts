/**
 * Changes the data of an event before it is judged: a jq program, or else a Lua script. @spec EV-SEN-10, EV-SEN-11
 * @deviates both have budgets and no way to the machine.
 */
import { fail, isObject, ok, parseTimestamp, type Instant, type Json, type Result } from '@argosy/base';
import { compileJq, firstOfJq, runLua } from '@argosy/expressions';

import type { TransformSpec } from '../api/sensor.ts';
import type { CloudEvent } from '../bus/cloud-event.ts';
import { parseData } from './parse-data.ts';

/** The event with its data changed; the same event without a transform. Fails with what is wrong: the event is then dropped. */
export const transformEvent = (transform: TransformSpec | undefined, event: CloudEvent): Result<CloudEvent> => {
  const change = changeOf(transform);
  if (!change) return ok(event);
  if (event.data === undefined) return fail('transform: the event has no data');
  const data = parseData(event.data);
  if (!data.ok) return fail(`transform: ${data.error}`);
  const changed = change(data.value, parseTimestamp(event.time));
  return changed.ok ? ok({ ...event, data: JSON.stringify(changed.value) }) : fail(`transform: ${changed.error}`);
};

/** Gives the new data; `now` is when the event happened, so that an event read twice changes in the same way. */
type Change = (data: Json, now: Instant | undefined) => Result<Json>;

const changeOf = (transform: TransformSpec | undefined): Change | undefined => {
  const { jq = '', script = '' } = transform ?? {};
  if (jq !== '') return (data, now) => runProgram(jq, data, now);
  if (script !== '') return (data, now) => runScript(script, data, now);
  return undefined;
};

const runProgram = (source: string, data: Json, now: Instant | undefined): Result<Json> => {
  const program = compileJq(source);
  if (!program.ok) return fail(`jq: ${program.error.message}`);
  const result = firstOfJq(program.value, data, now === undefined ? {} : { ports: { now: () => now } });
  if (!result.ok) return fail(`jq: ${result.error.message}`);
  return isObject(result.value) ? ok(result.value) : fail('jq: the program must give an object');
};

const runScript = (source: string, data: Json, now: Instant | undefined): Result<Json> => {
  const result = runLua(source, { globals: { event: data }, lists: 'flat', ...(now === undefined ? {} : { now }) });
  if (!result.ok) return fail(result.error.message);
  if (typeof result.value !== 'object' || result.value === null) return fail('the script must return a table');
  return ok(result.value);
};
