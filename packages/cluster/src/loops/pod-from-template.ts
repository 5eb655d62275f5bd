/**
 * Pods made from a template for an owner. @upstream kubernetes pkg/controller/controller_utils.go#GetPodFromTemplate
 */
import { controllerReferenceTo, type KubeObject, type Pod, type PodTemplateSpec, type StringMap } from '@argosy/kube';

/** Annotations that carry causality from an owner to what it makes. */
const CARRIED_ANNOTATIONS = ['argosy.dev/cause', 'argosy.dev/traceparent'];

/** The pod an owner makes from a template; the server completes its name. */
export const podFromTemplate = (
  owner: KubeObject,
  template: PodTemplateSpec,
  extra: { readonly labels?: StringMap; readonly annotations?: StringMap; readonly name?: string } = {},
): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    ...(extra.name === undefined ? { generateName: `${owner.metadata.name ?? ''}-` } : { name: extra.name }),
    namespace: owner.metadata.namespace,
    labels: { ...template.metadata?.labels, ...extra.labels },
    annotations: { ...carriedFrom(owner), ...template.metadata?.annotations, ...extra.annotations },
    ...(template.metadata?.finalizers ? { finalizers: template.metadata.finalizers } : {}),
    ownerReferences: [controllerReferenceTo(owner)],
  },
  spec: template.spec,
});

/** The causality annotations of an owner. */
export const carriedFrom = (owner: KubeObject): StringMap =>
  Object.fromEntries(
    CARRIED_ANNOTATIONS.flatMap((name) => {
      const value = owner.metadata.annotations?.[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
