/**
 * A comparison as an application's status tells it. Pure.
 * @spec CD-APP-19 … CD-APP-26
 */
import { isEqual, toTimestamp, type Instant } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';

import type { Application, ApplicationStatus } from '../api/application.ts';
import { toResourceStatus, type ApplicationComparison } from '../compare/compare-application.ts';
import type { ReadySource } from './sources/source-state.ts';

/** Conditions that say why nothing can be compared. */
export const FAILURE_CONDITIONS = ['ComparisonError', 'InvalidSpecError'] as const;

/** What an application is compared to: its own words, whatever a sync names. */
export const comparedTo = ({
  spec,
}: Application): NonNullable<NonNullable<ApplicationStatus['sync']>['comparedTo']> => ({
  ...(spec?.sources?.length ? { sources: spec.sources } : spec?.source ? { source: spec.source } : {}),
  ...(spec?.destination ? { destination: spec.destination } : {}),
});

/** The status after a comparison; the same object when nothing changed but the time. */
export const withComparison = (
  object: Application,
  of: {
    readonly comparison: ApplicationComparison;
    readonly source: ReadySource;
    readonly now: Instant;
  },
): ApplicationStatus => {
  const { sourceType: _type, sourceTypes: _types, ...before } = object.status ?? {};
  const { comparison, source } = of;
  const isSameHealth = before.health?.status === comparison.health.status;
  const next: ApplicationStatus = {
    ...before,
    sync: {
      status: comparison.status,
      ...(source.revisions ? { revisions: source.revisions } : { revision: source.revision }),
      comparedTo: comparedTo(object),
    },
    health: {
      ...comparison.health,
      lastTransitionTime: isSameHealth
        ? (before.health?.lastTransitionTime ?? toTimestamp(of.now))
        : toTimestamp(of.now),
    },
    resources: comparison.resources.map(toResourceStatus),
    conditions: withConditions(
      (before.conditions ?? []).filter(({ type }) => !FAILURE_CONDITIONS.some((one) => one === type)),
      'RepeatedResourceWarning',
      source.repeated,
      of.now,
    ),
    summary: summaryOf(comparison),
    ...(source.sourceTypes ? { sourceTypes: source.sourceTypes } : { sourceType: source.sourceType }),
  };
  // The time of reconciling alone is no reason to write: an application at rest costs nothing.
  return object.status && isEqual({ ...next, reconciledAt: before.reconciledAt }, object.status)
    ? object.status
    : { ...next, reconciledAt: toTimestamp(of.now) };
};

/** Sets or clears a condition; its time moves when its message does (CD-APP-19). */
export const withConditions = (
  conditions: ApplicationStatus['conditions'],
  type: string,
  message: string | undefined,
  now: Instant,
): NonNullable<ApplicationStatus['conditions']> => {
  const others = (conditions ?? []).filter((condition) => condition.type !== type);
  const current = conditions?.find((condition) => condition.type === type);
  if (message === undefined) return others;
  const written = current?.message === message ? current : { type, message, lastTransitionTime: toTimestamp(now) };
  return [...others, written].sort((left, right) => (left.type < right.type ? -1 : 1));
};

const summaryOf = (comparison: ApplicationComparison): ApplicationStatus['summary'] => {
  const images = comparison.resources.flatMap(({ live }) => (live ? imagesIn(live) : []));
  return images.length > 0 ? { images: [...new Set(images)].sort((left, right) => (left < right ? -1 : 1)) } : {};
};

const imagesIn = (object: KubeObject): readonly string[] => {
  const spec = object.spec as
    | { readonly template?: { readonly spec?: unknown }; readonly containers?: unknown }
    | undefined;
  const pod = (spec?.template?.spec ?? spec) as
    | { readonly containers?: unknown; readonly initContainers?: unknown }
    | undefined;
  return [pod?.containers, pod?.initContainers]
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .flatMap((container: { readonly image?: unknown }) =>
      typeof container?.image === 'string' ? [container.image] : [],
    );
};
