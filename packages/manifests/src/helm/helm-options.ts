/**
 * What can be said of a render: the flags of `helm template`, as data.
 */
import type { TemplateBudget, TemplatePorts } from '@argosy/expressions';

import type { ChartResolver } from './chart/resolve-dependencies.ts';
import type { Lookup } from './engine/helm-functions.ts';
import type { HelmCache } from './helm-cache.ts';
import type { SetKind } from './values/parse-set.ts';

/** Values on top of the chart's own, each over those before it. */
export type HelmValues =
  /** `-f`: a file of the tree, its path from the root. */
  | { readonly kind: 'file'; readonly path: string }
  /** Values from elsewhere; the name is for errors. */
  | { readonly kind: 'text'; readonly name: string; readonly text: string };

/** One `--set…`; Helm takes them in the order json, set, string, file, literal, whatever the order of flags. */
export interface HelmSet {
  readonly kind: SetKind;
  readonly text: string;
}

/** Options of a render. */
export interface HelmOptions {
  /** The chart: a folder or a `.tgz` of the tree. Default: its root. */
  readonly path?: string;
  /** Default `release-name`. */
  readonly releaseName?: string;
  /** A Go template with Sprig that gives the release's name; not together with `releaseName`. */
  readonly nameTemplate?: string;
  /** Default `default`. */
  readonly namespace?: string;
  readonly values?: readonly HelmValues[];
  readonly sets?: readonly HelmSet[];
  /** Content of a `--set-file`'s file. Default: the file of the tree at this path from the root. */
  readonly readFile?: (path: string) => Promise<Uint8Array>;
  /** The cluster's version; Helm's own when absent. */
  readonly kubeVersion?: string;
  /** API versions beside those Helm knows. */
  readonly apiVersions?: readonly string[];
  /** Also the chart's `crds/`; off as in `helm template`. */
  readonly includeCrds?: boolean;
  readonly skipTests?: boolean;
  readonly skipSchemaValidation?: boolean;
  /** Leaves hooks out. */
  readonly noHooks?: boolean;
  readonly isUpgrade?: boolean;
  /** Only manifests of these templates, paths within the chart that may hold `*`. */
  readonly showOnly?: readonly string[];
  /** Opens charts of other repositories that the chart depends on and does not hold; they are refused without. */
  readonly charts?: ChartResolver;
  /** Answers `lookup`; without it every look-up finds nothing. */
  readonly lookup?: Lookup;
  /** Clock and random numbers; functions that need an absent one are refused by name. */
  readonly ports?: TemplatePorts;
  readonly budget?: Partial<TemplateBudget>;
  /** Shared by renders that have charts in common; see `createHelmCache`. */
  readonly cache?: HelmCache;
}
