/**
 * The sources of one application, opened: each with its files, and with those that others lend it.
 * @spec CD-APP-10, CD-APP-12
 */
import { Failure, messageOf } from '@argosy/base';
import { withoutSecrets, type RepositoryAccess } from '@argosy/manifests';

import type { ApplicationSource } from '../../api/application-source.ts';
import { openSource, type OpenedSource } from '../../source/open-source.ts';
import { refreshPathsOf } from '../../source/refresh-paths.ts';
import type { PartTrees } from './part-trace.ts';
import type { Asked } from './asked-sources.ts';
import type { PartsDeps, RenderedPart } from './render-parts.ts';

interface OpenedPart extends OpenedSource {
  readonly source: ApplicationSource;
  readonly access: RepositoryAccess;
}

/** A source, opened, with what it rendered to before. */
export interface PartToRender extends OpenedPart, PartTrees {
  readonly revision: string;
  readonly at: number;
  readonly before: RenderedPart | undefined;
}

/** Opens all sources, each with the trees that others lend it. */
export const openParts = async (
  deps: PartsDeps,
  asked: Asked,
  before: readonly RenderedPart[],
  since: number | undefined,
): Promise<readonly PartToRender[]> => {
  const { sources } = asked;
  const opened = await Promise.all(
    sources.map((source, at) => naming(asked, at, () => openPart(deps, asked, { at, source, since }))),
  );
  const lenders = opened.filter(({ source }) => source.ref);
  return opened.map((part, at) => {
    const named = [['', part] as const, ...lenders.map((lender) => [lender.source.ref ?? '', lender] as const)];
    return {
      ...part,
      at,
      before: before[at],
      trees: new Map(named.map(([name, { tree }]) => [name, tree] as const)),
      lineages: new Map(named.flatMap(([name, { lineage }]) => (lineage ? [[name, lineage] as const] : []))),
      paths: new Map(
        named.map(
          ([name, { source }]) => [name, refreshPathsOf(asked.generatePaths, { path: source.path ?? '' })] as const,
        ),
      ),
    };
  });
};

const openPart = async (
  deps: PartsDeps,
  { context, revisions }: Asked,
  {
    at,
    source,
    since,
  }: { readonly at: number; readonly source: ApplicationSource; readonly since: number | undefined },
): Promise<OpenedPart> => {
  const found = deps.catalog.accessOf(source.repoURL, context.project);
  const access = await deps.network.withToken(found, source.repoURL);
  const revision = revisions[at] ?? '';
  try {
    const opened = await openSource(deps, source, { revision, access, ...(since !== undefined && { since }) });
    return { source, access, ...opened };
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const { code, retryable } = thrown;
    throw new Failure(withoutSecrets(messageOf(thrown), access), { code, retryable });
  }
};

/** Tells which of several sources is at fault. */
export const naming = async <T>({ sources }: Asked, at: number, body: () => Promise<T>): Promise<T> => {
  try {
    return await body();
  } catch (thrown) {
    if (!(thrown instanceof Failure) || sources.length < 2) throw thrown;
    const { code, retryable, message } = thrown;
    const name = sources[at]?.name || `source ${at + 1} of ${sources.length}`;
    throw new Failure(`${name}: ${message}`, { code, retryable, cause: thrown });
  }
};
