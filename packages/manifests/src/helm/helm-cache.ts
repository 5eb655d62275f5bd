/**
 * What is worth keeping between renders: compiled templates and schemas, by their text. Many applications of one chart
 * compile it once.
 */
import { createHash } from 'node:crypto';

import { LRUCache } from 'lru-cache';

/** Keeps what is made from texts. */
export interface HelmCache {
  /** What was made from these texts before, or is made now. `kind` keeps uses apart. */
  keep<T extends object>(kind: string, texts: readonly string[], make: () => T): T;
}

/** Charts kept when nobody says how many: a few hundred megabytes at the very most. */
const DEFAULT_CHARTS = 64;

/** Creates a cache of this many compiled things. */
export const createHelmCache = (options: { readonly entries?: number } = {}): HelmCache => {
  const kept = new LRUCache<string, object>({ max: options.entries ?? DEFAULT_CHARTS });
  return {
    keep: <T extends object>(kind: string, texts: readonly string[], make: () => T): T => {
      const hash = createHash('sha256');
      for (const text of texts) hash.update(`${text.length} `).update(text);
      const key = `${kind} ${hash.digest('hex')}`;
      const known = kept.get(key);
      // A kind is used for one type.
      if (known) return known as T;
      const made = make();
      kept.set(key, made);
      return made;
    },
  };
};

/** A cache that keeps nothing. */
export const NO_CACHE: HelmCache = { keep: (_kind, _texts, make) => make() };
