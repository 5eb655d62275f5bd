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

/** Columns by name: `+` before those of `-o wide`, `#type` after those that are no texts. */
export const columns = (...names: readonly string[]): readonly TableColumn[] =>
  names.map((text) => {
    const isWide = text.startsWith('+');
    const [name = '', type = 'string'] = (isWide ? text.slice(1) : text).split('#');
    return { name, type, priority: isWide ? 1 : 0 };
  });

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
export const unset = (text: string): string => (text === '' ? '<unset>' : text);
/** As many texts as there is room for, and how many more there are. */
export const atMost = (count: number, texts: readonly string[], between = ','): string =>
  `${texts.slice(0, count).join(between)}${texts.length > count ? ` + ${texts.length - count} more...` : ''}`;
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
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
  );
