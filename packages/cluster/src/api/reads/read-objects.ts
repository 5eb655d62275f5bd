/**
 * get, list and watch, for every kind.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/{get,watch}.go
 */
import type { ListOptions, WatchEvent, WatchOptions } from '@argosy/client';
import {
  ApiStatusError,
  isApiError,
  notFound,
  toApiVersion,
  type KubeList,
  type KubeObject,
  type ObjectKey,
  type StatusObject,
} from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import type { StoreEvent, StoreList } from '../../store/store.ts';
import { resourceName, type ApiContext } from '../api-context.ts';
import type { Conversions, Show } from '../conversion/conversions.ts';
import { served } from './served-object.ts';
import { selectionOf, type Selection } from './selection.ts';

/** Gets one object; throws NotFound. */
export const getObject = async (context: ApiContext, kind: ServedKind, key: ObjectKey): Promise<KubeObject> => {
  const stored = context.store.get(kind.storage, scopedKey(kind, key));
  if (!stored) throw notFound(resourceName(kind), key.name);
  return shownObject(context, kind, stored);
};

/** A stored object as this version of its kind shows it; frozen. Throws what conversions throw. */
export const shownObject = (
  context: ApiContext,
  kind: ServedKind,
  stored: KubeObject,
): KubeObject | Promise<KubeObject> =>
  kind.conversion ? convertedObject(context, kind, stored) : served(kind, stored);

const convertedObject = async (context: ApiContext, kind: ServedKind, stored: KubeObject): Promise<KubeObject> =>
  (await context.conversions.shown(kind, [stored]))(stored);

/** The key of an object within the scope of its kind. */
export const scopedKey = (kind: ServedKind, key: ObjectKey): ObjectKey =>
  kind.namespaced && key.namespace ? { namespace: key.namespace, name: key.name } : { name: key.name };

/** Of which revision a list is: exactly that, or no older one. Absent: the newest. */
export interface AtRevision {
  readonly exactVersion?: string;
  readonly leastVersion?: string;
}

/**
 * Lists at one revision. A continued list stays at the revision of its first page. Throws Expired when the revision is gone,
 * Timeout when it is yet to come, BadRequest.
 */
export const listObjects = async (
  context: ApiContext,
  kind: ServedKind,
  options: ListOptions & AtRevision = {},
): Promise<KubeList> => {
  const namespace = kind.namespaced ? options.namespace || undefined : undefined;
  const selection = selectionOf(kind, options);
  const from = options.continue ? parseContinue(options.continue) : firstPage(context, options);
  const { items, revision } = pageSource(context, kind, { namespace, from });
  const later = from?.after ? items.filter((object) => orderOf(object) > from.after) : items;
  const rest = selection ? (await shownObjects(context, kind, later)).filter(selection) : later;
  const cut = options.limit && options.limit > 0 ? rest.slice(0, options.limit) : rest;
  // Without a selection only what is on the page need be shown.
  const page = selection ? cut : await shownObjects(context, kind, cut);
  const last = page.at(-1);
  const more = rest.length - page.length;
  return {
    apiVersion: toApiVersion(kind),
    kind: kind.listKind,
    metadata: {
      resourceVersion: String(revision),
      ...(more > 0 && last ? { continue: formatContinue(revision, orderOf(last)) } : {}),
      ...(more > 0 && !selection ? { remainingItemCount: more } : {}),
    },
    items: page,
  };
};

const shownObjects = async (
  context: ApiContext,
  kind: ServedKind,
  stored: readonly KubeObject[],
): Promise<readonly KubeObject[]> => {
  if (kind.conversion) return stored.map(await context.conversions.shown(kind, stored));
  return kind.strategy.fromStored ? stored.map((object) => served(kind, object)) : stored;
};

interface Page {
  /** `undefined`: whatever is newest. */
  readonly revision: number | undefined;
  /** Empty before the first object. */
  readonly after: string;
}

const firstPage = (context: ApiContext, { exactVersion, leastVersion }: AtRevision): Page | undefined => {
  const version = exactVersion ?? leastVersion;
  if (version === undefined) return undefined;
  const revision = reachedRevision(context, version);
  return exactVersion === undefined ? undefined : { revision, after: '' };
};

/**
 * The revision a caller has seen. One that is yet to come is refused in the words by which clients know that they should
 * come back. @upstream kubernetes staging/src/k8s.io/apiserver/pkg/storage/errors.go#NewTooLargeResourceVersionError
 */
export const reachedRevision = ({ store }: ApiContext, version: string): number => {
  const revision = parseRevision(version);
  if (revision <= store.revision) return revision;
  throw new ApiStatusError('Timeout', `Too large resource version: ${revision}, current: ${store.revision}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
};

const pageSource = (
  context: ApiContext,
  kind: ServedKind,
  { namespace, from }: { readonly namespace: string | undefined; readonly from: Page | undefined },
): StoreList => {
  const at = from?.revision;
  try {
    return context.store.list(kind.storage, { namespace, ...(at === undefined ? {} : { at }) });
  } catch (thrown) {
    if (from?.after && isApiError(thrown, 'Expired')) throw new ExpiredPage(from.after);
    throw thrown;
  }
};

/** The revision of a list is gone. Clients that would rather have the rest as it is now find the token for it here. */
class ExpiredPage extends ApiStatusError {
  readonly #after: string;

  constructor(after: string) {
    super(
      'Expired',
      'the continue token is too old: list again without it, or go on with the one in this answer, whose pages show what is there now and not what was there then',
    );
    this.#after = after;
  }

  override toStatus(): StatusObject {
    return { ...super.toStatus(), metadata: { continue: formatContinue(NEWEST, this.#after) } };
  }
}

/** In a token: whatever is newest. */
const NEWEST = -1;

/** Where a watch starts, and what of it is shown. */
export interface WatchStart {
  readonly namespace: string | undefined;
  readonly selection: Selection;
  /** Objects to begin with; absent when the watch resumes. As stored. */
  readonly first: readonly KubeObject[] | undefined;
  /** Changes after this revision follow. */
  readonly from: number;
}

/** A change as a watcher sees it. */
export type WatchChange = Exclude<WatchEvent, { readonly type: 'BOOKMARK' }>;

/** Checks the selectors and the version of a watch. Throws Expired, BadRequest. */
export const watchStart = (context: ApiContext, kind: ServedKind, options: WatchOptions): WatchStart => {
  const namespace = kind.namespaced ? options.namespace || undefined : undefined;
  const selection = selectionOf(kind, options);
  const resumed =
    options.resourceVersion !== undefined && options.resourceVersion !== '' && options.resourceVersion !== '0';
  const first = resumed ? undefined : context.store.list(kind.storage, { namespace });
  const from = first?.revision ?? parseRevision(options.resourceVersion ?? '');
  if (from > context.store.revision) throw new ApiStatusError('Expired', `too large resource version: ${from}`);
  return { namespace, selection, first: first?.items, from };
};

/** Streams changes. The kind, the selectors and the version are checked before the first event is asked for. */
export const watchObjects = (
  context: ApiContext,
  kind: ServedKind,
  options: WatchOptions = {},
): AsyncIterable<WatchEvent> => {
  const start = watchStart(context, kind, options);
  const { from, namespace } = start;
  const changes = context.store.watch(kind.storage, { from, namespace, signal: options.signal });
  return streamEvents(context.conversions, kind, { start, changes, signal: options.signal });
};

async function* streamEvents(
  conversions: Conversions,
  kind: ServedKind,
  of: {
    readonly start: WatchStart;
    readonly changes: AsyncIterable<readonly StoreEvent[]>;
    readonly signal: AbortSignal | undefined;
  },
): AsyncGenerator<WatchEvent> {
  const { selection, first, from } = of.start;
  const showFirst = await conversions.shown(kind, first ?? []);
  for (const stored of first ?? []) {
    const object = showFirst(stored);
    if (!selection || selection(object)) yield { type: 'ADDED', object };
  }
  if (first) yield { type: 'BOOKMARK', resourceVersion: String(from) };
  const showAtOnce: Show = (stored) => served(kind, stored);
  for await (const batch of of.changes)
    for (const change of batch) {
      if (of.signal?.aborted) return;
      const show = kind.conversion ? await conversions.shown(kind, objectsOf(change)) : showAtOnce;
      const event = selectedEvent(show, selection, change);
      if (event) yield event;
    }
}

/** A change as a selecting watcher sees it: an object that comes into the selection is added, one that leaves is deleted. */
export const selectedEvent = (show: Show, selection: Selection, change: StoreEvent): WatchChange | undefined => {
  const object = show(change.object);
  if (!selection) return { type: change.type, object };
  const before = change.previous !== undefined && selection(show(change.previous));
  const after = change.type !== 'DELETED' && selection(object);
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object };
  return before ? { type: 'DELETED', object } : undefined;
};

/** What must be shown of a change to tell whom it concerns. */
export const objectsOf = ({ object, previous }: StoreEvent): readonly KubeObject[] =>
  previous ? [object, previous] : [object];

const orderOf = (object: KubeObject): string => `${object.metadata.namespace ?? ''}\u0000${object.metadata.name ?? ''}`;

const formatContinue = (revision: number, after: string): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: after })).toString('base64url');

const parseContinue = (token: string): Page => {
  try {
    const parsed = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Record<string, unknown>;
    if (Number.isSafeInteger(parsed['rv']) && typeof parsed['start'] === 'string')
      return { revision: parsed['rv'] === NEWEST ? undefined : (parsed['rv'] as number), after: parsed['start'] };
  } catch {
    // Falls through to the one answer for every token we did not write.
  }
  throw new ApiStatusError('BadRequest', 'continue key is not valid: list again without it');
};

const parseRevision = (text: string): number => {
  if (!/^\d{1,15}$/.test(text))
    throw new ApiStatusError('BadRequest', `Invalid value: "${text}": not a resource version`);
  return Number(text);
};
