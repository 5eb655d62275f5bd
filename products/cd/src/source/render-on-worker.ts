/**
 * `renderSource` on the threads of a pool: the same function, elsewhere. What it reads stays here and is asked for.
 * @spec CD-GEN-14
 */
import type { TemplatePorts } from '@argosy/expressions';
import {
  answeredAtOnce,
  type ChartResolver,
  type HelmCache,
  type JobHandler,
  type RenderPool,
  type Tree,
} from '@argosy/manifests';

import type { ApplicationSource } from '../api/application-source.ts';
import { renderSource, type RenderDeps, type RenderedSource } from './render-source.ts';

/** Renders a source, wherever. */
export type RenderSource = typeof renderSource;

/** The job's name; the worker's module serves it by `createSourceJob`. */
export const SOURCE_JOB = 'source';

/** All of a render that crosses threads: clock, random numbers and compiled charts are each thread's own. */
type SourceJob = { readonly tree: Tree; readonly source: ApplicationSource } & Omit<RenderDeps, 'ports' | 'helmCache'>;

/** Renders on a pool. Throws Failure: those of `renderSource`, `RenderTimeout`, `RenderMemory`, `RenderFailed`. */
export const renderOnWorker =
  (pool: RenderPool): RenderSource =>
  (tree, source, { context, commit, refs, charts, readUrl, resolveRemote, plugins }) => {
    const job: SourceJob = {
      tree,
      source,
      context,
      commit,
      ...(refs && { refs }),
      ...(charts && { charts: lendable(charts) }),
      ...(readUrl && { readUrl }),
      ...(resolveRemote && { resolveRemote }),
      // Their programs are started from here.
      ...(plugins && { plugins }),
    };
    return pool.run<RenderedSource>(SOURCE_JOB, job, `rendering ${context.appName}`);
  };

/** The worker's side. */
export const createSourceJob =
  (own: { readonly ports: TemplatePorts; readonly helmCache: HelmCache }): JobHandler =>
  ({ tree, source, ...of }: SourceJob) =>
    renderSource(tree, source, { ...of, ...own });

const lendable = (charts: ChartResolver): ChartResolver => ({
  open: (asked) => charts.open(asked),
  urlOf: answeredAtOnce((alias: string) => charts.urlOf(alias)),
});
