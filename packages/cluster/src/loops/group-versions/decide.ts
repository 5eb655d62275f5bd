/**
 * Group versions as APIService objects. @upstream kube-aggregator pkg/apiserver, kubernetes cmd/kube-apiserver/app/server.go
 */
import type { ServedResource } from '@argosy/client';
import type { ApiService } from '@argosy/kube';

/** The object of each group version that is served, by name. `now` is a timestamp. */
export const describeGroupVersions = (
  served: readonly Pick<ServedResource, 'group' | 'version'>[],
  now: string,
): ReadonlyMap<string, ApiService> =>
  new Map(
    served.map(({ group, version }) => {
      const described = describeGroupVersion(group, version, now);
      return [described.metadata.name ?? '', described] as const;
    }),
  );

/** Groups and versions that come first come first in what clients choose from. Custom ones share the last row. */
const PRIORITIES: Readonly<Record<string, readonly [group: number, version: number]>> = {
  '': [18_000, 1],
  apps: [17_800, 15],
  'events.k8s.io': [17_750, 15],
  'authentication.k8s.io': [17_700, 15],
  'authorization.k8s.io': [17_600, 15],
  autoscaling: [17_500, 15],
  batch: [17_400, 15],
  'networking.k8s.io': [17_200, 15],
  policy: [17_100, 15],
  'rbac.authorization.k8s.io': [17_000, 15],
  'storage.k8s.io': [16_800, 15],
  'apiextensions.k8s.io': [16_700, 15],
  'admissionregistration.k8s.io': [16_700, 15],
  'scheduling.k8s.io': [16_600, 15],
  'coordination.k8s.io': [16_500, 15],
  'discovery.k8s.io': [16_200, 15],
};
const CUSTOM = [1000, 100] as const;

const describeGroupVersion = (group: string, version: string, now: string): ApiService => {
  const known = Object.hasOwn(PRIORITIES, group) ? PRIORITIES[group] : undefined;
  const [groupPriorityMinimum, versionPriority] = known ?? CUSTOM;
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: {
      name: `${version}.${group}`,
      labels: { 'kube-aggregator.kubernetes.io/automanaged': known ? 'onstart' : 'true' },
    },
    spec: { ...(group === '' ? {} : { group }), version, groupPriorityMinimum, versionPriority },
    status: {
      conditions: [
        {
          type: 'Available',
          status: 'True',
          reason: 'Local',
          message: 'The server itself serves this version.',
          lastTransitionTime: now,
        },
      ],
    },
  };
};
