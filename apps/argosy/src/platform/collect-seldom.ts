/**
 * How often the whole heap is looked through. That takes time from writes and from those who watch them, on every core; a
 * server that holds its objects in memory finds little to free each time.
 */
import { setFlagsFromString } from 'node:v8';

/** What the heap may grow by between two looks, in percent of what was alive at the last one. */
const GROWTH_PERCENT = 200;

/** Lets the heap grow further before it is looked through. Of a process that idles, memory is given back as ever. */
export const collectSeldom = (): void => setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
