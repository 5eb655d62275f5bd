/**
 * What a store can keep for good. A key that cannot be written, or that is read back as another one, and an object nobody
 * can write down would not hurt themselves alone: the journal stops at the first write that fails, and everybody's after it.
 */
import { ApiStatusError, gvkOf, invalidField, invalidObject, type KubeObject, type ObjectKey } from '@argosy/kube';

import { textOf } from './object-text.ts';

/** Longest place of an object in bytes: resource, namespace and name with what parts them. LMDB's keys end at 1978. */
const LONGEST_PLACE_BYTES = 1_900;
/** Largest object, in characters of its JSON: far above what one request can bring, so that only growing reaches it. */
export const LARGEST_OBJECT = 16 * 1024 * 1024;

/** Where an object lies: resources and namespaces have no spaces. Pure. */
export const placeOf = (resource: string, { namespace = '', name }: ObjectKey): string =>
  `${resource} ${namespace} ${name}`;

/** Throws Invalid for a name no store can keep, and RequestEntityTooLarge for an object that has grown too much. Pure. */
export const checkStorable = (resource: string, key: ObjectKey, object: KubeObject): void => {
  const problem = problemOf(placeOf(resource, key));
  if (problem !== undefined)
    throw invalidObject(gvkOf(object), key.name, [invalidField('metadata.name', key.name, problem)]);
  const length = lengthOf(object);
  if (length <= LARGEST_OBJECT) return;
  throw new ApiStatusError(
    'RequestEntityTooLarge',
    `Request entity too large: ${key.name} would have ${length === Infinity ? 'too many' : length} characters; limit is ${LARGEST_OBJECT}`,
  );
};

const problemOf = (place: string): string | undefined => {
  // NUL ends a key, and a half of a pair of UTF-16 has no form of its own in UTF-8: two names would become one.
  if (/[\0\p{Surrogate}]/u.test(place)) return 'must be text without NUL and without halves of characters';
  if (place.length <= LONGEST_PLACE_BYTES / 3 || Buffer.byteLength(place) <= LONGEST_PLACE_BYTES) return undefined;
  return `must be shorter: with its resource and namespace it may have ${LONGEST_PLACE_BYTES} bytes`;
};

const lengthOf = (object: KubeObject): number => {
  try {
    return textOf(object).length;
  } catch (thrown) {
    // What this engine cannot hold in one text.
    if (thrown instanceof RangeError) return Infinity;
    throw thrown;
  }
};
