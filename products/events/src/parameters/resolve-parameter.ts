/**
 * The value of a parameter, from the events that fired a trigger. @spec EV-TRG-09, EV-TRG-10
 * @upstream argoproj/argo-events pkg/sensors/triggers/params.go#ResolveParamValue
 */
import { load } from 'js-yaml';

import { fail, ok, type Json, type Result } from '@argosy/base';
import { getPath } from '@argosy/expressions';

import type { TriggerParameterSource } from '../api/trigger-schema.ts';
import { isJson } from '../filters/judge-data.ts';
import { contextOf, type CloudEvent } from '../bus/cloud-event.ts';
import { renderEventTemplate } from './render-template.ts';

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
  const { dependencyName = '', value } = source;
  const standIn = value === undefined ? undefined : textValue(value);
  const event = Object.hasOwn(events, dependencyName) ? events[dependencyName] : undefined;
  if (!event) return ok(standIn);
  const lookup = lookupOf(source);
  if (!lookup) return ok(standIn ?? wholeEvent(event));
  const document = lookup.part === 'data' ? renderData(event) : ok(JSON.stringify(contextOf(event)));
  const found = document.ok ? lookUp(document.value, lookup, source.useRawData === true) : document;
  if (found.ok || !standIn)
    return found.ok ? found : fail(`${lookup.part} of dependency ${dependencyName}: ${found.error}`);
  return ok(standIn);
};

interface Lookup {
  readonly part: 'data' | 'context';
  readonly template: string;
  readonly key: string;
}

/** What is asked for of the data wins over what is asked for of the context. */
const lookupOf = (source: TriggerParameterSource): Lookup | undefined => {
  const { contextKey = '', contextTemplate = '', dataKey = '', dataTemplate = '' } = source;
  if (dataKey !== '' || dataTemplate !== '') return { part: 'data', template: dataTemplate, key: dataKey };
  if (contextKey !== '' || contextTemplate !== '')
    return { part: 'context', template: contextTemplate, key: contextKey };
  return undefined;
};

/** The template first; the key when there is none or it gives nothing. */
const lookUp = (document: string, { template, key }: Lookup, isRaw: boolean): Result<ResolvedValue> => {
  const rendered = template === '' ? undefined : renderEventTemplate(template, JSON.parse(document) as Json);
  if (rendered?.ok) return ok(textValue(rendered.value));
  if (rendered && key === '') return rendered;
  const found = getPath(document, key);
  if (!found) return fail(`key ${key} does not exist; correct it or give a value`);
  const text = found.type === 'Null' ? 'null' : found.string;
  return ok({ text, value: isRaw ? found.value : text });
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
  if (type === 'application/json')
    return isJson(event.data ?? '') ? ok(event.data ?? '') : fail('the data of the event is not JSON');
  if (type !== 'application/yaml') return fail(`data of content type ${type} has no keys`);
  try {
    return ok(JSON.stringify(load(event.data ?? '')) ?? 'null');
  } catch {
    return fail('the data of the event is not YAML');
  }
};
