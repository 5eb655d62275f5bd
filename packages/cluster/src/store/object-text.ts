/**
 * The JSON of objects, made once: the journal, answers and watchers all send the same text.
 */
import type { KubeObject } from '@argosy/kube';

const texts = new WeakMap<KubeObject, string>();

/** The JSON of an object; kept as long as the object when that is frozen. */
export const textOf = (object: KubeObject): string => {
  const known = texts.get(object);
  if (known !== undefined) return known;
  const text = JSON.stringify(object);
  if (Object.isFrozen(object)) texts.set(object, text);
  return text;
};
