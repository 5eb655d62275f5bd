/**
 * What a change of a cluster object becomes as an event, and whether the source wants it. @spec EV-SRC-26, EV-SRC-27
 */
import { parseTimestamp, type Instant } from '@argosy/base';
import type { Change } from '@argosy/client';
import { compileRegularExpression, getPathOf } from '@argosy/expressions';
import type { KubeObject } from '@argosy/kube';

import type { ResourceSource } from '../../api/event-source.ts';

/** Types of change, as the spec names them. */
export type ResourceEventType = 'ADD' | 'UPDATE' | 'DELETE';

const TYPES = { added: 'ADD', updated: 'UPDATE', deleted: 'DELETE' } as const;

/** The event of a change; `undefined` when the source does not want it. `startedAt`: when the source began to watch. */
export const resourceEvent = (
  config: ResourceSource,
  change: Change,
  at: { readonly startedAt: Instant; readonly now: Instant },
): { readonly data: string; readonly identity: string; readonly happenedAt: Instant } | undefined => {
  const type = TYPES[change.kind];
  const { object } = change;
  const happenedAt = timeOf(type, object) ?? at.now;
  if (!(config.eventTypes ?? []).includes(type) || !passes(config, object, happenedAt, at.startedAt)) return undefined;
  const { group = '', version = '', resource = '', metadata } = config;
  return {
    happenedAt,
    identity: `${object.metadata.uid ?? ''}:${object.metadata.resourceVersion ?? ''}:${type}`,
    data: JSON.stringify({
      type,
      body: object,
      ...(change.kind === 'updated' ? { oldBody: change.previous } : {}),
      group,
      version,
      resource,
      ...(metadata ? { metadata } : {}),
    }),
  };
};

/** The filter's labels as a selector the API understands. */
export const labelSelectorOf = (config: ResourceSource): string =>
  (config.filter?.labels ?? [])
    .map(({ key, operation = '', value = '' }) => {
      switch (operation) {
        case 'exists':
          return key;
        case '!':
          return `!${key}`;
        case 'in':
        case 'notin':
          return `${key} ${operation} (${value})`;
        default:
          return `${key}${operation === '' ? '=' : operation}${value}`;
      }
    })
    .join(',');

const passes = (config: ResourceSource, object: KubeObject, happenedAt: Instant, startedAt: Instant): boolean => {
  const { prefix = '', createdBy, afterStart, fields = [] } = config.filter ?? {};
  if (!(object.metadata.name ?? '').startsWith(prefix)) return false;
  const limit = parseTimestamp(createdBy);
  if (limit !== undefined && (parseTimestamp(object.metadata.creationTimestamp) ?? 0) > limit) return false;
  // Times of objects have whole seconds.
  if (afterStart === true && happenedAt < Math.floor(startedAt / 1000) * 1000) return false;
  return fields.every((field) => matchesField(object, field));
};

/** An operation that is none of the three matches nothing, upstream too. */
const matchesField = (
  object: KubeObject,
  { key, operation, value = '' }: { readonly key: string; readonly operation?: string; readonly value?: string },
): boolean => {
  const found = getPathOf(object, key);
  const pattern = compileRegularExpression(value);
  if (!found || !pattern.ok) return false;
  const matches = pattern.value.test(found.string);
  if (operation === '!=') return !matches;
  return matches && (operation === '=' || operation === '==');
};

const timeOf = (type: ResourceEventType, object: KubeObject): Instant | undefined => {
  if (type === 'ADD') return parseTimestamp(object.metadata.creationTimestamp);
  if (type === 'DELETE') return parseTimestamp(object.metadata.deletionTimestamp);
  const times = (object.metadata.managedFields ?? []).flatMap(({ time }) => parseTimestamp(time) ?? []);
  return times.length > 0 ? Math.max(...times) : undefined;
};
