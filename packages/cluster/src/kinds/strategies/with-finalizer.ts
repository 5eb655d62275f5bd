/**
 * Holds an object until whoever owns the finalizer has let go of it.
 */
import type { KubeObject } from '@argosy/kube';

/** The object with a finalizer of this name; itself where it has one already. */
export const withFinalizer = <T extends KubeObject>(object: T, name: string): T => {
  const { finalizers = [] } = object.metadata;
  if (finalizers.includes(name)) return object;
  return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, name] } };
};
