/**
 * Events of a watch as lines, in the form its client asked for: whole objects, tables, or metadata alone.
 */
import { toApiVersion, type KubeObject } from '@argosy/kube';

import { textOf } from '../../store/object-text.ts';
import { selectedEvent, served, type WatchChange } from '../read-objects.ts';
import type { Selection } from '../selection.ts';
import { isMetadataAsked, tableAsked, toPartial } from './object-answers.ts';
import type { Call } from './resource-call.ts';
import { frameChunk, type StreamChunk } from './send-answer.ts';
import { toTable } from './table.ts';
import type { WatchBatch } from './watch-hub.ts';

/** Writes the events of one watch. */
export interface WatchLines {
  /** Objects that were there before, as added. */
  first(objects: readonly KubeObject[]): string;
  /** The end of those: a bookmark, if the client wants any. */
  firstEnd(revision: number): string;
  /** Changes; most watchers of a kind ask for the same, and share the bytes. */
  changes(batch: WatchBatch): StreamChunk;
}

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** Creates it for one watch. `sendsInitial`: the watch takes the place of a list. */
export const createWatchLines = (call: Call, selection: Selection, sendsInitial: boolean): WatchLines => {
  const { kind } = call;
  const write = lineWriter(call);
  const isShared = !selection && !tableAsked(call.request) && !isMetadataAsked(call.request);
  const linesOf = ({ changes }: WatchBatch): StreamChunk => {
    const lines = changes.map((change) => {
      const event = selectedEvent(kind, selection, change);
      return event ? write(event) : '';
    });
    return frameChunk(lines.join(''));
  };
  return {
    first: (objects) =>
      objects
        .map((stored) => served(kind, stored))
        .filter((object) => !selection || selection(object))
        .map((object) => write({ type: 'ADDED', object }))
        .join(''),
    firstEnd: (revision) =>
      call.request.query.get('allowWatchBookmarks') === 'true' ? bookmark(call, revision, sendsInitial) : '',
    changes: (batch) => (isShared ? batch.shared(kind, () => linesOf(batch)) : linesOf(batch)),
  };
};

const lineWriter = (call: Call): ((event: WatchChange) => string) => {
  const include = tableAsked(call.request);
  if (!include) {
    const write = isMetadataAsked(call.request)
      ? (object: KubeObject): string => JSON.stringify(toPartial(object))
      : textOf;
    return ({ type, object }) => `{"type":"${type}","object":${write(object)}}\n`;
  }
  // The columns are told once.
  let withColumns = true;
  return ({ type, object }) => {
    const metadata = { resourceVersion: object.metadata.resourceVersion };
    const table = toTable(call.kind, [object], { now: call.context.clock.now(), include, metadata, withColumns });
    withColumns = false;
    return `${JSON.stringify({ type, object: table })}\n`;
  };
};

const bookmark = ({ kind }: Call, revision: number, endsInitial: boolean): string => {
  const metadata = {
    resourceVersion: String(revision),
    creationTimestamp: null,
    ...(endsInitial ? { annotations: { [INITIAL_EVENTS_END]: 'true' } } : {}),
  };
  return `${JSON.stringify({ type: 'BOOKMARK', object: { kind: kind.kind, apiVersion: toApiVersion(kind), metadata } })}\n`;
};
