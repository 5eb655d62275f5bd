/** Runtimes pods may ask for. @spec https://kubernetes.io/docs/concepts/containers/runtime-class/ */
import { resourceType, type KubeObject, type StringMap } from '../objects/object.ts';

export interface RuntimeClass extends KubeObject {
  readonly handler: string;
  readonly overhead?: { readonly podFixed?: Readonly<Record<string, string>> };
  readonly scheduling?: {
    readonly nodeSelector?: StringMap;
    readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
  };
}

export const RUNTIME_CLASSES = resourceType<RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  resource: 'runtimeclasses',
  kind: 'RuntimeClass',
  namespaced: false,
});
