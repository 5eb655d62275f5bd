/**
 * The value of a parameter, from the events that fired a trigger. @spec EV-TRG-09, EV-TRG-10
 * @upstream argoproj/argo-events pkg/sensors/triggers/params.go#ResolveParamValue
 */
import { load } from 'js-yaml';

import { fail, ok, type Json, type Result } from '@argosy/base';
import { getPath } from '@argosy/expressions';

import type { TriggerParameterSource } from '../api/trigger-schema.ts';
import { contextOf, type CloudEvent } from '../bus/cloud-event.ts';

/** The events that fired a trigger, by name of dependency. */
export type FiringEvents = Readonly<Record<string, CloudEvent>>;

/** A resolved value: its text, and for raw use the value itself. */
export interface ResolvedValue {
  readonly text: string;
  readonly value: Json;
}

/** Resolves a value. `undefined`: the event is absent and nothing stands in for it, so the parameter is passed over. */
export const resolveParameter = (
  source: TriggerParameterSource,
  events: FiringEvents,
): Result<ResolvedValue | undefined> => {
  const { dependencyName = '', contextKey = '', dataKey = '', value } = source;
  const standIn = value === undefined ? undefined : textValue(value);
  const event = Object.hasOwn(events, dependencyName) ? events[dependencyName] : undefined;
  if (!event) return ok(standIn);
  if (dataKey === '' && contextKey === '') return ok(standIn ?? wholeEvent(event));
  const document = dataKey === '' ? ok(JSON.stringify(contextOf(event))) : renderData(event);
  const found = document.ok ? getPath(document.value, dataKey === '' ? contextKey : dataKey) : undefined;
  if (found)
    return ok({
      text: found.type === 'Null' ? 'null' : found.string,
      value: source.useRawData === true ? found.value : found.type === 'Null' ? 'null' : found.string,
    });
  if (standIn) return ok(standIn);
  const what = dataKey === '' ? `context key ${contextKey}` : `data key ${dataKey}`;
  return fail(
    document.ok
      ? `${what} does not exist in the event of dependency ${dependencyName}: correct it or give a value`
      : `${what}: ${document.error}`,
  );
};

const textValue = (text: string): ResolvedValue => ({ text, value: text });

/** Upstream writes the whole event as its Go struct: bytes are base64. */
const wholeEvent = (event: CloudEvent): ResolvedValue =>
  textValue(
    JSON.stringify({ context: contextOf(event), data: Buffer.from(event.data ?? '', 'utf8').toString('base64') }),
  );

/** The data as JSON text. */
const renderData = (event: CloudEvent): Result<string> => {
  const [type = ''] = event.datacontenttype.split(';');
  if (type === 'application/json') return ok(event.data ?? '');
  if (type !== 'application/yaml') return fail(`data of content type ${type} has no keys`);
  try {
    return ok(JSON.stringify(load(event.data ?? '')) ?? 'null');
  } catch {
    return fail('the data of the event is not YAML');
  }
};
