/**
 * Services: who replaces one without naming what was assigned to it keeps that.
 * @upstream kubernetes pkg/registry/core/service/strategy.go
 */
import type { Service } from '@argosy/kube';

import { keepNodePorts } from '../node-ports.ts';
import type { KindStrategy } from '../served-kind.ts';

/** Keeps the cluster IP and node ports of a service that is replaced. */
export const services: KindStrategy = {
  // Who replaces a service without naming its address keeps it, who makes it an alias gives it up.
  // @upstream kubernetes pkg/registry/core/service/strategy.go#patchAllocatedValues, #dropTypeDependentFields
  prepare: (object, previous) => {
    const spec = (object as Service).spec;
    if (!previous || !spec || typeof spec !== 'object') return object;
    const kept = keepNodePorts(object as Service, previous as Service);
    return keepClusterIP(kept, (previous as Service).spec);
  },
  // @upstream kubernetes pkg/registry/core/service/strategy.go#SelectableFields
  selectableFields: (object) => {
    const { clusterIP, type } = (object as Service).spec ?? {};
    return { 'spec.clusterIP': clusterIP ?? '', 'spec.type': type ?? '' };
  },
};

const keepClusterIP = (service: Service, before: Service['spec']): Service => {
  const spec = service.spec;
  if (!spec || !before?.clusterIP) return service;
  if (spec.type !== 'ExternalName')
    return spec.clusterIP ? service : { ...service, spec: { ...spec, clusterIP: before.clusterIP } };
  if (before.type === 'ExternalName' || spec.clusterIP !== before.clusterIP) return service;
  const { clusterIP: _address, clusterIPs: _addresses, ipFamilies: _families, ipFamilyPolicy: _policy, ...rest } = spec;
  return { ...service, spec: rest };
};
