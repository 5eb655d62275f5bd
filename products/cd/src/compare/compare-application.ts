/**
 * An application against the cluster: each object's sync status and health, and the sums of both. Pure.
 * @upstream argo-cd controller/state.go#CompareAppState, health.go#setApplicationHealth
 */
import { gvkOf, type KubeObject } from '@argosy/kube';

import { assessHealth } from '../health/assess-health.ts';
import { isWorse, type Health, type HealthStatus } from '../health/health.ts';
import { isHook, isSkipped, syncWaveOf } from '../sync/sync-wave.ts';
import type { ApplicationResourceStatus, ApplicationSpec } from '../api/application.ts';
import { isSelfTracked } from '../application/tracking/tracking.ts';
import { compareObject } from './compare-object.ts';

/** A manifest, its live object, and what became of comparing them. */
export interface ComparedResource {
  readonly id: string;
  readonly desired: KubeObject | undefined;
  readonly live: KubeObject | undefined;
  readonly status: 'Synced' | 'OutOfSync';
  readonly health: Health | undefined;
  readonly requiresPruning: boolean;
  /** What applying would make of the live object. */
  readonly predicted: KubeObject | undefined;
}

/** The whole comparison. */
export interface ApplicationComparison {
  readonly status: 'Synced' | 'OutOfSync';
  readonly health: Health;
  /** Sorted by group, kind, namespace and name. */
  readonly resources: readonly ComparedResource[];
  readonly hooks: readonly KubeObject[];
}

/** Object with whom a comparison is made, by identity. */
export interface ComparisonInput {
  readonly spec: ApplicationSpec | undefined;
  /** Rendered, with namespaces and tracking annotations set. */
  readonly desired: readonly KubeObject[];
  /** Every live object that is desired or tracked. */
  readonly live: ReadonlyMap<string, KubeObject>;
}

const IGNORE_HEALTH = 'argocd.argoproj.io/ignore-healthcheck';
const COMPARE_OPTIONS = 'argocd.argoproj.io/compare-options';

/** Identity of an object within a cluster; versions of a kind are one object. */
export const objectId = (object: KubeObject): string => {
  const { group, kind } = gvkOf(object);
  return `${group}/${kind}/${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`;
};

/** Compares. Of manifests with the same identity the last counts (CD-APP-11). */
export const compareApplication = (input: ComparisonInput): ApplicationComparison => {
  const wanted = new Map(
    input.desired
      .filter((object) => !isHook(object) && !isSkipped(object))
      .map((object) => [objectId(object), object] as const),
  );
  const extra = [...input.live.values()].filter(
    (object) => !wanted.has(objectId(object)) && isSelfTracked(object) && !isHook(object),
  );
  const resources = [
    ...[...wanted.values()].map((desired) => compareDesired(desired, input)),
    ...extra.map(compareExtra),
  ].sort((left, right) => (left.id < right.id ? -1 : 1));
  const counted = resources.filter(
    (resource) => !(resource.requiresPruning && hasOption(resource.live, 'IgnoreExtraneous')),
  );
  return {
    status: counted.every((resource) => resource.status === 'Synced') ? 'Synced' : 'OutOfSync',
    health: sumHealth(resources),
    resources,
    hooks: input.desired.filter((object) => isHook(object)),
  };
};

/** A resource as the application's status lists it. */
export const toResourceStatus = (resource: ComparedResource): ApplicationResourceStatus => {
  const object = resource.desired ?? resource.live;
  const { group, version, kind } = object ? gvkOf(object) : { group: '', version: '', kind: '' };
  const wave = object ? syncWaveOf(object) : 0;
  return {
    ...(group === '' ? {} : { group }),
    version,
    kind,
    ...(object?.metadata.namespace ? { namespace: object.metadata.namespace } : {}),
    name: object?.metadata.name ?? '',
    status: resource.status,
    ...(resource.health ? { health: resource.health } : {}),
    ...(resource.requiresPruning ? { requiresPruning: true } : {}),
    ...(wave === 0 ? {} : { syncWave: wave }),
  };
};

const compareDesired = (desired: KubeObject, input: ComparisonInput): ComparedResource => {
  const id = objectId(desired);
  const live = input.live.get(id);
  if (!live)
    return {
      id,
      desired,
      live,
      status: 'OutOfSync',
      health: { status: 'Missing' },
      requiresPruning: false,
      predicted: undefined,
    };
  const { modified, predicted } = compareObject(desired, live, input.spec?.ignoreDifferences);
  return {
    id,
    desired,
    live,
    status: modified ? 'OutOfSync' : 'Synced',
    health: assessHealth(live),
    requiresPruning: false,
    predicted,
  };
};

const compareExtra = (live: KubeObject): ComparedResource => ({
  id: objectId(live),
  desired: undefined,
  live,
  status: 'OutOfSync',
  health: assessHealth(live),
  requiresPruning: true,
  predicted: undefined,
});

const hasOption = (object: KubeObject | undefined, option: string): boolean =>
  (object?.metadata.annotations?.[COMPARE_OPTIONS] ?? '').split(',').some((part) => part.trim() === option);

/**
 * The worst of the objects. Missing ones count only when everything is missing (CD-HLTH-03, CD-HLTH-04); the message names
 * up to three that made it so (CD-APP-21).
 */
const sumHealth = (resources: readonly ComparedResource[]): Health => {
  const expected = resources.filter((resource) => resource.desired !== undefined);
  if (expected.length > 0 && expected.every((resource) => resource.live === undefined)) return { status: 'Missing' };
  const judged = resources.filter(
    (resource) =>
      resource.live !== undefined &&
      resource.health !== undefined &&
      resource.live.metadata.annotations?.[IGNORE_HEALTH] !== 'true',
  );
  const worst = judged.reduce<HealthStatus>(
    (sum, { health }) => (health && isWorse(health.status, sum) ? health.status : sum),
    'Healthy',
  );
  if (worst === 'Healthy') return { status: 'Healthy' };
  const causes = judged
    .filter(({ health }) => health?.status === worst)
    .map(
      ({ live, health }) =>
        `${live?.kind ?? ''}/${live?.metadata.name ?? ''}${health?.message ? `: ${health.message}` : ''}`,
    );
  const rest = causes.length > 3 ? ` and ${causes.length - 3} more` : '';
  return { status: worst, message: `${causes.slice(0, 3).join('; ')}${rest}` };
};
