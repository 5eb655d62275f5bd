import { describe, expect, it } from 'vitest';

import { createSeededRandom, createVirtualClock, silentLogger } from '@argosy/base';
import type { Client } from '@argosy/client';
import { ApiStatusError, type Lease } from '@argosy/kube';

import { runAsLeader } from './leader-election.ts';

const KEY = { namespace: 'argosy', name: 'controller' };

/** A server that holds one lease, and can be away. */
const aServer = () => {
  let lease: Lease | undefined;
  let version = 0;
  let isAway = false;
  const reach = (): void => {
    if (isAway) throw new Error('unreachable');
  };
  const store = (next: Lease): Lease =>
    (lease = { ...next, metadata: { ...next.metadata, resourceVersion: String(++version) } });
  const client = {
    get: async () => {
      reach();
      if (!lease) throw new ApiStatusError('NotFound', 'none');
      return lease;
    },
    create: async (_: unknown, object: Lease) => {
      reach();
      if (lease) throw new ApiStatusError('AlreadyExists', 'exists');
      return store(object);
    },
    update: async (_: unknown, object: Lease) => {
      reach();
      if (object.metadata.resourceVersion !== lease?.metadata.resourceVersion)
        throw new ApiStatusError('Conflict', 'changed');
      return store(object);
    },
  } as unknown as Client;
  return { client, lease: () => lease, setAway: (away: boolean) => (isAway = away) };
};

const aWorld = () => {
  const clock = createVirtualClock();
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 500) {
      clock.advance(500);
      await settle();
    }
  };
  const compete = (server: ReturnType<typeof aServer>, identity: string) => {
    const ending = new AbortController();
    const state = { isLeading: false, terms: 0 };
    const lead = async (signal: AbortSignal) => {
      state.isLeading = true;
      state.terms += 1;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      state.isLeading = false;
    };
    const deps = { client: server.client, clock, random: createSeededRandom(identity.length), log: silentLogger };
    const running = runAsLeader(deps, { lease: KEY, identity }, lead, ending.signal);
    const end = async () => {
      ending.abort();
      await running;
    };
    return { state, end };
  };
  return { pass, settle, compete };
};

describe('leader election', () => {
  it('one leads, the other stands by', async () => {
    const { pass, compete } = aWorld();
    const server = aServer();
    const first = compete(server, 'first');
    await pass(500);
    const second = compete(server, 'second');
    await pass(60_000);
    expect([first.state.isLeading, second.state.isLeading, server.lease()?.spec?.leaseTransitions]).toEqual([
      true,
      false,
      0,
    ]);
    await Promise.all([first.end(), second.end()]);
  });

  it('who ends gives the lease back, and the other follows at its next look', async () => {
    const { pass, compete } = aWorld();
    const server = aServer();
    const first = compete(server, 'first');
    await pass(500);
    const second = compete(server, 'second');
    await pass(4000);
    await first.end();
    expect(server.lease()?.spec?.holderIdentity).toBe('');
    await pass(3000);
    expect([second.state.isLeading, server.lease()?.spec]).toMatchObject([
      true,
      { holderIdentity: 'second', leaseTransitions: 1 },
    ]);
    await second.end();
  });

  it('who cannot renew stops before another may begin, and competes again', async () => {
    const { pass, compete } = aWorld();
    const server = aServer();
    const first = compete(server, 'first');
    await pass(3000);
    server.setAway(true);
    await pass(8000);
    expect(first.state.isLeading).toBe(true);
    await pass(5000);
    expect(first.state.isLeading).toBe(false);
    server.setAway(false);
    await pass(5000);
    expect([first.state.isLeading, first.state.terms]).toEqual([true, 2]);
    await first.end();
  });

  it('who has vanished is followed when the lease has not changed for its duration', async () => {
    const { pass, compete } = aWorld();
    const server = aServer();
    await server.client.create(
      undefined as never,
      {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: KEY,
        // A clock of another machine that is years ahead decides nothing.
        spec: { holderIdentity: 'vanished', leaseDurationSeconds: 15, renewTime: '2099-01-01T00:00:00.000000Z' },
      } as never,
    );
    const second = compete(server, 'second');
    await pass(14_000);
    expect(second.state.isLeading).toBe(false);
    await pass(4000);
    expect(second.state.isLeading).toBe(true);
    await second.end();
  });
});
