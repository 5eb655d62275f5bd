/**
 * Runs a reconcile function over the keys its sources name. The only place that decides when a key is looked at again.
 * @upstream kubernetes-sigs/controller-runtime pkg/internal/controller/controller.go#reconcileHandler
 */
import { assertNever, messageOf, onAbort, type Clock, type Logger, type Random } from '@argosy/base';
import type { Change, Informer } from '@argosy/client';
import { controllerOf, formatKey, keyOf, parseKey, type KubeObject, type ObjectKey } from '@argosy/kube';

import { classifyError } from './classify-error.ts';
import { createWorkqueue, type Workqueue } from './workqueue.ts';

/** When a key is to be looked at again. */
export type Next =
  /** Nothing to do until something changes. */
  | { readonly kind: 'settled' }
  /** Look again after `afterMs`, whatever happens. */
  | { readonly kind: 'recheck'; readonly afterMs: number }
  /** Something outside must happen first; `reason` says what. */
  | { readonly kind: 'waiting'; readonly reason: string; readonly afterMs?: number }
  /** A human must change something; `reason` says what. */
  | { readonly kind: 'stalled'; readonly reason: string };

/** Names keys when something changes. */
export interface Source {
  /** Resolves when the source knows the world. */
  readonly synced: Promise<void>;
  /** Calls `enqueue` for each key concerned, from now on. */
  subscribe(enqueue: (key: ObjectKey) => void): Disposable;
}

/** What a controller needs. */
export interface ControllerDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** A loop. */
export interface ControllerOptions {
  readonly name: string;
  readonly sources: readonly Source[];
  /** Brings the world of one key towards what is desired. Level-triggered: it is told a name, never a change. */
  readonly reconcile: (key: ObjectKey, signal: AbortSignal) => Promise<Next>;
  /** Keys worked on at the same time; default 4. One key is never worked on twice at once. */
  readonly concurrency?: number;
}

/** A loop that can run. */
export interface Controller {
  readonly name: string;
  /** Waits for the sources, then reconciles until the signal aborts; resolves when the last worker has stopped. */
  run(signal: AbortSignal): Promise<void>;
  /** Asks for a key to be looked at now. */
  enqueue(key: ObjectKey): void;
  /** Keys ready to be worked on. */
  readonly depth: number;
}

/** Creates a controller; nothing happens before `run`. */
export const createController = (deps: ControllerDeps, options: ControllerOptions): Controller => {
  const queue = createWorkqueue(deps);
  const log = deps.log.with({ controller: options.name });
  const enqueue = (key: ObjectKey): void => queue.add(formatKey(key));
  return {
    name: options.name,
    enqueue,
    get depth() {
      return queue.depth;
    },
    run: async (signal) => {
      const subscriptions = options.sources.map((source) => source.subscribe(enqueue));
      onAbort(signal, () => queue.close());
      await Promise.race([Promise.all(options.sources.map((source) => source.synced)), aborted(signal)]);
      const workers = Array.from({ length: options.concurrency ?? 4 }, () => work(queue, options, log, signal));
      await Promise.all(workers);
      for (const subscription of subscriptions) subscription[Symbol.dispose]();
    },
  };
};

/** A source: the objects of an informer themselves. */
export const watchObjects = <T extends KubeObject>(
  informer: Informer<T>,
  concerns: (change: Change<T>) => boolean = () => true,
): Source => watchMapped(informer, (change) => (concerns(change) ? [keyOf(change.object)] : []));

/** A source: the controllers (by owner reference) of an informer's objects, when of this kind. */
export const watchOwned = <T extends KubeObject>(
  informer: Informer<T>,
  owner: { readonly kind: string; readonly namespaced?: boolean },
): Source =>
  watchMapped(informer, (change) => {
    const references = [
      controllerOf(change.object),
      change.kind === 'updated' ? controllerOf(change.previous) : undefined,
    ];
    return references
      .filter((reference) => reference !== undefined)
      .filter((reference) => reference.kind === owner.kind)
      .map((reference) => ({
        ...(owner.namespaced === false ? {} : { namespace: change.object.metadata.namespace }),
        name: reference.name,
      }));
  });

/** A source: whatever keys a change concerns. The mapping must not throw. */
export const watchMapped = <T extends KubeObject>(
  informer: Informer<T>,
  toKeys: (change: Change<T>) => readonly ObjectKey[],
): Source => ({
  synced: informer.synced,
  subscribe: (enqueue) =>
    informer.onChange((change) => {
      for (const key of toKeys(change)) enqueue(key);
    }),
});

const work = async (queue: Workqueue, options: ControllerOptions, log: Logger, signal: AbortSignal): Promise<void> => {
  for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
    await reconcileOnce(key, { queue, options, log, signal });
    queue.done(key);
  }
};

interface WorkerScope {
  readonly queue: Workqueue;
  readonly options: ControllerOptions;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const reconcileOnce = async (key: string, { queue, options, log, signal }: WorkerScope): Promise<void> => {
  try {
    const next = await options.reconcile(parseKey(key), signal);
    queue.forget(key);
    schedule(queue, key, next);
    if (next.kind === 'stalled') log.warn('stalled until somebody changes something', { key, reason: next.reason });
  } catch (thrown) {
    if (signal.aborted) return;
    const sort = classifyError(thrown);
    // A terminal refusal is also tried again, slowly growing: what refuses (an admission rule, a quota) may change
    // without an event that reaches us.
    const waitMs = queue.addRateLimited(key);
    const fields = { key, error: messageOf(thrown), sort, waitMs: Math.round(waitMs) };
    if (sort === 'defect')
      log.error('reconcile threw', { ...fields, stack: thrown instanceof Error ? thrown.stack : undefined });
    else if (sort === 'conflict') log.debug('reconcile lost an update', fields);
    else log.warn('reconcile did not succeed', fields);
  }
};

const schedule = (queue: Workqueue, key: string, next: Next): void => {
  switch (next.kind) {
    case 'settled':
    case 'stalled':
      return;
    case 'recheck':
      return queue.addAfter(key, next.afterMs);
    case 'waiting':
      if (next.afterMs !== undefined) queue.addAfter(key, next.afterMs);
      return;
    default:
      assertNever(next);
  }
};

const aborted = (signal: AbortSignal): Promise<void> => new Promise((resolve) => void onAbort(signal, resolve));
