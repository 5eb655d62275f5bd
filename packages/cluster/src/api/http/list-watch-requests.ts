/**
 * list and watch over HTTP.
 */
import { ApiStatusError } from '@argosy/kube';

import { textOf } from '../../store/object-text.ts';
import { watchStart } from '../read-objects.ts';
import { isMetadataAsked, tableAsked, toPartial } from './object-answers.ts';
import { listOptions, typeOf, type Call, type ResourceAnswer } from './resource-call.ts';
import { toTable } from './table.ts';
import { createWatchLines } from './watch-lines.ts';
import { beginWatch } from './watch-answer.ts';

/** Answers a list. */
export const list = async (call: Call): Promise<ResourceAnswer> => {
  const found = await call.client.list(typeOf(call.kind), listOptions(call));
  const include = tableAsked(call.request);
  if (include)
    return {
      kind: 'json',
      status: 200,
      value: toTable(call.kind, found.items, { now: call.context.clock.now(), include, metadata: found.metadata }),
    };
  if (isMetadataAsked(call.request)) {
    const items = found.items.map(toPartial);
    return {
      kind: 'json',
      status: 200,
      value: { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata: found.metadata, items },
    };
  }
  const { items, ...head } = found;
  // Each object's text is made once and used by every answer that holds it.
  const text = JSON.stringify(head).slice(0, -1);
  return { kind: 'json', status: 200, value: `${text},"items":[${items.map(textOf).join(',')}]}` };
};

/** Answers a watch with a stream of events, one per line. Throws Expired, BadRequest, Invalid. */
export const watch = (call: Call): ResourceAnswer => {
  const { kind, request } = call;
  const { namespace, labelSelector, fieldSelector } = listOptions(call);
  const sendsInitial = wantsInitialEvents(request.query);
  const given = request.query.get('resourceVersion') ?? '';
  // Zero stands for "whatever there is": the objects first, then what happens to them.
  const resourceVersion = sendsInitial || given === '0' ? '' : given;
  const start = watchStart(call.context, kind, { namespace, labelSelector, fieldSelector, resourceVersion });
  const lines = createWatchLines(call, start.selection, sendsInitial);
  const seconds = Number(request.query.get('timeoutSeconds') ?? 0);
  const timeoutMs = seconds > 0 ? Math.min(seconds, 86_400) * 1000 : undefined;
  return {
    kind: 'watch',
    begin: beginWatch(
      { watches: call.watches, clock: call.context.clock },
      { resource: kind.storage, start, lines, timeoutMs },
    ),
  };
};

/**
 * Whether a watch is to take the place of a list: the objects come first, then a bookmark that says so. Throws Invalid for a
 * request that could not be told when that is. @spec https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists
 */
const wantsInitialEvents = (query: URLSearchParams): boolean => {
  const asked = query.get('sendInitialEvents');
  if (asked === null) return false;
  if (query.get('resourceVersionMatch') !== 'NotOlderThan')
    throw new ApiStatusError(
      'Invalid',
      'resourceVersionMatch: Required value: sendInitialEvents requires resourceVersionMatch NotOlderThan',
    );
  if (asked === 'true' && query.get('allowWatchBookmarks') !== 'true')
    throw new ApiStatusError('Invalid', 'allowWatchBookmarks: Required value: sendInitialEvents requires bookmarks');
  return asked === 'true';
};
