/**
 * Streams whose beginning may fail: a refusal must be known before the head of the answer says that all is well.
 */
import { delay, type Clock } from '@argosy/base';

/** How long to look whether it fails, in milliseconds: what is refused is refused at once. */
const LOOK_MS = 20;

/** Begins a stream; rejects when its beginning fails. A stream that only has nothing to say yet is given back as it is. */
export const begunStream = async <T>(clock: Clock, stream: AsyncIterable<T>): Promise<AsyncIterable<T>> => {
  const iterator = stream[Symbol.asyncIterator]();
  const first = iterator.next();
  const waited = new AbortController();
  await Promise.race([first, delay(clock, LOOK_MS, waited.signal)]);
  waited.abort();
  return rest(first, iterator);
};

async function* rest<T>(first: Promise<IteratorResult<T>>, iterator: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    for (let next = await first; next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}
