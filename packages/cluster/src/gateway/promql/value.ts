/** What expressions yield. */
import type { Labels, SampledSeries } from '../measure/sample-store.ts';

/** A series at one instant. */
export interface VectorSample {
  readonly labels: Labels;
  readonly value: number;
}

/** A value at one instant. */
export type QueryValue =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'vector'; readonly samples: readonly VectorSample[] }
  | { readonly kind: 'matrix'; readonly series: readonly SampledSeries[] };

/** Without these labels. */
export const withoutLabels = (labels: Labels, names: readonly string[]): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)));

/** With these labels only. */
export const onlyLabels = (labels: Labels, names: readonly string[]): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)));

/** Without the metric's name: what is computed is no longer that metric. */
export const withoutName = (labels: Labels): Labels => withoutLabels(labels, ['__name__']);

/** Equal texts mean equal labels. */
export const labelsKey = (labels: Labels): string =>
  JSON.stringify(Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)));

/** Writes labels as Prometheus does in messages. */
export const formatLabels = (labels: Labels): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(', ')}}`;
