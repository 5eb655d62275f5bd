/**
 * How garbage is collected. The whole heap is looked through seldom, and on a small machine by the program's own thread:
 * looking takes time from writes and from those who watch them, and a server that holds its objects in memory finds little
 * to free each time.
 */
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/** What the heap may grow by between two looks, in percent of what was alive at the last one. */
const GROWTH_PERCENT = 200;
/** With so few cores, threads that look through the heap meanwhile take the time of the one that answers. */
const FEW_CORES = 2;
/** What the space of new objects grows by when much in it stays alive: as V8 has it. */
const SPACE_GROWTH = 2;

/** Lets the heap grow further before it is looked through. Of a process that idles, memory is given back as ever. */
export const collectSeldom = (): void => {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  if (availableParallelism() <= FEW_CORES) setFlagsFromString('--no-concurrent-marking');
};

/** To be called when the start is over: from now on the space of new objects grows with what requests need. */
export const collectForService = (): void => setFlagsFromString(`--semi-space-growth-factor=${SPACE_GROWTH}`);
