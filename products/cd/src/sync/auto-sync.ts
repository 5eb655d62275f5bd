/**
 * Whether a sync starts by itself. Pure. @upstream argo-cd controller/appcontroller.go#autoSync @spec CD-AUTO-01 … CD-AUTO-11
 */
import { parseTimestamp, type Instant } from '@argosy/base';

import type { ApplicationOperation, ApplicationOperationState, ApplicationSpec } from '../api/application.ts';

/** What the decision is made from. */
export interface AutoSyncFacts {
  readonly automated: NonNullable<ApplicationSpec['syncPolicy']>['automated'];
  readonly isDeleting: boolean;
  readonly syncStatus: 'Synced' | 'OutOfSync' | 'Unknown';
  /** The commit just compared. */
  readonly revision: string;
  readonly resources: readonly {
    readonly group?: string;
    readonly kind: string;
    readonly name: string;
    readonly status?: string;
    readonly requiresPruning?: boolean;
  }[];
  readonly lastOperation: Pick<ApplicationOperationState, 'phase' | 'message' | 'finishedAt' | 'operation'> | undefined;
  /** The commit the last operation synced. */
  readonly lastRevision: string | undefined;
  readonly now: Instant;
}

/** The outcome. */
export type AutoSyncVerdict =
  | { readonly kind: 'start'; readonly prune: boolean; readonly sync: NonNullable<ApplicationOperation['sync']> }
  /** Not now, but after a wait. */
  | { readonly kind: 'later'; readonly afterMs: number }
  | { readonly kind: 'no'; readonly condition?: string };

/** Waits between self-heals of one revision, in seconds: 2, 6, 18 … up to 300 (CD-AUTO-09). */
const SELF_HEAL_BACKOFF = { durationSeconds: 2, factor: 3, capSeconds: 300 };

/** Decides. */
export const decideAutoSync = (facts: AutoSyncFacts): AutoSyncVerdict => {
  const { automated, resources } = facts;
  if (!automated || automated.enabled === false || facts.isDeleting || facts.syncStatus !== 'OutOfSync')
    return { kind: 'no' };
  const prune = automated.prune === true;
  if (
    !prune &&
    resources.length > 0 &&
    resources.every((resource) => resource.status === 'Synced' || resource.requiresPruning === true)
  )
    return { kind: 'no' };
  if (prune && automated.allowEmpty !== true && resources.every((resource) => resource.requiresPruning === true)) {
    return {
      kind: 'no',
      condition: `Skipping sync attempt to [${facts.revision}]: auto-sync will wipe out all resources`,
    };
  }
  if (facts.lastOperation === undefined || facts.lastRevision !== facts.revision)
    return { kind: 'start', prune, sync: { revision: facts.revision, prune } };
  return decideAgain(facts, prune);
};

/** This revision was synced before: only healing may sync it again, and only after it had succeeded. */
const decideAgain = (facts: AutoSyncFacts, prune: boolean): AutoSyncVerdict => {
  const { phase, message } = facts.lastOperation ?? {};
  if (phase === 'Failed' || phase === 'Error')
    return { kind: 'no', condition: `Failed last sync attempt to [${facts.revision}]: ${message ?? ''}` };
  if (facts.automated?.selfHeal !== true || phase !== 'Succeeded') return { kind: 'no' };
  const attempts = facts.lastOperation?.operation.sync?.autoHealAttemptsCount ?? 0;
  const remainingMs = selfHealRemainingMs(attempts, facts.now - (parseTimestamp(facts.lastOperation?.finishedAt) ?? 0));
  if (remainingMs > 0) return { kind: 'later', afterMs: remainingMs };
  const changed = facts.resources.filter(
    (resource) => resource.status !== 'Synced' && (prune || !resource.requiresPruning),
  );
  const selected = changed.map(({ group, kind, name }) => ({ ...(group ? { group } : {}), kind, name }));
  return {
    kind: 'start',
    prune,
    sync: { revision: facts.revision, prune, resources: selected, autoHealAttemptsCount: attempts + 1 },
  };
};

/** Milliseconds until the next heal may start; the first may at once. */
export const selfHealRemainingMs = (
  attempts: number,
  sinceFinishedMs: number,
  backoff: typeof SELF_HEAL_BACKOFF = SELF_HEAL_BACKOFF,
): number => {
  if (attempts <= 0) return 0;
  const wait = Math.min(backoff.capSeconds, backoff.durationSeconds * backoff.factor ** (attempts - 1)) * 1000;
  return Math.max(0, wait - sinceFinishedMs);
};
