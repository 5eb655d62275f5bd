/**
 * `renderSource` with a memory that outlives the process: after a restart, a thousand applications render nothing.
 * @spec CD-GEN-08, CD-GEN-09
 */
import type { RenderCache, Tree } from '@argosy/manifests';

import type { RenderSource } from './render-on-worker.ts';
import type { RenderDeps, RenderedSource } from './render-source.ts';

/**
 * Renders by `render` what the cache does not hold. `build` names the program: another one renders anew. Never kept:
 * what other repositories or the network went into, what the revision itself went into, and secrets, which do not
 * belong on a disk in clear.
 */
export const renderCached =
  (cache: RenderCache, render: RenderSource, build: string): RenderSource =>
  async (tree, source, deps) => {
    const lent = [...(deps.refs ?? [])];
    const { value } = await cache.render<RenderedSource>({
      // All that is known of the application and its cluster; files are the trees'.
      inputs: { job: 'source', build, source, context: deps.context },
      trees: new Map<string, Tree>([['', tree], ...lent.map(([ref, other]) => [`$${ref}`, other] as const)]),
      make: async (trees) => {
        const reach = watchReach(deps);
        const refs = new Map(lent.map(([ref, other]) => [ref, trees.get(`$${ref}`) ?? other] as const));
        const rendered = await render(trees.get('') ?? tree, source, { ...deps, ...reach.watched, refs });
        const isKept = !reach.wasUsed() && !rendered.namesRevision && !holdsSecret(rendered);
        return { value: rendered, isRepeatable: isKept };
      },
    });
    return value;
  };

const holdsSecret = ({ objects }: RenderedSource): boolean => objects.some(({ kind }) => kind === 'Secret');

/** Notes whether anything outside of the trees was read. */
const watchReach = ({
  charts,
  readUrl,
  resolveRemote,
}: RenderDeps): { readonly watched: Partial<RenderDeps>; wasUsed(): boolean } => {
  let isUsed = false;
  const noting =
    <A extends readonly unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      isUsed = true;
      return call(...args);
    };
  const watched: Partial<RenderDeps> = {
    ...(charts && {
      charts: { open: noting((asked) => charts.open(asked)), urlOf: noting((alias) => charts.urlOf(alias)) },
    }),
    ...(readUrl && { readUrl: noting(readUrl) }),
    ...(resolveRemote && { resolveRemote: noting(resolveRemote) }),
  };
  return { watched, wasUsed: () => isUsed };
};
