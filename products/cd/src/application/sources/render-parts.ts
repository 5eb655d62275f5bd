/**
 * The sources of one application, opened and rendered, each by itself but for the files that one lends another.
 * @spec CD-APP-10, CD-APP-12, CD-HELM-12, CD-KUS-10
 */
import { type Clock, type Random } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';
import { traceTree, type HelmCache, type NetworkSources, type Repositories, type TracedTree } from '@argosy/manifests';

import { isReferenceOnly, kindOfSource } from '../../api/application-source.ts';
import type { Projects } from '../../project/projects.ts';
import type { RepositoryCatalog } from '../../repository/repository-catalog.ts';
import type { SourcePlugins } from '../../source/tools/plugin-source.ts';
import type { RenderSource } from '../../source/render-on-worker.ts';
import { renderSource, type SourceType } from '../../source/render-source.ts';
import { createPartTraces, idsOf, type PartTrace } from './part-trace.ts';
import type { Asked } from './asked-sources.ts';
import { type PartToRender, naming, openParts } from './open-parts.ts';
import { createReach } from './reach.ts';

/** What one source rendered to. */
export interface RenderedPart extends PartTrace {
  /** Empty for a source that only lends its files. */
  readonly sourceType: SourceType | '';
  readonly objects: readonly KubeObject[];
  readonly warnings: readonly string[];
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

/** Renders the sources of applications. */
export interface PartRenderer {
  /**
   * All sources of an application, those rendered again that do not hold any more. `since`: what was pushed before that
   * moment must be seen. Throws Failure naming the source.
   */
  render(asked: Asked, before: readonly RenderedPart[], since?: number): Promise<readonly RenderedPart[]>;
  /**
   * Whether any of its sources would be rendered again now; true where that cannot be told without the network.
   * Throws what opening a source throws.
   */
  mayChange(asked: Asked, before: readonly RenderedPart[], since?: number): Promise<boolean>;
  /** Forgets what was rendered and is not used any more. */
  forget(parts: readonly RenderedPart[]): void;
}

/** Creates a renderer. */
export const createPartRenderer = (deps: PartsDeps): PartRenderer => {
  const traces = createPartTraces();
  let rendered = 0;
  const renderOne = async (asked: Asked, part: PartToRender): Promise<RenderedPart> => {
    const { source, revision, before } = part;
    if (isReferenceOnly(source)) return { ...NOTHING, revision };
    const held = before && (await traces.hold(before, part));
    if (held) return held;
    rendered += 1;
    return renderPart(deps, asked, part, `${rendered}`);
  };
  return {
    render: async (asked, before, since) => {
      const parts = await openParts(deps, asked, before, since);
      const all = await Promise.all(parts.map((part) => naming(asked, part.at, () => renderOne(asked, part))));
      // Only now: what is rendered beside a source that fails is not kept.
      const fresh = parts.filter(({ at, source }) => all[at]?.id !== before[at]?.id && !isReferenceOnly(source));
      await Promise.all(fresh.map((part) => traces.note(all[part.at] ?? NOTHING, part)));
      return all;
    },
    mayChange: async (asked, before, since) => {
      const isGit = asked.sources.every((source) => kindOfSource(source) === 'git');
      if (!isGit || before.length === 0) return true;
      const parts = await openParts(deps, asked, before, since);
      const held = await Promise.all(
        parts
          .filter(({ source }) => !isReferenceOnly(source))
          .map(async (part) => part.before && traces.hold(part.before, part)),
      );
      return held.some((one) => !one);
    },
    forget: (parts) => {
      for (const { id } of parts) traces.forget(id);
    },
  };
};

const renderPart = async (deps: PartsDeps, asked: Asked, part: PartToRender, id: string): Promise<RenderedPart> => {
  const { source, revision, tree } = part;
  const own = traceTree(tree);
  const lent = new Map<string, TracedTree>();
  for (const [ref, other] of part.trees) if (ref !== '') lent.set(ref, traceTree(other));
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
  const ids = idsOf(part.trees);
  const trace: PartTrace = {
    id,
    revision,
    looks,
    heldIn: ids,
    seenIn: ids,
    hasRemotes: reach.wasUsed(),
    namesRevision,
  };
  return { ...trace, sourceType, objects, warnings };
};

const NOTHING: RenderedPart = {
  id: '',
  revision: '',
  sourceType: '',
  objects: [],
  warnings: [],
  looks: new Map(),
  heldIn: new Map(),
  seenIn: new Map(),
  hasRemotes: false,
  namesRevision: false,
};
