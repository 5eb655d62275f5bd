/**
 * How many parts a value may have when something walks it.
 */
import { GoError } from './values.ts';

/** Counts the parts of a value while something walks it; throws when it is endless or too large. */
export const createPartCounter = (): ((depth: number) => void) => {
  let parts = 0;
  return (depth) => {
    parts += 1;
    if (depth > MAX_DEPTH) throw new GoError('value contains itself, or is nested too deeply');
    if (parts > MAX_PARTS) throw new GoError('value is too large');
  };
};

/** Deeper data would be a map inside itself. */
const MAX_DEPTH = 200;
/** More parts than this in one value are refused: shared parts may stand for far more than memory holds. */
const MAX_PARTS = 1_000_000;
