/**
 * What applications' sources render to, remembered. Sources are looked at again when their time has come, when
 * somebody asks, or when they were changed; a commit that changes nothing a render looked at costs no render.
 */
import { Failure, isEqual, messageOf, type Clock, type Instant, type Logger, type Random } from '@argosy/base';
import { createHelmCache, type NetworkSources, type Repositories } from '@argosy/manifests';

import type { Application } from '../../api/application.ts';
import type { ApplicationSource } from '../../api/application-source.ts';
import type { Projects } from '../../project/projects.ts';
import type { RepositoryCatalog } from '../../repository/repository-catalog.ts';
import type { SourcePlugins } from '../../source/tools/plugin-source.ts';
import { refreshPathsOf } from '../../source/refresh-paths.ts';
import type { RenderSource } from '../../source/render-on-worker.ts';
import type { RenderContext } from '../../source/render-source.ts';
import type { SourceState } from './source-state.ts';
import { createPartRenderer, type PartRenderer, type RenderedPart } from './render-parts.ts';
import { askedSources, isSameRender, type Asked } from './asked-sources.ts';

/** Whether a source is concerned, and by which paths it may be. */
export type IsConcerned = (source: ApplicationSource, paths: readonly string[]) => boolean;

/** Resolves sources. */
export interface Sources {
  /** The state of an application's sources. Never throws: what went wrong is in the state. */
  resolve(
    key: string,
    application: Application,
    context: RenderContext,
  ): Promise<{ readonly state: SourceState; readonly recheckMs: number }>;
  /** The next `resolve` of this application looks at its repositories, whatever the time. */
  expire(key: string): void;
  /** Whether the next `resolve` may give something else; true when that cannot be told. Never throws. */
  mayChange(key: string): Promise<boolean>;
  /** Applications with such a source; `paths` are those that concern it, none: all do. */
  keysOf(isSuch: IsConcerned): readonly string[];
  /** Forgets an application. */
  forget(key: string): void;
}

/** Ports of the sources. */
export interface SourcesDeps {
  readonly repositories: Repositories;
  readonly network: NetworkSources;
  readonly catalog: Pick<RepositoryCatalog, 'accessOf' | 'urlOf'>;
  readonly projects: Pick<Projects, 'permitsSource'>;
  /** Renders elsewhere; in this thread when absent. */
  readonly renderSource?: RenderSource;
  /** What administrators configured. */
  readonly plugins?: SourcePlugins;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** How often repositories are looked at: 120 s and up to 60 s of jitter, as upstream. */
const POLL_MS = 120_000;
const POLL_JITTER_MS = 60_000;
/** A failing repository is asked again sooner. */
const RETRY_MS = 15_000;
/** A host that is away for less changes nothing that is known of its applications (CD-GEN-11). */
const GRACE_MS = 180_000;

interface Remembered extends Asked {
  readonly state: SourceState;
  /** What each source rendered to; empty after a failure. */
  readonly parts: readonly RenderedPart[];
  readonly dueAt: Instant;
  /** A moment of the fetches: what was pushed before has been seen. */
  readonly at: number;
  /** Since when its repositories cannot be reached; the state is from before. */
  readonly awaySince?: Instant;
}

/** Creates the memory. */
export const createSources = (deps: SourcesDeps): Sources => {
  const memory = new Map<string, Remembered>();
  const renderer = createPartRenderer({ ...deps, helmCache: createHelmCache() });
  /** When each application was expired: a look that began before does not count as one after. */
  const expiries = new Map<string, Expiry>();
  const remember = (key: string, next: Remembered): void => {
    const kept = new Set(next.parts.map(({ id }) => id));
    renderer.forget((memory.get(key)?.parts ?? []).filter(({ id }) => !kept.has(id)));
    memory.set(key, next);
  };
  return {
    resolve: async (key, application, context) => {
      const asked: Asked = { key, context, ...askedSources(application) };
      if (asked.sources.length === 0)
        return { state: { kind: 'failed', message: 'spec.source is not set' }, recheckMs: POLL_MS };
      const [known, expiry] = [memory.get(key), expiries.get(key)];
      const looked = await lookIfDue(deps, renderer, { asked, known, expiry });
      const isOverdue = expiries.get(key) !== expiry;
      // The annotation may have changed, which changes nothing of what is rendered.
      const current = { ...looked, generatePaths: asked.generatePaths, ...(isOverdue && { dueAt: 0 }) };
      remember(key, current);
      return { state: current.state, recheckMs: Math.max(100, current.dueAt - deps.clock.now()) };
    },
    expire: (key) => {
      expiries.set(key, { since: deps.repositories.moment() });
      const known = memory.get(key);
      if (known) memory.set(key, { ...known, dueAt: 0 });
    },
    mayChange: async (key) => {
      const known = memory.get(key);
      return !known || renderer.mayChange(known, known.parts, expiries.get(key)?.since).catch(() => true);
    },
    keysOf: (isSuch) => [...memory].filter(([, known]) => isSomeConcerned(known, isSuch)).map(([key]) => key),
    forget: (key) => {
      renderer.forget(memory.get(key)?.parts ?? []);
      memory.delete(key);
      expiries.delete(key);
    },
  };
};

/** Compared by identity. */
interface Expiry {
  /** A moment of the fetches: one that began before may lack what was pushed. */
  readonly since: number;
}

interface Looking {
  readonly asked: Asked;
  readonly known: Remembered | undefined;
  /** Fetches that began after it will do; absent: only one that begins now. */
  readonly since?: number | undefined;
  /** When to look again, if that is settled before the look. */
  readonly dueAt?: Instant;
}

const lookIfDue = async (
  deps: SourcesDeps,
  renderer: PartRenderer,
  { asked, known, expiry }: Pick<Looking, 'asked' | 'known'> & { readonly expiry: Expiry | undefined },
): Promise<Remembered> => {
  const now = deps.clock.now();
  if (known && isFresh(known, asked, now)) return known;
  return look(deps, renderer, { asked, known, ...freshEnough(known, asked, { expiry, now }) });
};

/**
 * A push was told of at a moment. Whoever asks for another revision of the same, as a sync does when it begins and
 * ends, is content with what was fetched for the look before, and for no longer than that was good for.
 */
const freshEnough = (
  known: Remembered | undefined,
  asked: Asked,
  { expiry, now }: { readonly expiry: Expiry | undefined; readonly now: Instant },
): Pick<Looking, 'since' | 'dueAt'> => {
  if (!known) return {};
  if (known.dueAt === 0) return { since: expiry?.since };
  const isGood = known.state.kind === 'ready' && known.dueAt > now && isSameRender(known, asked);
  return isGood ? { since: known.at, dueAt: known.dueAt } : {};
};

const look = async (deps: SourcesDeps, renderer: PartRenderer, looking: Looking): Promise<Remembered> => {
  const { asked, known, since } = looking;
  const now = deps.clock.now();
  const at = since ?? deps.repositories.moment();
  try {
    const parts = await renderer.render(asked, (isSameRender(known, asked) && known?.parts) || [], since);
    const warnings = parts.flatMap((part) => part.warnings);
    if (warnings.length > 0) deps.log.debug('source rendered with warnings', { application: asked.key, warnings });
    const dueAt = looking.dueAt ?? now + POLL_MS + deps.random.next() * POLL_JITTER_MS;
    return { ...asked, state: toState(parts, asked), parts, dueAt, at };
  } catch (thrown) {
    deps.log.debug('source not rendered', { application: asked.key, error: messageOf(thrown) });
    return { ...afterFailure(thrown, looking, now), at };
  }
};

const afterFailure = (thrown: unknown, { asked, known }: Looking, now: Instant): Omit<Remembered, 'at'> => {
  const awaySince = known?.awaySince ?? now;
  const mayPass = thrown instanceof Failure && thrown.retryable;
  const isSame = isSameRender(known, asked) && isEqual(known?.revisions, asked.revisions);
  if (known?.state.kind === 'ready' && mayPass && now - awaySince < GRACE_MS && isSame)
    return { ...known, awaySince, dueAt: now + RETRY_MS };
  const message = `Failed to load target state: ${messageOf(thrown)}`;
  // A repository that is too large was fetched up to the limit: not every few seconds.
  const afterMs = thrown instanceof Failure && thrown.code === 'TooLarge' ? POLL_MS : RETRY_MS;
  return { ...asked, state: { kind: 'failed', message }, parts: [], dueAt: now + afterMs };
};

const isFresh = (known: Remembered, asked: Asked, now: Instant): boolean =>
  isEqual(known.revisions, asked.revisions) && isSameRender(known, asked) && known.dueAt > now;

const isSomeConcerned = ({ sources, generatePaths }: Remembered, isConcerned: IsConcerned): boolean =>
  sources.some((source) => isConcerned(source, refreshPathsOf(generatePaths, { path: source.path ?? '' })));

const toState = (parts: readonly RenderedPart[], { isList }: Asked): SourceState => {
  const [first] = parts;
  return {
    kind: 'ready',
    revision: isList ? '' : (first?.revision ?? ''),
    sourceType: isList ? '' : (first?.sourceType ?? ''),
    objects: parts.flatMap((part) => part.objects),
    ...(isList && {
      revisions: parts.map((part) => part.revision),
      sourceTypes: parts.map((part) => part.sourceType),
    }),
  };
};
