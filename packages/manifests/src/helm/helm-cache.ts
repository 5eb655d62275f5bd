/**
 * What is worth keeping between renders: compiled templates and schemas, by their text, charts, by the very bytes of
 * their files, and what rendered manifests say. Many applications of one chart compile it once, and most of what it
 * renders to is what it was before.
 */
import { createHash } from 'node:crypto';

import { LRUCache } from 'lru-cache';

/** Keeps what is made from texts and files. */
export interface HelmCache {
  /** What was made from these texts before, or is made now. `kind` keeps uses apart. */
  keep<T extends object>(kind: string, texts: readonly string[], make: () => T): T;
  /**
   * What was made last from `owner` and these parts, each the very same object or an equal text; made now for others.
   * Lives as long as its owner: for contents that are remembered themselves, and never change. One type by owner.
   */
  keepWith<T extends object>(owner: object, parts: readonly unknown[], make: () => T): T;
  /** Manifests by their text. */
  readonly manifests: {
    get(text: string): KeptManifest | undefined;
    set(text: string, manifest: KeptManifest): void;
  };
}

/** What a manifest that was read says. */
export interface KeptManifest {
  readonly kind: string;
  readonly hook: string | undefined;
  /** All of it, as JSON; absent when nobody wanted it. */
  readonly json: string | undefined;
}

/** Charts kept when nobody says how many: a few hundred megabytes at the very most. */
const DEFAULT_CHARTS = 64;
/** Characters of manifests, and of their JSON. */
const MOST_CHARACTERS = 16 * 1024 * 1024;

/** Creates a cache of this many compiled things. */
export const createHelmCache = (options: { readonly entries?: number } = {}): HelmCache => {
  const max = options.entries ?? DEFAULT_CHARTS;
  const kept = new LRUCache<string, object>({ max });
  const recent = new LRUCache<string, Made>({ max });
  const owned = new WeakMap<object, Made>();
  const manifests = new LRUCache<string, KeptManifest>({
    maxSize: MOST_CHARACTERS,
    sizeCalculation: ({ json }, text) => 1 + text.length + (json?.length ?? 0),
  });
  return {
    keep: <T extends object>(kind: string, texts: readonly string[], make: () => T): T => {
      const lengths = `${kind} ${texts.map((text) => text.length).join(' ')}`;
      const last = recent.get(lengths);
      // A kind is used for one type.
      if (last && areSame(last.parts, texts)) return last.value as T;
      const key = `${kind} ${digestOf(texts)}`;
      const value = (kept.get(key) as T | undefined) ?? make();
      kept.set(key, value);
      recent.set(lengths, { parts: texts, value });
      return value;
    },
    keepWith: <T extends object>(owner: object, parts: readonly unknown[], make: () => T): T => {
      const known = owned.get(owner);
      if (known && areSame(known.parts, parts)) return known.value as T;
      const value = make();
      owned.set(owner, { parts, value });
      return value;
    },
    manifests: {
      get: (text) => manifests.get(text),
      set: (text, manifest) => void manifests.set(text, manifest),
    },
  };
};

/** A cache that keeps nothing. */
export const NO_CACHE: HelmCache = {
  keep: (_kind, _texts, make) => make(),
  keepWith: (_owner, _parts, make) => make(),
  manifests: { get: () => undefined, set: () => {} },
};

interface Made {
  readonly parts: readonly unknown[];
  readonly value: object;
}

/** Texts of a chart that is kept are the very same ones, and compared at once. */
const areSame = (left: readonly unknown[], right: readonly unknown[]): boolean =>
  left.length === right.length && left.every((part, at) => part === right[at]);

const digestOf = (texts: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length} `).update(text);
  return hash.digest('hex');
};
