/**
 * A kustomization built as `kustomize build` builds it, from a tree and without a program. What it prints is the same
 * byte for byte.
 * @spec CD-KUS-01, CD-GEN-01
 * @upstream sigs.k8s.io/kustomize/api/krusty/kustomizer.go
 */
import { Failure } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';

import { normalizePath, type Tree } from '../tree/tree.ts';
import { accumulate, createAccumulator } from './build/accumulate.ts';
import { chooseSchema, createSchemaChoice } from './build/choose-schema.ts';
import { loadTarget, type Build } from './build/target.ts';
import { createLoader, type ResolveRemote } from './build/loader.ts';
import { finishResources } from './build/finish-resources.ts';
import type { SortOptions } from './file/kustomization.ts';
import type { MapValue } from './document/value.ts';
import { toJson, writeDocument } from './document/write-document.ts';
import type { HelmInflation } from './generate/inflate-chart.ts';
import { hashNames } from './generate/hash-names.ts';
import { overrideKustomization, type KustomizeOverrides } from './override/override-kustomization.ts';
import { resolveVars } from './references/resolve-vars.ts';
import { updateNames } from './references/update-names.ts';
import { sortResources } from './transform/sort-resources.ts';

/** How to build. */
export interface KustomizeOptions {
  /** Opens remote bases; they are refused without. */
  readonly resolveRemote?: ResolveRemote;
  /** Downloads files that have an address in place of a path; they are refused without. */
  readonly readUrl?: (url: string) => Promise<Uint8Array>;
  /** Whether files outside of the kustomization's folder may be read (`--load-restrictor LoadRestrictionsNone`). */
  readonly isUnrestricted?: boolean;
  /** The order where the kustomization has no `sortOptions`: what others need first, or as read (`--reorder none`). */
  readonly reorder?: 'legacy' | 'none';
  /** Renders `helmCharts` (`--enable-helm`); they are refused without. */
  readonly helm?: HelmInflation;
  /** What an application says over the kustomization. */
  readonly overrides?: KustomizeOverrides;
}

/** What a build made. */
export interface KustomizeResult {
  /** Throws Failure `TooLarge` when it is first asked for, as the text does. */
  readonly objects: readonly KubeObject[];
  /** As `kustomize build` prints it. */
  readonly text: string;
  readonly warnings: readonly string[];
}

/** Builds the kustomization of a folder. Throws Failure whose message names the file and field at fault. */
export const renderKustomization = async (
  tree: Tree,
  path: string,
  options: KustomizeOptions = {},
): Promise<KustomizeResult> => {
  try {
    return resultOf(path, await render(tree, path, options));
  } catch (thrown) {
    throw toFailure(path, thrown);
  }
};

/** Whoever applies the objects never asks for the text, and who prints the text not for the objects: made when asked. */
const resultOf = (path: string, { documents, warnings }: Rendered): KustomizeResult => {
  let objects: readonly KubeObject[] | undefined;
  const attempt = <T>(make: () => T): T => {
    try {
      return make();
    } catch (thrown) {
      throw toFailure(path, thrown);
    }
  };
  return {
    get objects() {
      objects ??= attempt(() => documents.map((document) => asObject(toJson(document))));
      return objects;
    },
    get text() {
      return attempt(() => documents.map((document) => writeDocument(document)).join('---\n'));
    },
    warnings,
  };
};

/** The stack is the last limit to nesting that no single step bounds. */
const toFailure = (path: string, thrown: unknown): unknown =>
  thrown instanceof RangeError
    ? new Failure(`${path || 'the root'}: nested too deeply, or too large`, { code: 'TooLarge', cause: thrown })
    : thrown;

interface Rendered {
  readonly documents: readonly MapValue[];
  readonly warnings: readonly string[];
}

const render = async (tree: Tree, path: string, options: KustomizeOptions): Promise<Rendered> => {
  const warnings: string[] = [];
  const warn = (warning: string): void => void warnings.push(warning);
  const root = normalizePath(path);
  const { resolveRemote, readUrl, isUnrestricted } = options;
  const loader = createLoader({ tree, root, resolveRemote, readUrl, isUnrestricted });
  const read = await loadTarget(loader, { warn });
  const kustomization = await overrideKustomization(read.kustomization, options.overrides ?? {}, { tree, root });
  const target = { ...read, kustomization };
  const metadata = kustomization.buildMetadata ?? [];
  const build: Build = { metadata, schemas: createSchemaChoice(), warn, located: new WeakSet(), helm: options.helm };
  await chooseSchema(target, build.schemas);
  const origin = metadata.length > 0 ? {} : undefined;
  const { list, fields, vars } = await accumulate({ ...target, origin }, createAccumulator(), build);
  hashNames(list);
  updateNames(fields.nameReference)(list);
  resolveVars(vars, fields.varReference, warn)(list);
  const defaultOrder: SortOptions = { order: options.reorder === 'none' ? 'fifo' : 'legacy' };
  sortResources(kustomization.sortOptions ?? defaultOrder)(list);
  return { documents: finishResources(list, metadata), warnings };
};

const asObject = (value: unknown): KubeObject => {
  if (typeof value === 'object' && value !== null) return value as KubeObject;
  throw new Failure('a kustomization made something that is no object', { code: 'InvalidManifest' });
};
