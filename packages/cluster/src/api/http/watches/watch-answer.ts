/**
 * A watch on its way to its client: first what there is, then what happens. A client that reads slowly holds its own
 * watch back; one that falls too far behind is told to list again.
 */
import type { ServerResponse } from 'node:http';

import type { Clock } from '@argosy/base';
import { ApiStatusError } from '@argosy/kube';

import type { WatchStart } from '../../reads/read-objects.ts';
import { beginStream, drained, sendChunk, type StreamChunk } from '../answers/send-answer.ts';
import type { WatchBatch, WatchHub, WatchSubscription } from './watch-hub.ts';
import type { WatchLines } from './watch-lines.ts';

/** One watch. */
export interface WatchParts {
  /** Name of the resource in the store. */
  readonly resource: string;
  readonly start: WatchStart;
  readonly lines: WatchLines;
  /** Ends politely after this time, in milliseconds. */
  readonly timeoutMs: number | undefined;
}

/** Changes a client may be behind; the store's history reaches further, so that it need not list again to catch up. */
const LARGEST_BACKLOG = 20_000;
/** The same in characters of their objects: memory that a client who does not read keeps from being used again. */
const LARGEST_BACKLOG_SIZE = 64 * 1024 * 1024;
/** Objects of the beginning that are written at once: some hundred KB. */
const FIRST_BLOCK = 200;

/** Subscribes at once; what it returns sends. Throws Expired. */
export const beginWatch = (
  { watches: hub, clock }: { readonly watches: WatchHub; readonly clock: Clock },
  parts: WatchParts,
): ((response: ServerResponse) => Promise<void>) => {
  const waiting = createBacklog();
  const subject = { resource: parts.resource, namespace: parts.start.namespace, from: parts.start.from };
  const subscription = hub.subscribe(subject, { onBatch: waiting.add, onEnd: waiting.close });
  waiting.add(subscription.missed);
  return (response) => sendWatch(response, parts, { waiting, subscription, clock });
};

interface Backlog {
  /** Called when there is something to send, or to end. */
  onNews: () => void;
  readonly add: (batch: WatchBatch) => void;
  readonly close: () => void;
  take(): WatchBatch | undefined;
  readonly state: 'open' | 'closed' | 'overrun';
}

const createBacklog = (): Backlog => {
  const batches: WatchBatch[] = [];
  let count = 0;
  let size = 0;
  let state: Backlog['state'] = 'open';
  const backlog: Backlog = {
    onNews: () => undefined,
    get state() {
      return state;
    },
    add: (batch) => {
      if (state !== 'open' || batch.changes.length === 0) return;
      batches.push(batch);
      count += batch.changes.length;
      size += batch.size;
      if ((count > LARGEST_BACKLOG || size > LARGEST_BACKLOG_SIZE) && batches.length > 1) {
        state = 'overrun';
        batches.length = 0;
      }
      backlog.onNews();
    },
    close: () => {
      state = 'closed';
      backlog.onNews();
    },
    take: () => {
      const batch = batches.shift();
      count -= batch?.changes.length ?? 0;
      size -= batch?.size ?? 0;
      return batch;
    },
  };
  return backlog;
};

const sendWatch = async (
  response: ServerResponse,
  { start, lines, timeoutMs }: WatchParts,
  of: { readonly waiting: Backlog; readonly subscription: WatchSubscription; readonly clock: Clock },
): Promise<void> => {
  const { waiting, subscription, clock } = of;
  const cancelTimer = timeoutMs === undefined ? undefined : clock.setTimer(timeoutMs, waiting.close);
  try {
    beginStream(response, 'application/json');
    if (start.first) await sendFirst(response, start.first, { lines, revision: start.from });
    await sendChanges(response, lines, waiting);
    if (waiting.state === 'overrun') throw overrun(response, clock);
  } finally {
    cancelTimer?.();
    subscription.end();
  }
  if (!response.destroyed) response.end();
};

const sendFirst = async (
  response: ServerResponse,
  objects: WatchStart['first'] & object,
  { lines, revision }: { readonly lines: WatchLines; readonly revision: number },
): Promise<void> => {
  for (let at = 0; at < objects.length && !response.destroyed; at += FIRST_BLOCK) {
    const text = await lines.first(objects.slice(at, at + FIRST_BLOCK));
    if (text !== '' && !response.write(text)) await drained(response);
  }
  const end = lines.firstEnd(revision);
  if (end !== '' && !response.destroyed) response.write(end);
};

/** Sends as fast as the client reads; resolves when either side is done. */
const sendChanges = (response: ServerResponse, lines: WatchLines, waiting: Backlog): Promise<void> =>
  new Promise((resolve, reject) => {
    let isBlocked = false;
    /** What comes next is not known yet; nothing overtakes it. */
    let isAwaited = false;
    const send = (chunk: StreamChunk): void => {
      if (chunk.bytes.byteLength > 0 && !response.destroyed) isBlocked = !sendChunk(response, chunk);
    };
    const sendLater = (chunk: Promise<StreamChunk>): void => {
      isAwaited = true;
      const sendAndGoOn = (known: StreamChunk): void => {
        isAwaited = false;
        send(known);
        pump();
      };
      chunk.then(sendAndGoOn).catch(reject);
    };
    const canSend = (): boolean => !isBlocked && !isAwaited;
    const pump = (): void => {
      if (response.destroyed) return resolve();
      try {
        while (canSend()) {
          const batch = waiting.take();
          if (!batch) break;
          const chunk = lines.changes(batch);
          if (chunk instanceof Promise) sendLater(chunk);
          else send(chunk);
        }
      } catch (thrown) {
        return reject(thrown as Error);
      }
      if (waiting.state !== 'open' && !isAwaited) resolve();
    };
    const drain = (): void => {
      isBlocked = false;
      pump();
    };
    const { socket } = response;
    response.on('drain', drain);
    socket?.on('drain', drain);
    response.once('close', () => {
      socket?.off('drain', drain);
      resolve();
    });
    waiting.onNews = () => {
      if (!isBlocked || waiting.state !== 'open') pump();
    };
    pump();
  });

/** A client that does not read would not read this either, for ever: its connection is cut after a while. */
const overrun = (response: ServerResponse, clock: Clock): ApiStatusError => {
  const cancelTimer = clock.setTimer(PATIENCE_MS, () => response.destroy());
  response.once('close', cancelTimer);
  return new ApiStatusError('Expired', 'too old resource version: the watch fell too far behind and was ended');
};

const PATIENCE_MS = 5_000;
