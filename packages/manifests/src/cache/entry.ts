/**
 * A render that is remembered: what it was made of, what it looked at, what it gave.
 */
import { createHash } from 'node:crypto';

import { canonicalText } from '@argosy/base';

import type { Look } from '../tree/traced-tree.ts';

/** Looks by the name of the tree they were made in; an application may have several sources. */
export type LooksByTree = readonly (readonly [name: string, looks: readonly Look[]])[];

/** What is written to disk. */
export interface Entry {
  /** Digest of everything but files. */
  readonly key: string;
  /** Digest of the looks: two entries of one key differ by it. */
  readonly trace: string;
  readonly looks: LooksByTree;
  readonly value: unknown;
}

/** Grows when entries are written differently, or when renders of before are not to be trusted. */
const FORMAT = 1;

/** Digests what a render is made of; objects are the same whatever the order of their fields. */
export const keyOf = (inputs: unknown): string => digest(`${FORMAT} ${canonicalText(inputs)}`);

/** Digests looks. */
export const traceOf = (looks: LooksByTree): string => digest(JSON.stringify(looks));

/** Reads an entry back; `undefined` for anything else. */
export const parseEntry = (text: string): Entry | undefined => {
  try {
    const entry = JSON.parse(text) as Partial<Entry> | null;
    const isWhole =
      entry !== null &&
      typeof entry.key === 'string' &&
      typeof entry.trace === 'string' &&
      Array.isArray(entry.looks) &&
      'value' in entry &&
      traceOf(entry.looks as LooksByTree) === entry.trace;
    return isWhole ? (entry as Entry) : undefined;
  } catch {
    // Half of a file, or somebody else's: as if it were not there.
    return undefined;
  }
};

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
