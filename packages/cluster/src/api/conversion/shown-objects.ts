/**
 * Stored objects as other versions show them, kept within a budget of memory. Who asks for what somebody else is asking
 * for already waits for the same answer.
 */
import type { KubeObject } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import { textOf } from '../../store/object-text.ts';

/** Remembers what was converted. */
export interface ShownObjects {
  /** Finds objects, or has those not known yet made together, in their order. */
  find(
    kind: ServedKind,
    stored: readonly KubeObject[],
    make: (unknown: readonly KubeObject[]) => Promise<readonly KubeObject[]>,
  ): Promise<ReadonlyMap<KubeObject, KubeObject>>;
}

/** Characters of JSON kept at most; the objects take about as much again. */
const BUDGET = 32 * 1024 * 1024;

/** Creates it, empty. */
export const createShownObjects = (budget: number = BUDGET): ShownObjects => {
  const kept = createRecent(budget);
  const coming = new Map<string, Promise<KubeObject>>();
  const nameOf = createNames();
  return {
    find: async (kind, stored, make) => {
      const found = new Map<KubeObject, KubeObject | Promise<KubeObject>>();
      const unknown: KubeObject[] = [];
      for (const object of stored) {
        const name = nameOf(kind, object);
        const one = kept.get(name) ?? coming.get(name);
        if (one) found.set(object, one);
        else unknown.push(object);
      }
      const made = unknown.length > 0 ? make(unknown) : undefined;
      for (const [at, object] of unknown.entries()) {
        const name = nameOf(kind, object);
        const one = (made as Promise<readonly KubeObject[]>).then((all) => all[at] ?? object);
        coming.set(name, one);
        found.set(object, one);
        one.then(
          (shown) => {
            coming.delete(name);
            kept.put(name, shown);
          },
          () => void coming.delete(name),
        );
      }
      const shown = new Map<KubeObject, KubeObject>();
      // One failure is everybody's; all are awaited so that none goes unheard.
      const results = await Promise.all([...found.values()].map(async (one) => one));
      for (const [at, object] of [...found.keys()].entries()) shown.set(object, results[at] ?? object);
      return shown;
    },
  };
};

/** An object in one state, in one version of one state of its definition. */
const createNames = (): ((kind: ServedKind, object: KubeObject) => string) => {
  const kinds = new WeakMap<ServedKind, number>();
  let count = 0;
  return (kind, { metadata }) => {
    let number = kinds.get(kind);
    if (number === undefined) {
      number = count += 1;
      kinds.set(kind, number);
    }
    return `${number}/${metadata.uid}/${metadata.resourceVersion}`;
  };
};

/** The most recently used, within the budget. */
const createRecent = (budget: number) => {
  const entries = new Map<string, KubeObject>();
  let size = 0;
  const drop = (name: string, object: KubeObject): void => {
    entries.delete(name);
    size -= textOf(object).length;
  };
  return {
    get: (name: string): KubeObject | undefined => {
      const object = entries.get(name);
      if (!object) return undefined;
      entries.delete(name);
      entries.set(name, object);
      return object;
    },
    put: (name: string, object: KubeObject): void => {
      const before = entries.get(name);
      if (before) drop(name, before);
      entries.set(name, object);
      size += textOf(object).length;
      for (const [oldest, one] of entries) {
        if (size <= budget) break;
        drop(oldest, one);
      }
    },
  };
};
