/**
 * list and watch over HTTP.
 */
import type { KubeList, KubeObject } from '@argosy/kube';

import { textOf } from '../../../store/object-text.ts';
import { listObjects, watchStart, type AtRevision } from '../../reads/read-objects.ts';
import { isMetadataAsked, tableAsked, toPartial } from '../answers/object-answers.ts';
import { isAffirmed } from '../request-options.ts';
import { listOptions, type Call, type ResourceAnswer } from '../resource-call.ts';
import { toTable } from '../answers/table.ts';
import { createWatchLines } from '../watches/watch-lines.ts';
import { beginWatch } from '../watches/watch-answer.ts';

/** Answers a list. */
export const list = async (call: Call): Promise<ResourceAnswer> => {
  const found = await listObjects(call.context, call.kind, { ...listOptions(call), ...revisionOf(call) });
  return listAnswer(call, found);
};

/** A list in the form the client likes best. */
export const listAnswer = (call: Call, found: KubeList<KubeObject>): ResourceAnswer => {
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
  // Checked: the objects come first, then a bookmark that says so. @spec https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists
  const sendsInitial = isAffirmed(request.query.get('sendInitialEvents'));
  const given = request.query.get('resourceVersion') ?? '';
  // Zero stands for "whatever there is": the objects first, then what happens to them.
  const resourceVersion = sendsInitial || given === '0' ? '' : given;
  // Who wants no objects first wants what happens from now on.
  const isFromNow = request.query.has('sendInitialEvents') && !sendsInitial && resourceVersion === '';
  const start = watchStart(call.context, kind, {
    namespace,
    labelSelector,
    fieldSelector,
    resourceVersion: isFromNow ? String(call.context.store.revision) : resourceVersion,
  });
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
 * Which revision a list is of. Pages that name a version are of that version, as their continuations are.
 * @spec https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
const revisionOf = ({ request: { query } }: Call): AtRevision => {
  const version = query.get('resourceVersion') ?? '';
  if (version === '' || version === '0') return {};
  const match = query.get('resourceVersionMatch') ?? '';
  const isExact = match === 'Exact' || (match === '' && Number(query.get('limit') ?? 0) > 0);
  return isExact ? { exactVersion: version } : { leastVersion: version };
};
