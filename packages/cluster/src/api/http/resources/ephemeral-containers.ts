/**
 * `pods/NAME/ephemeralcontainers`: puts containers into a running pod (`kubectl debug`), and changes nothing else of it.
 * @upstream kubernetes pkg/registry/core/pod/strategy.go#podEphemeralContainersStrategy
 */
import { isEqual } from '@argosy/base';
import type { WriteOptions } from '@argosy/client';
import { gvkOf, invalidField, invalidObject, PODS, type Pod } from '@argosy/kube';

/** Writes a pod through `write`, after a trial has shown that it only adds. Throws Invalid, and what `write` throws. */
export const addEphemeralContainers = async (
  current: Pod,
  write: (options: Pick<WriteOptions, 'dryRun'>) => Promise<Pod>,
): Promise<Pod> => {
  const changed = await write({ dryRun: true });
  const finding = findForbidden(current, changed);
  if (finding !== undefined)
    throw invalidObject(gvkOf({ ...current, apiVersion: PODS.version, kind: PODS.kind }), current.metadata.name ?? '', [
      invalidField('spec.ephemeralContainers', finding.value, finding.detail),
    ]);
  return write({});
};

const findForbidden = (before: Pod, after: Pod): { readonly value: unknown; readonly detail: string } | undefined => {
  const { ephemeralContainers: old = [], ...oldSpec } = before.spec ?? { containers: [] };
  const { ephemeralContainers: all = [], ...newSpec } = after.spec ?? { containers: [] };
  if (!isEqual(oldSpec, newSpec))
    return { value: before.metadata.name, detail: 'only ephemeral containers may be changed through this subresource' };
  const known = old as readonly { readonly name: string }[];
  const given = all as readonly { readonly name: string }[];
  const lost = known.find((one) => !given.some((other) => isEqual(one, other)));
  return lost && { value: lost.name, detail: 'existing ephemeral containers may not be changed or removed' };
};
