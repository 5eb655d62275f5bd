/**
 * A change of an object that a webhook converts on its way out of the store and back. Webhooks take time: what was made
 * of an object is written only if it is still the one that was seen.
 */
import { conflict, notFound, type KubeObject, type ObjectKey } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import type { StoreWrite } from '../../store/store.ts';
import { resourceName, type ApiContext } from '../api-context.ts';
import { withConversions } from '../metadata/owners-in-versions.ts';
import { shownObject } from '../reads/read-objects.ts';

/** How often a change is made anew because the object changed meanwhile. */
const ATTEMPTS = 8;

/** Changes an object; `next` sees and makes it in the version of the kind. Throws NotFound, Conflict, what `next` and conversions throw. */
export const changeConverted = async (
  context: ApiContext,
  kind: ServedKind,
  of: { readonly key: ObjectKey; readonly dryRun: boolean; readonly next: (current: KubeObject) => StoreWrite },
): Promise<KubeObject> => {
  const { key, next } = of;
  let seen = context.store.get(kind.storage, key);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (!seen) throw notFound(resourceName(kind), key.name);
    const current = await shownObject(context, kind, seen);
    const proposed = await withConversions(context, () => next(current));
    if (proposed.kind === 'keep') return current;
    if (of.dryRun) return proposed.object;
    const object = await context.conversions.toStored(kind, proposed.object);
    const { resourceVersion } = seen.metadata;
    let moved: KubeObject | undefined;
    const written = await context.store.write(kind.storage, key, (latest): StoreWrite => {
      if (!latest) throw notFound(resourceName(kind), key.name);
      if (latest.metadata.resourceVersion === resourceVersion) return { kind: proposed.kind, object };
      moved = latest;
      return { kind: 'keep', object: latest };
    });
    if (!moved) return shownObject(context, kind, written);
    seen = moved;
  }
  throw conflict(
    resourceName(kind),
    key.name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
};
