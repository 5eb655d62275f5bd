/**
 * list and watch over HTTP.
 */
import type { WatchEvent } from '@argosy/client';
import { ApiStatusError, toApiVersion } from '@argosy/kube';

import { textOf } from '../../store/object-text.ts';
import { isMetadataAsked, tableAsked, toPartial } from './object-answers.ts';
import { listOptions, typeOf, type Call, type ResourceAnswer } from './resource-call.ts';
import { toTable } from './table.ts';

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

/** Answers a watch with a stream of events, one per line. */
export const watch = (call: Call): ResourceAnswer => {
  const { client, kind, request } = call;
  const { namespace, labelSelector, fieldSelector } = listOptions(call);
  const sendsInitial = wantsInitialEvents(request.query);
  const given = request.query.get('resourceVersion') ?? '';
  // Zero stands for "whatever there is": the objects first, then what happens to them.
  const resourceVersion = sendsInitial || given === '0' ? '' : given;
  const seconds = Number(request.query.get('timeoutSeconds') ?? 0);
  const signal =
    seconds > 0
      ? AbortSignal.any([request.untilGone(), AbortSignal.timeout(Math.min(seconds, 86_400) * 1000)])
      : request.untilGone();
  const events = client.watch(typeOf(kind), {
    namespace,
    labelSelector,
    fieldSelector,
    ...(resourceVersion ? { resourceVersion } : {}),
    signal,
  });
  return { kind: 'stream', contentType: 'application/json', chunks: watchLines(call, events, sendsInitial) };
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

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

async function* watchLines(
  call: Call,
  events: AsyncIterable<WatchEvent>,
  sendsInitial: boolean,
): AsyncGenerator<string> {
  const wantsBookmarks = call.request.query.get('allowWatchBookmarks') === 'true';
  const include = tableAsked(call.request);
  let isFirst = true;
  let isInitial = sendsInitial;
  try {
    for await (const event of events) {
      if (event.type === 'BOOKMARK') {
        if (!wantsBookmarks) continue;
        const object = {
          kind: call.kind.kind,
          apiVersion: toApiVersion(call.kind),
          metadata: {
            resourceVersion: event.resourceVersion,
            creationTimestamp: null,
            ...(isInitial ? { annotations: { [INITIAL_EVENTS_END]: 'true' } } : {}),
          },
        };
        isInitial = false;
        yield `${JSON.stringify({ type: 'BOOKMARK', object })}\n`;
        continue;
      }
      if (include) {
        const table = toTable(call.kind, [event.object], {
          now: call.context.clock.now(),
          include,
          metadata: { resourceVersion: event.object.metadata.resourceVersion },
          withColumns: isFirst,
        });
        yield `${JSON.stringify({ type: event.type, object: table })}\n`;
        isFirst = false;
        continue;
      }
      yield `{"type":"${event.type}","object":${isMetadataAsked(call.request) ? JSON.stringify(toPartial(event.object)) : textOf(event.object)}}\n`;
    }
  } catch (thrown) {
    if (!(thrown instanceof ApiStatusError)) throw thrown;
    yield `${JSON.stringify({ type: 'ERROR', object: thrown.toStatus() })}\n`;
  }
}
