/**
 * What applications' sources render to, remembered. A source is looked at again when its time has come, when somebody
 * asks, or when it was changed; a commit that changes nothing the render looked at costs no render.
 */
import { isEqual, messageOf, type Clock, type Instant, type Logger, type Random } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';
import {
  createHelmCache,
  holdsIn,
  traceTree,
  type Look,
  type Repositories,
  type ResolveRemote,
} from '@argosy/manifests';

import type { Application, ApplicationSource } from '../api/application.ts';
import { renderSource, type RenderContext, type SourceType } from '../source/render-source.ts';
import type { SourceState } from './decide.ts';

/** Resolves sources. */
export interface Sources {
  /** The state of an application's source. Never throws: what went wrong is in the state. */
  resolve(
    key: string,
    application: Application,
    context: RenderContext,
  ): Promise<{ readonly state: SourceState; readonly recheckMs: number }>;
  /** The next `resolve` of this application looks at its repository, whatever the time. */
  expire(key: string): void;
  /** Applications whose source is this repository. */
  keysOf(isRepository: (url: string) => boolean): readonly string[];
  /** Forgets an application. */
  forget(key: string): void;
}

/** Ports of the sources. */
export interface SourcesDeps {
  readonly repositories: Repositories;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** How often repositories are looked at: 120 s and up to 60 s of jitter, as upstream. */
const POLL_MS = 120_000;
const POLL_JITTER_MS = 60_000;
/** A failing repository is asked again sooner. */
const RETRY_MS = 15_000;

interface Remembered {
  readonly source: ApplicationSource;
  readonly context: RenderContext;
  readonly revision: string;
  readonly state: SourceState;
  readonly looks: readonly Look[];
  /** Whether other repositories were read, of whose changes the looks know nothing. */
  readonly hasRemotes: boolean;
  readonly dueAt: Instant;
}

/** Creates the memory. */
export const createSources = (deps: SourcesDeps): Sources => {
  const memory = new Map<string, Remembered>();
  const helmCache = createHelmCache();
  /** How often each application was expired: a look that began before does not count as one after. */
  const expiries = new Map<string, number>();

  const render = async (
    asked: Asked,
    commit: string,
    known: Remembered | undefined,
  ): Promise<{
    readonly objects: readonly KubeObject[];
    readonly sourceType: SourceType;
    readonly looks: readonly Look[];
    readonly hasRemotes: boolean;
  }> => {
    const { key, source, context } = asked;
    const tree = await deps.repositories.tree(source.repoURL, commit);
    const state = known?.state;
    const mayHold =
      state?.kind === 'ready' && !known?.hasRemotes && isSameRender(known, asked) && !namesRevision(source);
    if (mayHold && (await holdsIn(known?.looks ?? [], tree)))
      return { objects: state.objects, sourceType: state.sourceType, looks: known?.looks ?? [], hasRemotes: false };
    const traced = traceTree(tree);
    const ports = { now: () => deps.clock.now(), random: deps.random };
    let hasRemotes = false;
    const resolveRemote: ResolveRemote = async ({ repository, revision }) => {
      hasRemotes = true;
      return deps.repositories.tree(repository, await deps.repositories.resolve(repository, revision || 'HEAD'));
    };
    const given = { context, commit, ports, resolveRemote, helmCache };
    const { objects, sourceType, warnings } = await renderSource(traced, source, given);
    if (warnings.length > 0) deps.log.debug('source rendered with warnings', { application: key, warnings });
    return { objects, sourceType, looks: traced.looks(), hasRemotes };
  };
  const look = async (asked: Asked): Promise<Remembered> => {
    const { key, source, context, revision } = asked;
    const known = memory.get(key);
    const now = deps.clock.now();
    try {
      const commit = await deps.repositories.resolve(source.repoURL, revision);
      const { objects, sourceType, looks, hasRemotes } = await render(asked, commit, known);
      const dueAt = now + POLL_MS + deps.random.next() * POLL_JITTER_MS;
      const state: SourceState = { kind: 'ready', revision: commit, sourceType, objects };
      return { source, context, revision, state, looks, hasRemotes, dueAt };
    } catch (thrown) {
      const message = `Failed to load target state: ${messageOf(thrown)}`;
      deps.log.debug('source not rendered', { application: key, error: message });
      const state: SourceState = { kind: 'failed', message };
      return { source, context, revision, state, looks: [], hasRemotes: false, dueAt: now + RETRY_MS };
    }
  };
  return {
    resolve: async (key, application, context) => {
      const { source, revision } = askedSource(application);
      if (!source) return { state: { kind: 'failed', message: 'spec.source is not set' }, recheckMs: POLL_MS };
      const asked: Asked = { key, source, context, revision };
      const known = memory.get(key);
      const isFresh =
        known && known.revision === revision && isSameRender(known, asked) && known.dueAt > deps.clock.now();
      const expired = expiries.get(key);
      const looked = isFresh ? known : await look(asked);
      const current = expiries.get(key) === expired ? looked : { ...looked, dueAt: 0 };
      memory.set(key, current);
      return { state: current.state, recheckMs: Math.max(100, current.dueAt - deps.clock.now()) };
    },
    expire: (key) => {
      expiries.set(key, (expiries.get(key) ?? 0) + 1);
      const known = memory.get(key);
      if (known) memory.set(key, { ...known, dueAt: 0 });
    },
    keysOf: (isRepository) => [...memory].filter(([, { source }]) => isRepository(source.repoURL)).map(([key]) => key),
    forget: (key) => {
      memory.delete(key);
      expiries.delete(key);
    },
  };
};

interface Asked {
  readonly key: string;
  readonly source: ApplicationSource;
  readonly context: RenderContext;
  readonly revision: string;
}

/** Whether what was rendered then would be rendered the same now, as far as the application and the cluster say. */
const isSameRender = (known: Remembered | undefined, { source, context }: Asked): boolean =>
  known !== undefined && isEqual(known.source, source) && isEqual(known.context, context);

/** Whether variables may stand in the source: one of them is the commit. */
const namesRevision = ({ helm, kustomize }: ApplicationSource): boolean =>
  JSON.stringify({ helm, kustomize }).includes('$');

/**
 * The source to compare with: while a sync runs or is asked for, the one it names (a rollback), at the commit it
 * began with (CD-SYNC-04); else the application's own.
 */
const askedSource = (
  application: Application,
): { readonly source: ApplicationSource | undefined; readonly revision: string } => {
  const running = application.status?.operationState;
  const isRunning = running?.phase === 'Running';
  const sync = isRunning ? running.operation.sync : application.operation?.sync;
  const source = sync?.source ?? application.spec?.source;
  const pinned = isRunning ? running.syncResult?.revision : sync?.revision;
  return { source, revision: pinned || source?.targetRevision || 'HEAD' };
};
