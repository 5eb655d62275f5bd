/**
 * The changes that the log of writes still has from before a start: whoever watched when the process ended goes on where
 * they were, as if it had not. The log says what was written and not what that replaced; where an object was written once
 * only, and the database has that already, what it was before is not known, and the changes begin after it.
 */
import { deepFreeze } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';

import type { LoggedBatch, LoggedWrite } from './log-records.ts';
import type { EarlierChanges, StoreEvent } from './store.ts';

/** What the changes are made of. */
export interface LoggedChangesParts {
  /** In order of revision, those the database had seen included. */
  readonly batches: readonly LoggedBatch[];
  /** The latest revision of the store. */
  readonly revision: number;
  /** What the database had, before the log was applied to it, at the places that changed. */
  readonly replaced: ReadonlyMap<string, Uint8Array | undefined>;
  readonly decode: (place: string, bytes: Uint8Array) => KubeObject;
}

interface NumberedWrite extends LoggedWrite {
  readonly revision: number;
}

/** Returns the changes of a resource. They are decoded anew at each call. Throws what `decode` throws. */
export const createLoggedChanges = (parts: LoggedChangesParts): ((resource: string) => EarlierChanges) => {
  const unbroken = unbrokenEnd(parts.batches, parts.revision);
  const start = unbroken[0]?.previous ?? parts.revision;
  let byResource: Map<string, NumberedWrite[]> | undefined;
  return (resource) => {
    byResource ??= groupByResource(unbroken.flatMap(numbered));
    return changesOf(byResource.get(resource) ?? [], start, parts);
  };
};

/** The batches that lead to the revision without a hole, and that count a revision for each write. */
const unbrokenEnd = (batches: readonly LoggedBatch[], revision: number): readonly LoggedBatch[] => {
  let reached = revision;
  const first = batches.findLastIndex((batch) => {
    const fits = batch.revision === reached && batch.writes.length === batch.revision - batch.previous;
    if (fits) reached = batch.previous;
    return !fits;
  });
  return batches.slice(first + 1);
};

const numbered = ({ previous, writes }: LoggedBatch): readonly NumberedWrite[] =>
  writes.map((write, at) => ({ ...write, revision: previous + 1 + at }));

const groupByResource = (writes: readonly NumberedWrite[]): Map<string, NumberedWrite[]> => {
  const groups = new Map<string, NumberedWrite[]>();
  for (const write of writes) {
    const resource = write.place.slice(0, write.place.indexOf(' '));
    const group = groups.get(resource);
    if (group) group.push(write);
    else groups.set(resource, [write]);
  }
  return groups;
};

const changesOf = (
  writes: readonly NumberedWrite[],
  start: number,
  { replaced, decode }: LoggedChangesParts,
): EarlierChanges => {
  const latest = new Map<string, KubeObject | undefined>();
  let after = start;
  let changes: StoreEvent[] = [];
  /** Of a place that was applied in part before the crash, the database has a later state. */
  const stateBefore = (place: string, revision: number): KubeObject | undefined => {
    if (latest.has(place)) return latest.get(place);
    const bytes = replaced.get(place);
    const object = bytes && decode(place, bytes);
    return object && Number(object.metadata.resourceVersion) < revision ? deepFreeze(object) : undefined;
  };
  for (const { place, bytes, isNew = false, revision } of writes) {
    const previous = isNew ? undefined : stateBefore(place, revision);
    const object = bytes && deepFreeze(decode(place, bytes));
    latest.set(place, object);
    if (isNew && object) changes.push({ type: 'ADDED', object, previous, revision });
    else if (previous && object) changes.push({ type: 'MODIFIED', object, previous, revision });
    else if (previous) changes.push({ type: 'DELETED', object: removedAt(previous, revision), previous, revision });
    else {
      changes = [];
      after = revision;
    }
  }
  return { changes, after };
};

const removedAt = (object: KubeObject, revision: number): KubeObject =>
  deepFreeze({ ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } });
