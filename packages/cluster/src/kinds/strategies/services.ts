/**
 * Services: who replaces one without naming what was assigned to it keeps that.
 * @upstream kubernetes pkg/registry/core/service/strategy.go
 */
import { isObject } from '@argosy/base';
import type { Service } from '@argosy/kube';

import type { KindStrategy } from '../served-kind.ts';
import { serviceAddressFindings } from '../service-address-rules.ts';
import { changedService } from '../service-changes.ts';

/** Keeps what was assigned to a service that is replaced, and gives up what goes with its former type. */
export const services: KindStrategy = {
  prepare: (object, previous) => (previous ? changedService(object as Service, previous as Service) : object),
  validate: (object, previous) => serviceAddressFindings(object as Service, { isNew: previous === undefined }),
  // @upstream kubernetes pkg/apis/core/v1/defaults.go#SetDefaults_ServiceStatus
  prepareStatus: (object) => withModes(object as Service),
  // @upstream kubernetes pkg/api/service/warnings.go
  warn: (object) => {
    const { type, externalName, externalIPs = [] } = (object as Service).spec ?? {};
    const isAlias = type === 'ExternalName';
    return [
      ...(isAlias && externalIPs.length > 0 ? ['spec.externalIPs is ignored when spec.type is "ExternalName"'] : []),
      ...(!isAlias && externalName ? ['spec.externalName is ignored when spec.type is not "ExternalName"'] : []),
    ];
  },
  // @upstream kubernetes pkg/registry/core/service/strategy.go#SelectableFields
  selectableFields: (object) => {
    const { clusterIP, type } = (object as Service).spec ?? {};
    return { 'spec.clusterIP': clusterIP ?? '', 'spec.type': type ?? '' };
  },
};

/** Who gives an address without saying how it is used means one that clients reach themselves. */
const withModes = (service: Service): Service => {
  const points: unknown = (service.status as { readonly loadBalancer?: { readonly ingress?: unknown } } | undefined)
    ?.loadBalancer?.ingress;
  if (service.spec?.type !== 'LoadBalancer' || !Array.isArray(points)) return service;
  const ingress = points.map((point: unknown) =>
    isObject(point) && point['ip'] && point['ipMode'] === undefined ? { ...point, ipMode: 'VIP' } : point,
  );
  const { loadBalancer, ...status } = service.status as { readonly loadBalancer: object };
  return { ...service, status: { ...status, loadBalancer: { ...loadBalancer, ingress } } } as Service;
};
