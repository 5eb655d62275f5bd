/**
 * A watcher that is cut off again and again and resumes from where it was, within one life of the platform and over its
 * end. It is a promise broken when the history does not reach that far; it lists then, as informers do, and goes on.
 */
import type { HttpClient, WatchEvent } from '@argosy/client';
import { CONFIG_MAPS, isApiError, type ConfigMap } from '@argosy/kube';

import { NAMESPACE, PREFIX } from './written-objects.ts';

/** What a watcher has seen. */
export interface WatcherRecord {
  /** Versions of creations and updates, in the order they came. */
  readonly seen: number[];
  /** Everything up to here has been seen. */
  version: number;
  resumed: number;
  readonly disorder: string[];
}

/** Creates the record of a watcher that begins at a version. */
export const createRecord = (version: number): WatcherRecord => ({
  seen: [],
  version,
  resumed: 0,
  disorder: [],
});

/** How long one watch lasts before it is cut, in milliseconds. */
const CUT_AFTER_MS = 150;

/** Watches until `over` aborts. */
export const watchOn = async (client: HttpClient, record: WatcherRecord, over: AbortSignal): Promise<void> => {
  try {
    while (!over.aborted) {
      const isThere = await watchOnce(client, record, AbortSignal.any([over, AbortSignal.timeout(CUT_AFTER_MS)]));
      if (isThere) record.resumed += 1;
      else await listAgain(client, record);
    }
  } catch (thrown) {
    if (isApiError(thrown)) throw thrown;
    // The platform was killed: whoever does that ends the watcher as well.
  }
};

const listAgain = async (client: HttpClient, record: WatcherRecord): Promise<void> => {
  const list = await client.list(CONFIG_MAPS, { namespace: NAMESPACE, limit: 1 });
  const to = Number(list.metadata.resourceVersion);
  record.disorder.push(`the history did not reach back to ${record.version}`);
  record.version = to;
};

/** Answers whether the history reached as far as the watcher has seen. */
const watchOnce = async (client: HttpClient, record: WatcherRecord, signal: AbortSignal): Promise<boolean> => {
  const options = { namespace: NAMESPACE, resourceVersion: String(record.version), signal };
  try {
    for await (const event of client.watch(CONFIG_MAPS, options)) note(record, event);
    return true;
  } catch (thrown) {
    if (isApiError(thrown, 'Expired', 'Gone')) return false;
    throw thrown;
  }
};

const note = (record: WatcherRecord, event: WatchEvent<ConfigMap>): void => {
  if (event.type === 'BOOKMARK') return;
  const version = Number(event.object.metadata.resourceVersion);
  if (version <= record.version) record.disorder.push(`${version} after ${record.version}`);
  record.version = version;
  const isOurs = (event.object.metadata.name ?? '').startsWith(PREFIX);
  if (isOurs && event.type !== 'DELETED') record.seen.push(version);
};

/** Acknowledged versions the watcher must have seen and has not, and those it has seen twice. */
export const missedOrRepeated = (record: WatcherRecord, acknowledged: readonly number[]): readonly string[] => {
  const seen = new Set(record.seen);
  const missed = acknowledged.filter((version) => version <= record.version && !seen.has(version));
  return [
    ...missed.map((version) => `${version} was never seen`),
    ...(seen.size === record.seen.length ? [] : [`${record.seen.length - seen.size} versions were seen twice`]),
    ...record.disorder,
  ];
};
