/**
 * Events of a watch as lines, in the form its client asked for: whole objects, tables, or metadata alone.
 */
import { toApiVersion, type KubeObject } from '@argosy/kube';

import { textOf } from '../../../store/object-text.ts';
import type { Show } from '../../conversion/conversions.ts';
import { objectsOf, selectedEvent, type WatchChange } from '../../reads/read-objects.ts';
import { served } from '../../reads/served-object.ts';
import type { Selection } from '../../reads/selection.ts';
import { isMetadataAsked, tableAsked, toPartial } from '../answers/object-answers.ts';
import type { Call } from '../resource-call.ts';
import { frameChunk, type StreamChunk } from '../answers/send-answer.ts';
import { toTable } from '../answers/table.ts';
import type { WatchBatch } from './watch-hub.ts';

/** Writes the events of one watch. */
export interface WatchLines {
  /** Objects that were there before, as added. */
  first(objects: readonly KubeObject[]): Promise<string>;
  /** The end of those: a bookmark, if the client wants any. */
  firstEnd(revision: number): string;
  /** Changes; most watchers of a kind ask for the same, and share the bytes. A promise where a webhook is asked first. */
  changes(batch: WatchBatch): StreamChunk | Promise<StreamChunk>;
}

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** Creates it for one watch. `sendsInitial`: the watch takes the place of a list. */
export const createWatchLines = (call: Call, selection: Selection, sendsInitial: boolean): WatchLines => {
  const { kind } = call;
  const write = lineWriter(call);
  const isShared = !selection && !tableAsked(call.request) && !isMetadataAsked(call.request);
  const linesOf = ({ changes }: WatchBatch, show: Show): StreamChunk => {
    const lines = changes.map((change) => {
      const event = selectedEvent(show, selection, change);
      return event ? write(event) : '';
    });
    return frameChunk(lines.join(''));
  };
  const tell = (batch: WatchBatch, show: Show): StreamChunk =>
    isShared ? batch.shared(kind, () => linesOf(batch, show)) : linesOf(batch, show);
  const showAtOnce: Show = (stored) => served(kind, stored);
  const { conversions } = call.context;
  return {
    first: async (objects) =>
      objects
        .map(await conversions.shown(kind, objects))
        .filter((object) => !selection || selection(object))
        .map((object) => write({ type: 'ADDED', object }))
        .join(''),
    firstEnd: (revision) =>
      call.request.query.get('allowWatchBookmarks') === 'true' ? bookmark(call, revision, sendsInitial) : '',
    changes: (batch) =>
      kind.conversion
        ? conversions
            .shown(kind, selection ? batch.changes.flatMap(objectsOf) : batch.changes.map(({ object }) => object))
            .then((show) => tell(batch, show))
        : tell(batch, showAtOnce),
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
