/**
 * A chart in memory: what Helm knows of it once its files are read.
 * @upstream helm pkg/chart/chart.go, pkg/chart/metadata.go, pkg/chart/dependency.go
 */
import type { GoMap } from '@argosy/expressions';

/** A file of a chart; its name is relative to the chart's folder. */
export interface ChartFile {
  readonly name: string;
  readonly data: Uint8Array;
}

/** A template of a chart. */
export interface ChartTemplate extends ChartFile {
  readonly text: string;
}

/** An entry of `dependencies`. */
export interface ChartDependency {
  /** The declaration in its Chart.yaml, one and the same however often that chart takes part. */
  readonly declaration: symbol;
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  readonly condition: string;
  readonly tags: readonly string[];
  readonly alias: string;
  /** Names below `exports`, or pairs of paths. */
  readonly importValues: readonly (string | { readonly child: string; readonly parent: string })[];
}

/** Somebody who looks after a chart. */
export interface ChartMaintainer {
  readonly name: string;
  readonly email: string;
  readonly url: string;
}

/** Chart.yaml; what is not said is empty. */
export interface ChartMetadata {
  readonly name: string;
  readonly home: string;
  readonly sources: readonly string[];
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly maintainers: readonly ChartMaintainer[];
  readonly icon: string;
  readonly apiVersion: string;
  readonly condition: string;
  readonly tags: string;
  readonly appVersion: string;
  readonly deprecated: boolean;
  readonly annotations: Readonly<Record<string, string>>;
  readonly kubeVersion: string;
  /** Absent is not the same as none: Helm leaves charts alone that do not name any. */
  readonly dependencies: readonly ChartDependency[] | undefined;
  readonly type: string;
}

/** A chart and those inside it. */
export interface Chart {
  readonly metadata: ChartMetadata;
  readonly templates: readonly ChartTemplate[];
  /** Neither templates nor values nor charts: what `.Files` sees, `crds/` among them. */
  readonly files: readonly ChartFile[];
  readonly values: GoMap;
  readonly schema: string | undefined;
  readonly dependencies: readonly Chart[];
  /**
   * Where its charts are said to lie, when that is not below its own name: Helm names the charts of a chart that
   * declares no dependencies by the names they were loaded under, whatever aliases say since.
   */
  readonly innerPath: string | undefined;
}

/** Whether a chart only holds templates for others. */
export const isLibraryChart = (chart: Chart): boolean => chart.metadata.type.toLowerCase() === 'library';

/** The name of a chart inside another whose own is known: `top/charts/name`. */
export const pathOfInner = (chart: Chart, path: string, inner: Chart): string =>
  `${chart.innerPath ?? path}/charts/${inner.metadata.name}`;
