/**
 * The name by which objects tell which application they belong to.
 * @spec CD-NS-05, CD-GEN-04; vectors cd-instance-names
 * @upstream argo-cd pkg/apis/application/v1alpha1/types.go#InstanceName
 */
import type { ObjectKey } from '@argosy/kube';

/** Applications outside of the control namespace carry theirs in the name. */
export const instanceNameOf = (key: ObjectKey, control: string): string =>
  !key.namespace || key.namespace === control ? key.name : `${key.namespace}_${key.name}`;

/** The application of such a name. */
export const keyOfInstance = (name: string, control: string): ObjectKey => {
  const split = name.indexOf('_');
  return split < 0 ? { namespace: control, name } : { namespace: name.slice(0, split), name: name.slice(split + 1) };
};
