/**
 * Objects live in the browser: a stream of what exists, then of what changes.
 */
import type { Clock } from '@argosy/base';
import type { Informer } from '@argosy/client';
import { formatKey, keyOf, type KubeObject } from '@argosy/kube';

import { createSseQueue } from './sse.ts';
import type { Route } from '../door/route.ts';

/** A message of the stream. */
export type LiveMessage =
  | { readonly put: KubeObject }
  | { readonly remove: { readonly kind: string; readonly key: string } }
  /** Everything that existed has been sent. */
  | { readonly ready: true };

/** The route `GET /api/v1/live`: server-sent events named `object` and `ready`. */
export const createLiveObjectsRoute = (deps: {
  readonly clock: Clock;
  readonly informers: readonly Informer[];
}): Route => ({
  method: 'GET',
  path: '/api/v1/live',
  summary: 'Objects of the four products as server-sent events: first those that exist, then changes.',
  handle: async ({ signal }) => {
    const queue = createSseQueue(deps.clock);
    const subscriptions = deps.informers.map((informer) =>
      informer.onChange((change) =>
        queue.push(
          'object',
          change.kind === 'deleted' ? toRemoval(change.object) : { put: presentable(change.object) },
        ),
      ),
    );
    queue.push('ready', { ready: true });
    signal.addEventListener('abort', () => {
      for (const subscription of subscriptions) subscription[Symbol.dispose]();
    });
    return {
      kind: 'stream',
      contentType: 'text/event-stream; charset=utf-8',
      headers: { 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
      chunks: queue.chunks(signal),
    };
  },
});

const toRemoval = (object: KubeObject): LiveMessage => ({
  remove: { kind: object.kind, key: formatKey(keyOf(object)) },
});

/** Leaves out what pages never show and what would only cost bytes. */
const presentable = (object: KubeObject): KubeObject => {
  const { managedFields: _managedFields, annotations, ...metadata } = object.metadata;
  const { 'kubectl.kubernetes.io/last-applied-configuration': _lastApplied, ...shown } = annotations ?? {};
  return { ...object, metadata: { ...metadata, annotations: shown } };
};
