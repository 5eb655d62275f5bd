/**
 * What is wrong with the dependencies of a sensor. @spec EV-SEN-02, EV-OPS-06
 * @upstream argoproj/argo-events pkg/reconciler/sensor/validate.go#validateDependencies
 */
import { createZoneClock } from '@argosy/base';

import type { EventDependency, EventFilters } from '../api/sensor.ts';
import { parseTimeOfDay } from '../filters/filter-time.ts';
import type { SensorFinding } from './sensor-plan.ts';

/** Findings in the order of the spec. A bus of upstream's STAN cannot tell two dependencies on one event apart. */
export const validateDependencies = (
  dependencies: readonly EventDependency[],
  options: { readonly isSameEventRefused?: boolean } = {},
): readonly SensorFinding[] => {
  if (dependencies.length === 0)
    return [finding('dependencies', 'empty', 'spec.dependencies: at least one must be given')];
  const seen = new Set<string>();
  const events = new Set<string>();
  return dependencies.flatMap((dependency, index) => {
    const place = `spec.dependencies[${index}]`;
    const event = `${dependency.eventSourceName ?? ''}/${dependency.eventName ?? ''}`;
    const found = [
      ...validateNames(dependency, place),
      ...(seen.has(dependency.name ?? '')
        ? [finding('dependency.name', 'twice', `${place}.name: ${dependency.name ?? ''} is used twice; rename one`)]
        : []),
      ...(options.isSameEventRefused && events.has(event)
        ? [finding('dependency', 'same-event-twice', `${place}: event ${event} is a dependency already`)]
        : []),
      ...validateOperator(dependency.filtersLogicalOperator, 'filtersLogicalOperator', place),
      ...validateFilters(dependency.filters, `${place}.filters`),
    ];
    seen.add(dependency.name ?? '');
    events.add(event);
    return found;
  });
};

const finding = (subject: string, reason: string, message: string): SensorFinding => ({
  part: 'dependencies',
  subject,
  reason,
  message,
});

const validateNames = (dependency: EventDependency, place: string): readonly SensorFinding[] =>
  (['name', 'eventSourceName', 'eventName'] as const)
    .filter((field) => (dependency[field] ?? '') === '')
    .map((field) => finding(`dependency.${field}`, 'missing', `${place}.${field}: must be given`));

const validateOperator = (operator: string | undefined, field: string, place: string): readonly SensorFinding[] =>
  ['', 'and', 'or'].includes(operator ?? '')
    ? []
    : [finding(field, 'unknown-value', `${place}.${field}: ${JSON.stringify(operator)} is not one of and, or`)];

const validateFilters = (filters: EventFilters | undefined, place: string): readonly SensorFinding[] => {
  if (!filters) return [];
  return [
    ...validateOperator(filters.exprLogicalOperator, 'exprLogicalOperator', place),
    ...validateOperator(filters.dataLogicalOperator, 'dataLogicalOperator', place),
    ...validateExpressions(filters, place),
    ...validateData(filters, place),
    ...validateContext(filters, place),
    ...validateTime(filters, place),
  ];
};

const validateExpressions = (filters: EventFilters, place: string): readonly SensorFinding[] =>
  (filters.exprs ?? []).flatMap(({ expr = '', fields = [] }, index) => {
    const at = `${place}.exprs[${index}]`;
    if (expr === '' || fields.length === 0)
      return [finding('filters.exprs', 'expr-or-fields-missing', `${at}: expr and fields must be given`)];
    return fields.some(({ name = '', path = '' }) => name === '' || path === '')
      ? [finding('filters.exprs', 'field-path-or-name-missing', `${at}.fields: each needs path and name`)]
      : [];
  });

const COMPARATORS = ['', '>=', '>', '=', '!=', '<', '<='];

const validateData = (filters: EventFilters, place: string): readonly SensorFinding[] =>
  (filters.data ?? []).flatMap(({ path = '', type = '', value = [], comparator = '' }, index) => {
    const at = `${place}.data[${index}]`;
    if (path === '' || type === '' || value.length === 0)
      return [finding('filters.data', 'type-path-or-value-missing', `${at}: path, type and value must be given`)];
    if (value.includes(''))
      return [finding('filters.data', 'empty-value', `${at}.value: an entry is empty; remove it`)];
    return COMPARATORS.includes(comparator)
      ? []
      : [
          finding(
            'filters.data.comparator',
            'unknown-value',
            `${at}.comparator: ${JSON.stringify(comparator)} is not one of >=, >, =, !=, <, <=`,
          ),
        ];
  });

const validateContext = ({ context }: EventFilters, place: string): readonly SensorFinding[] => {
  if (!context) return [];
  const { type = '', subject = '', source = '', datacontenttype = '' } = context;
  return type + subject + source + datacontenttype === ''
    ? [
        finding(
          'filters.context',
          'empty',
          `${place}.context: one of type, subject, source, datacontenttype must be given; nothing else is compared`,
        ),
      ]
    : [];
};

const validateTime = ({ time }: EventFilters, place: string): readonly SensorFinding[] => {
  if (!time) return [];
  const [start, stop] = [parseTimeOfDay(time.start), parseTimeOfDay(time.stop)];
  if (start === undefined || stop === undefined)
    return [finding('filters.time', 'bad-format', `${place}.time: start and stop must be HH:MM:SS`)];
  if (start === stop)
    return [
      finding('filters.time', 'start-equals-stop', `${place}.time: start and stop are the same; remove the filter`),
    ];
  const zone = createZoneClock(time.timezone ?? '');
  return zone.ok ? [] : [finding('filters.time', 'bad-zone', `${place}.time.timezone: ${zone.error}`)];
};
