/**
 * What is wrong with an EventSource, source by source. @spec EV-FLD-01, EV-FLD-02, EV-ES-01, EV-ES-02, EV-OPS-06
 */
import { isObject } from '@argosy/base';
import { parseExpression } from '@argosy/expressions';

import { compileCalendar } from '../adapters/calendar/calendar-schedule.ts';
import { FILE_OPERATIONS } from '../adapters/file/file-changes.ts';
import { compileWatchedPath } from '../adapters/file/watched-path.ts';
import {
  SOURCE_TYPES,
  type CalendarSource,
  type EventSource,
  type FileSource,
  type GithubSource,
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
    case 'github':
      return validateGithub(config as GithubSource);
    case 'calendar':
      return validateCalendar(config as CalendarSource);
    case 'resource':
      return validateResource(config as ResourceSource);
    case 'file':
      return validateFile(config as FileSource);
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
            'spec: webhook and github may not be in one EventSource with calendar, resource or file; make two of it',
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

const validateGithub = (config: GithubSource): readonly SourceFinding[] => {
  const hasRepositories = (config.repositories ?? []).length > 0 || (config.repository ?? '') !== '';
  const hasOrganizations = (config.organizations ?? []).length > 0;
  const place = validatePlace(config.webhook ?? {});
  return [
    ...(hasRepositories || hasOrganizations
      ? []
      : [
          finding(
            'repositories-or-organizations',
            'missing',
            'repositories or organizations: one of them must be given',
          ),
        ]),
    ...(hasRepositories && hasOrganizations
      ? [finding('organizations', 'invalid', 'organizations: may not be given together with repositories')]
      : []),
    ...((config.events ?? []).length === 0 ? [finding('events', 'missing', 'events: must be given, e.g. ["*"]')] : []),
    ...(['', 'json', 'form'].includes(config.contentType ?? '')
      ? []
      : [
          finding(
            'contentType',
            'invalid',
            `contentType: ${JSON.stringify(config.contentType)} is not one of json, form`,
          ),
        ]),
    ...place.map((one) => ({ ...one, field: `webhook.${one.field}`, message: `webhook.${one.message}` })),
    ...validateFilter(config.filter),
  ];
};

const validateWebhook = (config: WebhookSource): readonly SourceFinding[] => [
  ...validatePlace(config),
  ...validateFilter(config.filter),
];

const validatePlace = (config: Pick<WebhookSource, 'endpoint' | 'port'>): readonly SourceFinding[] => {
  const port = config.port ?? '';
  return [
    ...((config.endpoint ?? '') === ''
      ? [finding('endpoint', 'missing', 'endpoint: must be given, e.g. /example')]
      : []),
    ...(port === '' ? [finding('port', 'missing', 'port: must be given, e.g. "12000"')] : []),
    ...(port !== '' && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)
      ? [finding('port', 'invalid', `port: ${JSON.stringify(port)} is not a port number`)]
      : []),
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

const validateFile = (config: FileSource): readonly SourceFinding[] => {
  const { directory = '', path = '', pathRegexp = '' } = config.watchPathConfig ?? {};
  const operations = Object.keys(FILE_OPERATIONS);
  const watched = compileWatchedPath(config);
  const place = 'watchPathConfig';
  return [
    ...((config.eventType ?? '') === ''
      ? [finding('eventType', 'missing', `eventType: one of ${operations.join(', ')} must be given`)]
      : operations.includes(config.eventType ?? '')
        ? []
        : [
            finding(
              'eventType',
              'invalid',
              `eventType: ${JSON.stringify(config.eventType)} is not one of ${operations.join(', ')}`,
            ),
          ]),
    ...(directory.startsWith('/')
      ? []
      : [finding(`${place}.directory`, 'invalid', `${place}.directory: must be an absolute path`)]),
    ...((path === '') === (pathRegexp === '')
      ? [finding(place, 'invalid', `${place}: one of path and pathRegexp must be given`)]
      : []),
    ...(path.startsWith('/')
      ? [finding(`${place}.path`, 'invalid', `${place}.path: must be relative to the directory`)]
      : []),
    ...(watched.ok ? [] : [finding(`${place}.pathRegexp`, 'invalid', `${place}.pathRegexp: ${watched.error}`)]),
    ...validateFilter(config.filter),
  ];
};

const validateFilter = (filter: { readonly expression?: string } | undefined): readonly SourceFinding[] => {
  if (filter?.expression === undefined) return [];
  const parsed = parseExpression(filter.expression);
  return parsed.ok ? [] : [finding('filter.expression', 'invalid', `filter.expression: ${parsed.error.message}`)];
};
