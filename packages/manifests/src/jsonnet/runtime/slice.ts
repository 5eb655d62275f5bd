/**
 * Slices of arrays and texts; negative bounds count from the end.
 */
import type { Machine } from './machine.ts';
import { codePoints, withArticle } from './operations.ts';
import { isArray, problem, type Lazy, type Value } from './values.ts';

/** Bounds, as they are written; null where left out. */
export interface Bounds {
  readonly from: Value;
  readonly to: Value;
  readonly step: Value;
}

/** Takes a slice. */
export const sliceValue = (machine: Machine, target: Value, bounds: Bounds): Value => {
  if (typeof target !== 'string' && !isArray(target)) throw problem(`${withArticle(target)} cannot be sliced`);
  const items = typeof target === 'string' ? codePoints(target) : target;
  const step = boundOf(bounds.step, 1);
  if (step < 1) throw problem(`a slice's step is at least 1, not ${step}`);
  const from = fromEnd(boundOf(bounds.from, 0), items.length);
  const to = Math.min(fromEnd(boundOf(bounds.to, items.length), items.length), items.length);
  const taken: Lazy[] = [];
  for (let at = from; at < to; at += step) taken.push(items[at] ?? null);
  machine.reserve(taken.length);
  machine.spend(1 + taken.length / 16);
  return typeof target === 'string' ? taken.map((part) => toPart(part)).join('') : taken;
};

const boundOf = (bound: Value, fallback: number): number => {
  if (bound === null) return fallback;
  if (typeof bound !== 'number' || !Number.isInteger(bound))
    throw problem(
      `the bounds of a slice are whole numbers, not ${typeof bound === 'number' ? bound : withArticle(bound)}`,
    );
  return bound;
};

const fromEnd = (bound: number, length: number): number => (bound < 0 ? Math.max(0, length + bound) : bound);

const toPart = (part: Lazy): string => (typeof part === 'string' ? part : '');
