/**
 * A weight as nginx reads it: a second Ingress with canary annotations. Pure. @spec RO-NGX-02, RO-NGX-03, RO-NGX-04
 */
import { controllerReferenceTo, type Ingress, type IngressSpec } from '@argosy/kube';

import type { Rollout } from '../../api/rollout.ts';

const PREFIX = 'nginx.ingress.kubernetes.io';
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const LONGEST_NAME = 253;

/** Name of the second Ingress; cut from the left part. */
export const canaryIngressName = (rollout: string, stableIngress: string): string => {
  const suffix = '-canary';
  return `${`${rollout}-${stableIngress}`.slice(0, LONGEST_NAME - suffix.length)}${suffix}`;
};

/** The prefix of nginx' annotations in force. */
const annotationPrefixOf = (rollout: Rollout): string =>
  rollout.spec?.strategy?.canary?.trafficRouting?.nginx?.annotationPrefix ?? PREFIX;

/** The canary Ingress for a weight; what others wrote on an existing one stays. */
export const canaryIngressFor = (
  rollout: Rollout,
  stableIngress: Ingress,
  of: { readonly weight: number; readonly existing: Ingress | undefined },
): Ingress => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: {
    ...of.existing?.metadata,
    name: canaryIngressName(rollout.metadata.name ?? '', stableIngress.metadata.name ?? ''),
    namespace: rollout.metadata.namespace,
    annotations: { ...of.existing?.metadata.annotations, ...annotationsFor(rollout, stableIngress, of.weight) },
    ownerReferences: of.existing?.metadata.ownerReferences ?? [controllerReferenceTo(rollout)],
  },
  spec: canarySpec(rollout, stableIngress.spec ?? {}),
  ...(of.existing?.status ? { status: of.existing.status } : {}),
});

const annotationsFor = (rollout: Rollout, stable: Ingress, weight: number): Readonly<Record<string, string>> => {
  const routing = rollout.spec?.strategy?.canary?.trafficRouting;
  const prefix = annotationPrefixOf(rollout);
  const ingressClass = stable.metadata.annotations?.[CLASS_ANNOTATION];
  return {
    ...(ingressClass === undefined ? {} : { [CLASS_ANNOTATION]: ingressClass }),
    ...Object.fromEntries(
      Object.entries(routing?.nginx?.additionalIngressAnnotations ?? {}).map(([key, value]) => [
        key.startsWith(`${prefix}/`) ? key : `${prefix}/${key}`,
        value,
      ]),
    ),
    [`${prefix}/canary`]: 'true',
    [`${prefix}/canary-weight`]: String(weight),
    ...(routing?.maxTrafficWeight === undefined
      ? {}
      : { [`${prefix}/canary-weight-total`]: String(routing.maxTrafficWeight) }),
    ...routing?.nginx?.canaryIngressAnnotations,
  };
};

/** Rules that lead to the stable Service, leading to the canary; the others are left out. */
const canarySpec = (rollout: Rollout, stable: IngressSpec): IngressSpec => {
  const { stableService = '', canaryService = '' } = rollout.spec?.strategy?.canary ?? {};
  const rules = (stable.rules ?? []).flatMap((rule) => {
    const paths = rule.http?.paths ?? [];
    if (!paths.some(({ backend }) => backend.service?.name === stableService)) return [];
    return [
      {
        ...rule,
        http: {
          paths: paths.map((path) =>
            path.backend.service?.name === stableService
              ? { ...path, backend: { ...path.backend, service: { ...path.backend.service, name: canaryService } } }
              : path,
          ),
        },
      },
    ];
  });
  return {
    ...(stable.ingressClassName === undefined ? {} : { ingressClassName: stable.ingressClassName }),
    ...(stable.tls === undefined ? {} : { tls: stable.tls }),
    rules,
  };
};
