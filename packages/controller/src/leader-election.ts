/**
 * One of several replicas works, the others stand by. @upstream kubernetes client-go tools/leaderelection
 */
import {
  delay,
  messageOf,
  onAbort,
  parseTimestamp,
  toMicroTimestamp,
  type Clock,
  type Logger,
  type Random,
} from '@argosy/base';
import type { Client } from '@argosy/client';
import { isApiError, LEASES, type Lease, type ObjectKey } from '@argosy/kube';

/** Who competes for what, and how long a silent leader is believed. */
export interface LeaderElectionOptions {
  readonly lease: ObjectKey;
  /** Unique per process. */
  readonly identity: string;
  /** Default 15 000 ms, as upstream: followers take over this long after the last renewal they saw. */
  readonly leaseDurationMs?: number;
  /** Default 2 000 ms between attempts and renewals. */
  readonly retryPeriodMs?: number;
}

/** Ports of leader election. */
export interface LeaderElectionDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/**
 * Waits to become leader, then runs `lead` with a signal that aborts when leadership is lost or the outer signal
 * aborts. Returns when the outer signal aborts, having given the lease back so that nobody waits for it to end; after a
 * loss it competes again.
 */
export const runAsLeader = async (
  deps: LeaderElectionDeps,
  options: LeaderElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> => {
  const { leaseDurationMs = 15_000, retryPeriodMs = 2_000 } = options;
  // Clocks of machines differ: what counts is how long *we* have seen the record unchanged.
  let observed: { readonly record: string; readonly at: number } | undefined;
  const tryHold = async (): Promise<boolean> => {
    const current = await readLease(deps, options.lease);
    const record = JSON.stringify(current?.spec ?? {});
    if (observed?.record !== record) observed = { record, at: deps.clock.now() };
    const holder = current?.spec?.holderIdentity;
    const expired = deps.clock.now() - observed.at >= leaseDurationMs;
    if (holder && holder !== options.identity && !expired) return false;
    return holdLease(deps, options, current, leaseDurationMs);
  };

  while (!signal.aborted) {
    if (!(await quietly(deps, tryHold))) {
      await delay(deps.clock, retryPeriodMs * (0.8 + deps.random.next() * 0.4), signal);
      continue;
    }
    deps.log.info('became leader', { lease: options.lease.name, identity: options.identity });
    await leadUntilLost(deps, { retryPeriodMs, leaseDurationMs, tryHold, lead, signal });
    if (signal.aborted) await quietly(deps, () => releaseLease(deps, options));
  }
};

interface Term {
  readonly retryPeriodMs: number;
  readonly leaseDurationMs: number;
  readonly tryHold: () => Promise<boolean>;
  readonly lead: (signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

const leadUntilLost = async (deps: LeaderElectionDeps, term: Term): Promise<void> => {
  const lost = new AbortController();
  const stopListening = onAbort(term.signal, () => lost.abort());
  const leading = term.lead(lost.signal);
  let renewedAt = deps.clock.now();
  while (!lost.signal.aborted) {
    await delay(deps.clock, term.retryPeriodMs, lost.signal);
    if (lost.signal.aborted) break;
    if (await quietly(deps, term.tryHold)) renewedAt = deps.clock.now();
    // Stop two thirds into the lease, well before a follower may start.
    else if (deps.clock.now() - renewedAt > (term.leaseDurationMs * 2) / 3) lost.abort();
  }
  stopListening();
  await leading;
};

/** An empty holder may be followed at once. */
const releaseLease = async (deps: LeaderElectionDeps, options: LeaderElectionOptions): Promise<boolean> => {
  const current = await readLease(deps, options.lease);
  if (current?.spec?.holderIdentity !== options.identity) return false;
  const spec = { ...current.spec, holderIdentity: '', leaseDurationSeconds: 1 };
  await deps.client.update(LEASES, { ...current, spec });
  return true;
};

const quietly = async (deps: LeaderElectionDeps, attempt: () => Promise<boolean>): Promise<boolean> => {
  try {
    return await attempt();
  } catch (thrown) {
    if (!isApiError(thrown, 'Conflict', 'AlreadyExists'))
      deps.log.warn('lease not written', { error: messageOf(thrown) });
    return false;
  }
};

const readLease = async (deps: LeaderElectionDeps, key: ObjectKey): Promise<Lease | undefined> => {
  try {
    return await deps.client.get(LEASES, key);
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound')) return undefined;
    throw thrown;
  }
};

const holdLease = async (
  deps: LeaderElectionDeps,
  options: LeaderElectionOptions,
  current: Lease | undefined,
  leaseDurationMs: number,
): Promise<boolean> => {
  const now = toMicroTimestamp(deps.clock.now());
  const same = current?.spec?.holderIdentity === options.identity;
  const acquired =
    parseTimestamp(current?.spec?.acquireTime) === undefined || !same ? now : (current?.spec?.acquireTime ?? now);
  const spec = {
    holderIdentity: options.identity,
    leaseDurationSeconds: Math.ceil(leaseDurationMs / 1000),
    acquireTime: acquired,
    renewTime: now,
    leaseTransitions: (current?.spec?.leaseTransitions ?? 0) + (current && !same ? 1 : 0),
  };
  if (current) await deps.client.update(LEASES, { ...current, spec });
  else
    await deps.client.create(LEASES, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { ...options.lease },
      spec,
    });
  return true;
};
