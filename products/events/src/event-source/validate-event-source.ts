/**
 * What is wrong with an EventSource, source by source. @spec EV-FLD-01, EV-FLD-02, EV-ES-01, EV-ES-02, EV-OPS-06
 */
import { isObject } from '@argosy/base';
import { parseExpression } from '@argosy/expressions';

import { compileCalendar } from '../adapters/calendar/calendar-schedule.ts';
import {
  SOURCE_TYPES,
  type CalendarSource,
  type EventSource,
  type ResourceSource,
  type SourceType,
  type WebhookSource,
} from '../api/event-source.ts';

/** One finding. */
export interface SourceFinding {
  /** Path of the field, e.g. `spec.webhook.example.port`. */
  readonly field: string;
  readonly reason: 'missing' | 'invalid';
  readonly message: string;
}

/** Findings of one source's configuration; fields are relative to it. */
export const validateSource = (type: SourceType, config: unknown): readonly SourceFinding[] => {
  // The schema has been checked by the API server.
  switch (type) {
    case 'webhook':
      return validateWebhook(config as WebhookSource);
    case 'calendar':
      return validateCalendar(config as CalendarSource);
    case 'resource':
      return validateResource(config as ResourceSource);
  }
};

/** Findings of a whole EventSource. */
export const validateEventSource = (source: EventSource): readonly SourceFinding[] => {
  const sources = listSources(source);
  if (sources.length === 0)
    return [{ field: 'spec', reason: 'missing', message: 'spec: at least one source must be given, e.g. webhook' }];
  const names = sources.map(({ eventName }) => eventName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  const types = new Set(sources.map(({ type }) => SOURCE_TYPES[type]));
  return [
    ...(twice === undefined
      ? []
      : [finding('spec', 'invalid', `spec: the event name ${twice} is used by two types of source; rename one`)]),
    ...(types.size > 1
      ? [
          finding(
            'spec',
            'invalid',
            'spec: webhook may not be in one EventSource with calendar or resource; make two of it',
          ),
        ]
      : []),
    ...sources.flatMap(({ type, eventName, config }) => {
      const place = `spec.${type}.${eventName}`;
      return validateSource(type, config).map((one) => ({
        ...one,
        field: `${place}.${one.field}`,
        message: `${place}.${one.message}`,
      }));
    }),
  ];
};

/** Every source of an EventSource, in the order of the spec. */
export const listSources = (
  source: EventSource,
): readonly { readonly type: SourceType; readonly eventName: string; readonly config: unknown }[] =>
  Object.entries(source.spec ?? {}).flatMap(([type, byName]) =>
    Object.hasOwn(SOURCE_TYPES, type) && isObject(byName)
      ? Object.entries(byName).map(([eventName, config]) => ({ type: type as SourceType, eventName, config }))
      : [],
  );

const finding = (field: string, reason: SourceFinding['reason'], message: string): SourceFinding => ({
  field,
  reason,
  message,
});

const validateWebhook = (config: WebhookSource): readonly SourceFinding[] => {
  const port = config.port ?? '';
  return [
    ...((config.endpoint ?? '') === ''
      ? [finding('endpoint', 'missing', 'endpoint: must be given, e.g. /example')]
      : []),
    ...(port === '' ? [finding('port', 'missing', 'port: must be given, e.g. "12000"')] : []),
    ...(port !== '' && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)
      ? [finding('port', 'invalid', `port: ${JSON.stringify(port)} is not a port number`)]
      : []),
    ...validateFilter(config.filter),
  ];
};

const validateCalendar = (config: CalendarSource): readonly SourceFinding[] => {
  const isGiven = (config.schedule ?? '') !== '' || (config.interval ?? '') !== '';
  if (!isGiven) return [finding('schedule-or-interval', 'missing', 'schedule or interval: one of them must be given')];
  const compiled = compileCalendar(config);
  return [
    ...(compiled.ok ? [] : [finding(compiled.error.split(':')[0] ?? '', 'invalid', compiled.error)]),
    ...validateFilter(config.filter),
  ];
};

const validateResource = (config: ResourceSource): readonly SourceFinding[] => {
  const missing = (['version', 'resource'] as const).filter((field) => (config[field] ?? '') === '');
  const types = config.eventTypes ?? [];
  const unknown = types.find((type) => !EVENT_TYPES.includes(type));
  return [
    ...missing.map((field) => finding(field, 'missing', `${field}: must be given`)),
    ...(types.length === 0 ? [finding('eventTypes', 'missing', 'eventTypes: list some of ADD, UPDATE, DELETE')] : []),
    ...(unknown === undefined
      ? []
      : [finding('eventTypes', 'invalid', `eventTypes: ${JSON.stringify(unknown)} is not one of ADD, UPDATE, DELETE`)]),
    ...validateSelectors(config),
  ];
};

const EVENT_TYPES = ['ADD', 'UPDATE', 'DELETE'];
const LABEL_OPERATIONS = ['', '=', '==', '!=', 'in', 'notin', 'exists', '!'];
const FIELD_OPERATIONS = ['', '=', '==', '!='];

const validateSelectors = (config: ResourceSource): readonly SourceFinding[] =>
  (['labels', 'fields'] as const).flatMap((list) =>
    (config.filter?.[list] ?? []).flatMap(({ key, operation = '' }, index) => {
      const place = `filter.${list}[${index}]`;
      const known = list === 'labels' ? LABEL_OPERATIONS : FIELD_OPERATIONS;
      if (key === '') return [finding(place, 'missing', `${place}.key: must be given`)];
      return known.includes(operation)
        ? []
        : [
            finding(
              place,
              'invalid',
              `${place}.operation: ${JSON.stringify(operation)} is not one of ${known.slice(1).join(' ')}`,
            ),
          ];
    }),
  );

const validateFilter = (filter: { readonly expression?: string } | undefined): readonly SourceFinding[] => {
  if (filter?.expression === undefined) return [];
  const parsed = parseExpression(filter.expression);
  return parsed.ok ? [] : [finding('filter.expression', 'invalid', `filter.expression: ${parsed.error.message}`)];
};
