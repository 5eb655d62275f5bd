/**
 * Words the tables of the built-in kinds are written in. @upstream kubernetes pkg/printers/internalversion/printers.go
 */
import { formatAge, parseTimestamp, type Instant } from '@argosy/base';

import type { KubeObject, StringMap } from '../objects/object.ts';
import { formatLabelSelector, type LabelSelector } from '../selectors/label-selector.ts';

/** A column; priority above 0 is shown with `-o wide` only. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly priority: number;
}

/** A value in a row. */
export type Cell = string | number | boolean;

/** How a kind is printed. Both are pure. */
export interface TableDefinition {
  readonly columns: readonly TableColumn[];
  readonly cells: (object: KubeObject, now: Instant) => readonly Cell[];
}

/** An object's age. */
export const ageOf = (timestamp: string | undefined | null, now: Instant): string => {
  const since = parseTimestamp(timestamp);
  return since === undefined ? '<unknown>' : formatAge(now - since);
};

export const columns = (...names: readonly string[]): readonly TableColumn[] =>
  names.map((name) =>
    name.startsWith('+') ? { name: name.slice(1), type: 'string', priority: 1 } : { name, type: 'string', priority: 0 },
  );

/** Gives the cells function a typed object; the caller looks it up by kind. */
export const table = <T extends KubeObject>(
  names: readonly string[],
  cells: (object: T, now: Instant) => readonly Cell[],
): TableDefinition => ({
  columns: columns(...names),
  cells: (object, now) => cells(object as T, now),
});

export const nameOf = (object: KubeObject): string => object.metadata.name ?? '';
export const age = (object: KubeObject, now: Instant): string => ageOf(object.metadata.creationTimestamp, now);
export const none = (text: string | undefined): string => (text === undefined || text === '' ? '<none>' : text);
export const imagesOf = (
  containers: readonly { readonly name: string; readonly image?: string }[] | undefined,
): readonly string[] => [
  (containers ?? []).map((container) => container.name).join(','),
  (containers ?? []).map((container) => container.image ?? '').join(','),
];
export const selectorText = (selector: LabelSelector | undefined): string =>
  none(selector && formatLabelSelector(selector));
export const mapText = (map: StringMap | undefined): string =>
  none(
    Object.entries(map ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
  );
