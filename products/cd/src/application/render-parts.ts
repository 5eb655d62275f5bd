/**
 * The sources of one application, opened and rendered, each by itself but for the files that one lends another.
 * @spec CD-APP-10, CD-APP-12, CD-HELM-12, CD-KUS-10
 */
import { Failure, messageOf, type Clock, type Random } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';
import {
  ANONYMOUS,
  holdsIn,
  mayShareAccess,
  traceTree,
  withoutSecrets,
  type ChartResolver,
  type HelmCache,
  type Look,
  type NetworkSources,
  type Repositories,
  type RepositoryAccess,
  type ResolveRemote,
  type TracedTree,
  type Tree,
} from '@argosy/manifests';

import { isReferenceOnly, type ApplicationSource } from '../api/application-source.ts';
import type { Projects } from '../project/projects.ts';
import type { RepositoryCatalog } from '../repository/repository-catalog.ts';
import { openSource, type OpenedSource } from '../source/open-source.ts';
import type { SourcePlugins } from '../source/plugin-source.ts';
import type { RenderSource } from '../source/render-on-worker.ts';
import { renderSource, type SourceType } from '../source/render-source.ts';
import type { Asked } from './sources.ts';

/** What one source rendered to. */
export interface RenderedPart {
  readonly revision: string;
  /** Empty for a source that only lends its files. */
  readonly sourceType: SourceType | '';
  readonly objects: readonly KubeObject[];
  readonly warnings: readonly string[];
  /** What was looked at, by the `ref` of the source looked at; empty for its own tree. */
  readonly looks: ReadonlyMap<string, readonly Look[]>;
  /** Whether something was read of whose changes the looks know nothing. */
  readonly hasRemotes: boolean;
  readonly namesRevision: boolean;
}

/** What sources are rendered with. */
export interface PartsDeps {
  readonly repositories: Repositories;
  readonly network: NetworkSources;
  readonly catalog: Pick<RepositoryCatalog, 'accessOf' | 'urlOf'>;
  readonly projects: Pick<Projects, 'permitsSource'>;
  readonly helmCache: HelmCache;
  /** Renders elsewhere; in this thread when absent. */
  readonly renderSource?: RenderSource;
  /** What administrators configured. */
  readonly plugins?: SourcePlugins;
  readonly clock: Clock;
  readonly random: Random;
}

/** Renders all sources of an application, those again that do not hold any more. Throws Failure naming the source. */
export type RenderParts = (asked: Asked, before: readonly RenderedPart[]) => Promise<readonly RenderedPart[]>;

/** Creates a renderer. */
export const createPartRenderer =
  (deps: PartsDeps): RenderParts =>
  async (asked, before) => {
    const { sources } = asked;
    const named = <T>(at: number, body: () => Promise<T>): Promise<T> => naming(asked, at, body);
    const opened = await Promise.all(sources.map((source, at) => named(at, () => openPart(deps, asked, at, source))));
    const refs = new Map<string, Tree>();
    for (const [at, { ref }] of sources.entries()) {
      const tree = opened[at]?.tree;
      if (ref && tree) refs.set(ref, tree);
    }
    return Promise.all(
      opened.map((one, at) => named(at, () => renderPart(deps, asked, { ...one, at, refs, before: before[at] }))),
    );
  };

interface OpenedPart extends OpenedSource {
  readonly source: ApplicationSource;
  readonly access: RepositoryAccess;
}

const openPart = async (
  deps: PartsDeps,
  { context, revisions }: Asked,
  at: number,
  source: ApplicationSource,
): Promise<OpenedPart> => {
  const found = deps.catalog.accessOf(source.repoURL, context.project);
  const access = await deps.network.withToken(found, source.repoURL);
  try {
    return { source, access, ...(await openSource(deps, source, { revision: revisions[at] ?? '', access })) };
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const { code, retryable } = thrown;
    throw new Failure(withoutSecrets(messageOf(thrown), access), { code, retryable });
  }
};

interface PartToRender extends OpenedPart {
  readonly at: number;
  readonly refs: ReadonlyMap<string, Tree>;
  readonly before: RenderedPart | undefined;
}

const renderPart = async (deps: PartsDeps, asked: Asked, part: PartToRender): Promise<RenderedPart> => {
  const { source, revision, tree, refs, before } = part;
  if (isReferenceOnly(source)) return { ...NOTHING, revision };
  if (before && (await doesHold(before, part))) return { ...before, revision };
  const own = traceTree(tree);
  const lent = new Map<string, TracedTree>([...refs].map(([ref, other]) => [ref, traceTree(other)] as const));
  const reach = createReach(deps, asked, part);
  const { objects, sourceType, warnings, namesRevision } = await (deps.renderSource ?? renderSource)(own, source, {
    context: asked.context,
    commit: revision,
    ports: { now: () => deps.clock.now(), random: deps.random },
    helmCache: deps.helmCache,
    refs: lent,
    charts: reach.charts,
    readUrl: reach.readUrl,
    resolveRemote: reach.resolveRemote,
    ...(deps.plugins && { plugins: deps.plugins }),
  });
  const looks = new Map([['', own.looks()], ...[...lent].map(([ref, traced]) => [ref, traced.looks()] as const)]);
  return { revision, sourceType, objects, warnings, looks, hasRemotes: reach.wasUsed(), namesRevision };
};

const NOTHING: Omit<RenderedPart, 'revision'> = {
  sourceType: '',
  objects: [],
  warnings: [],
  looks: new Map(),
  hasRemotes: false,
  namesRevision: false,
};

const doesHold = async (before: RenderedPart, { revision, tree, refs }: PartToRender): Promise<boolean> => {
  if (before.hasRemotes || (before.namesRevision && before.revision !== revision)) return false;
  for (const [ref, looks] of before.looks) {
    const now = ref === '' ? tree : refs.get(ref);
    if (!now || !(await holdsIn(looks, now))) return false;
  }
  return true;
};

/** Ways out of the source's own files. */
interface Reach {
  readonly charts: ChartResolver;
  readonly readUrl: (url: string) => Promise<Uint8Array>;
  readonly resolveRemote: ResolveRemote;
  /** Whether any of them was taken. */
  readonly wasUsed: () => boolean;
}

const createReach = (deps: PartsDeps, { context }: Asked, { source, access }: PartToRender): Reach => {
  const { network, catalog, repositories } = deps;
  const { project } = context;
  let isUsed = false;
  return {
    charts: {
      open: async ({ repository, name, version }) => {
        isUsed = true;
        if (!deps.projects.permitsSource(project, repository))
          throw new Failure(`repository ${repository} is not permitted in project '${project}'`, {
            code: 'PermissionDenied',
          });
        const found = catalog.accessOf(repository, project);
        const given = source.helm?.passCredentials ? { ...found, passCredentials: true } : found;
        return network.charts.open({ repository, chart: name, version, access: given });
      },
      urlOf: (alias) => catalog.urlOf(alias, project),
    },
    readUrl: async (url) => {
      isUsed = true;
      // As upstream, value files come without any repository's credentials.
      return network.readFile(url, ANONYMOUS);
    },
    resolveRemote: async ({ repository, revision }) => {
      isUsed = true;
      // Bases of other repositories see the application's own credentials only, and only on its own host (CD-KUS-10).
      const options = { access: mayShareAccess(repository, source.repoURL) ? access : ANONYMOUS };
      return repositories.tree(
        repository,
        await repositories.resolve(repository, revision || 'HEAD', options),
        options,
      );
    },
    wasUsed: () => isUsed,
  };
};

/** Tells which of several sources is at fault. */
const naming = async <T>({ sources }: Asked, at: number, body: () => Promise<T>): Promise<T> => {
  try {
    return await body();
  } catch (thrown) {
    if (!(thrown instanceof Failure) || sources.length < 2) throw thrown;
    const { code, retryable, message } = thrown;
    const name = sources[at]?.name || `source ${at + 1} of ${sources.length}`;
    throw new Failure(`${name}: ${message}`, { code, retryable, cause: thrown });
  }
};
