/**
 * How objects are printed: columns, JSON, YAML, names.
 */
import { formatAge, parseTimestamp } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';
import { dump } from 'js-yaml';

/** Formats every verb knows; `wide` adds columns. */
export type OutputFormat = '' | 'wide' | 'json' | 'yaml' | 'name';

/** Rows under each other, the first being the head. */
export const inColumns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join('   ')
      .trimEnd(),
  );
};

/** Prints an object or a list as JSON or YAML. */
export const printStructured = (print: (line: string) => void, value: unknown, output: 'json' | 'yaml'): void =>
  print(output === 'json' ? JSON.stringify(value, undefined, 2) : dump(value, { lineWidth: -1 }).trimEnd());

/** Prints the names of objects, one a line. */
export const printNames = (print: (line: string) => void, objects: readonly KubeObject[]): void => {
  for (const object of objects) print(object.metadata.name ?? '');
};

/** How long something took, or has been going on; empty before it began. */
export const durationOf = (
  of: { readonly startedAt?: string | null; readonly finishedAt?: string | null },
  now: number,
): string => {
  const startedAt = parseTimestamp(of.startedAt);
  return startedAt === undefined ? '' : formatAge((parseTimestamp(of.finishedAt) ?? now) - startedAt);
};

/** Age of an object. */
export const ageOf = (object: KubeObject, now: number): string => {
  const createdAt = parseTimestamp(object.metadata.creationTimestamp);
  return createdAt === undefined ? '' : formatAge(now - createdAt);
};
