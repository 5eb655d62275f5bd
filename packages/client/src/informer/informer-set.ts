/**
 * The informers of one process, shared: two loops that watch pods watch them once.
 */
import { onAbort } from '@argosy/base';
import { formatLabelSelector, toApiVersion, type KubeObject } from '@argosy/kube';

import { createInformer, type Informer, type InformerDeps, type InformerOptions } from './informer.ts';

/** Hands out shared informers. */
export interface InformerSet {
  /** The informer of this resource and selection; created, and started if the set runs, at the first call. */
  of<T extends KubeObject>(options: InformerOptions<T>): Informer<T>;
  /** Runs all informers, also those asked for later, until the signal aborts. Call once. */
  run(signal: AbortSignal): Promise<void>;
}

/** Creates an empty set. */
export const createInformerSet = (deps: InformerDeps): InformerSet => {
  const informers = new Map<string, Informer>();
  const running = new Set<Promise<void>>();
  let started: AbortSignal | undefined;

  const start = (informer: Informer, signal: AbortSignal): void => {
    const run = informer.run(signal).finally(() => running.delete(run));
    running.add(run);
  };
  return {
    of: <T extends KubeObject>(options: InformerOptions<T>): Informer<T> => {
      const identity = identityOf(options);
      const known = informers.get(identity);
      if (known) {
        // The identity contains the resource, which fixes the type of its objects.
        const shared = known as unknown as Informer<T>;
        for (const [name, index] of Object.entries(options.indexes ?? {})) shared.addIndex(name, index);
        return shared;
      }
      const created = createInformer(deps, options);
      informers.set(identity, created as unknown as Informer);
      if (started) start(created as unknown as Informer, started);
      return created;
    },
    run: async (signal) => {
      started = signal;
      for (const informer of informers.values()) start(informer, signal);
      await new Promise<void>((resolve) => void onAbort(signal, resolve));
      await Promise.all(running);
    },
  };
};

const identityOf = <T extends KubeObject>(options: InformerOptions<T>): string =>
  JSON.stringify([
    toApiVersion(options.resource),
    options.resource.resource,
    options.namespace ?? '',
    typeof options.labelSelector === 'object'
      ? formatLabelSelector(options.labelSelector)
      : (options.labelSelector ?? ''),
    options.fieldSelector ?? '',
  ]);
