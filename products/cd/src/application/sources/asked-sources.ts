/**
 * Which sources an application is compared with, and at which revisions.
 */
import { isEqual } from '@argosy/base';

import type { Application } from '../../api/application.ts';
import { kindOfSource, sourcesOf, type ApplicationSource } from '../../api/application-source.ts';
import { GENERATE_PATHS } from '../../source/refresh-paths.ts';
import type { RenderContext } from '../../source/render-source.ts';

/** Sources, and the revision asked of each. */
export interface Asked {
  readonly key: string;
  readonly sources: readonly ApplicationSource[];
  readonly revisions: readonly string[];
  /** Whether the application has a list of sources, be it of one. */
  readonly isList: boolean;
  readonly context: RenderContext;
  /** The annotation that names the paths which concern the application. */
  readonly generatePaths: string | undefined;
}

/**
 * The sources to compare with: while a sync runs or is asked for, those it names (a rollback), at the revisions it
 * began with (CD-SYNC-04); else the application's own.
 */
export const askedSources = (application: Application): Omit<Asked, 'key' | 'context'> => {
  const running = application.status?.operationState;
  const isRunning = running?.phase === 'Running';
  const sync = isRunning ? running.operation.sync : application.operation?.sync;
  const named = sourcesOf(sync);
  const spec = named.length > 0 ? sync : application.spec;
  const sources = sourcesOf(spec);
  const pinned = isRunning ? running.syncResult : sync;
  const isList = (spec?.sources?.length ?? 0) > 0;
  return {
    sources,
    isList,
    generatePaths: application.metadata.annotations?.[GENERATE_PATHS],
    revisions: sources.map((source, at) => {
      const given = isList ? pinned?.revisions?.[at] : pinned?.revision;
      return given || source.targetRevision || (kindOfSource(source) === 'git' ? 'HEAD' : '');
    }),
  };
};

/** Whether what was rendered then would be rendered the same now, as far as the application and the cluster say. */
export const isSameRender = (
  known: Pick<Asked, 'sources' | 'context'> | undefined,
  { sources, context }: Asked,
): boolean => known !== undefined && isEqual(known.sources, sources) && isEqual(known.context, context);
