/** Rules of events, old and new. @upstream k8s.io/kubernetes/pkg/apis/core/validation/events.go */
import { isEqual, isObject } from '@argosy/base';

import { validateDns1123Subdomain } from '../names/dns-names.ts';
import { invalidField, requiredField, type FieldError } from '../objects/field-error.ts';
import { numberAt, objectAt, textAt, type Draft } from '../builtin/defaults/draft.ts';
import { problemsOf, qualifiedNameFindings } from './findings.ts';

const LONGEST_WORD = 128;
const LONGEST_NOTE = 1024;

/** What both kinds of event say, under their own names. */
interface EventNames {
  readonly about: 'involvedObject' | 'regarding';
  readonly note: 'message' | 'note';
  readonly controller: 'reportingComponent' | 'reportingController';
}
const CORE: EventNames = { about: 'involvedObject', note: 'message', controller: 'reportingComponent' };
const NEW: EventNames = { about: 'regarding', note: 'note', controller: 'reportingController' };

/** Events of the core group: about something of their namespace; who tells the time of it also tells by whom and what. */
export const validateEvent = (event: Draft): readonly FieldError[] => validateTold(event, CORE);

/** Events of their own group: complete from the beginning, and only their series goes on. */
export const validateNewEvent = (event: Draft, previous?: Draft): readonly FieldError[] => [
  ...validateTold(event, NEW),
  ...(previous ? changeFindings(event, previous) : completeFindings(event)),
];

const validateTold = (event: Draft, names: EventNames): readonly FieldError[] => {
  const namespace = textAt(objectAt(event, 'metadata'), 'namespace');
  const about = textAt(objectAt(event, names.about), 'namespace');
  const elsewhere = [invalidField('involvedObject.namespace', about, 'does not match event.namespace')];
  const isTimed = hasTime(event, 'eventTime');
  const mayBeAnywhere = namespace === 'default' || namespace === (isTimed ? 'kube-system' : '');
  const isElsewhere = about === '' ? !mayBeAnywhere : !isTimed && namespace !== about;
  return [
    ...(isElsewhere ? elsewhere : []),
    ...(isTimed ? reporterFindings(event, names) : []),
    ...problemsOf('namespace', namespace, validateDns1123Subdomain(namespace)),
  ];
};

const reporterFindings = (event: Draft, names: EventNames): readonly FieldError[] => {
  const controller = textAt(event, names.controller);
  return [
    ...(controller === '' ? [requiredField(names.controller)] : []),
    ...qualifiedNameFindings(names.controller, controller),
    ...(['reportingInstance', 'action', 'reason'] as const).flatMap((name) => [
      ...(textAt(event, name) === '' ? [requiredField(name)] : []),
      ...lengthFindings(textAt(event, name), name, LONGEST_WORD),
    ]),
    ...lengthFindings(textAt(event, names.note), 'message', LONGEST_NOTE),
  ];
};

const lengthFindings = (text: string, field: string, most: number): readonly FieldError[] =>
  text.length > most ? [invalidField(field, '', `can have at most ${most} characters`)] : [];

const UNSET = 'needs to be unset';

const completeFindings = (event: Draft): readonly FieldError[] => {
  const type = textAt(event, 'type');
  const source = objectAt(event, 'deprecatedSource');
  const isSourced = textAt(source, 'component') !== '' || textAt(source, 'host') !== '';
  return [
    ...seriesFindings(event),
    ...(hasTime(event, 'eventTime') ? [] : [requiredField('eventTime')]),
    ...(type === 'Normal' || type === 'Warning' ? [] : [invalidField('type', '', `has invalid value: ${type}`)]),
    ...(hasTime(event, 'deprecatedFirstTimestamp') ? [invalidField('firstTimestamp', '', UNSET)] : []),
    ...(hasTime(event, 'deprecatedLastTimestamp') ? [invalidField('lastTimestamp', '', UNSET)] : []),
    ...((numberAt(event, 'deprecatedCount') ?? 0) === 0 ? [] : [invalidField('count', '', UNSET)]),
    ...(isSourced ? [invalidField('source', '', UNSET)] : []),
  ];
};

const seriesFindings = (event: Draft): readonly FieldError[] => {
  if (event['series'] === undefined) return [];
  const series = objectAt(event, 'series');
  return [
    ...((numberAt(series, 'count') ?? 0) < 2 ? [invalidField('series.count', '', 'should be at least 2')] : []),
    ...(hasTime(series, 'lastObservedTime') ? [] : [requiredField('series.lastObservedTime')]),
  ];
};

/** What stays, and how it is called in what is said of it. */
const FIXED: readonly (readonly [name: string, field: string])[] = [
  ['regarding', 'involvedObject'],
  ['reason', 'reason'],
  ['note', 'message'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
  ['type', 'type'],
  ['eventTime', 'eventTime'],
  ['action', 'action'],
  ['related', 'related'],
  ['reportingController', 'reportingController'],
  ['reportingInstance', 'reportingInstance'],
];

const changeFindings = (event: Draft, previous: Draft): readonly FieldError[] => [
  ...(isEqual(event['series'], previous['series']) ? [] : seriesFindings(event)),
  ...FIXED.flatMap(([name, field]) =>
    isEqual(givenOf(event[name]), givenOf(previous[name]))
      ? []
      : [invalidField(field, event[name] ?? null, 'field is immutable')],
  ),
];

/** What is nothing may be left out, null, or an object without members. */
const givenOf = (value: unknown): unknown =>
  value === null || value === '' || value === 0 || (isObject(value) && Object.keys(value).length === 0)
    ? undefined
    : value;

const hasTime = (draft: Draft, name: string): boolean => textAt(draft, name) !== '';
