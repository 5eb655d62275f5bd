import { describe, expect, it } from 'vitest';

import { createVirtualClock } from '@argosy/base';
import type { Client } from '@argosy/client';
import { ApiStatusError, type Pod } from '@argosy/kube';

import type { TokenClaims } from '../../access/service-account-tokens.ts';
import { createPodTokens } from './pod-tokens.ts';

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'a', uid: 'u' },
  spec: { containers: [], serviceAccountName: 'robot' },
};
const world = (account: object | undefined = { metadata: { name: 'robot', uid: 's' } }) => {
  const clock = createVirtualClock(0);
  const issued: TokenClaims[] = [];
  const get = async (): Promise<unknown> => {
    if (account) return account;
    throw new ApiStatusError('NotFound', 'no');
  };
  const issue = (claims: TokenClaims): string => `token ${issued.push(claims)}`;
  const tokens = createPodTokens({ client: { get } as unknown as Client, clock, tokens: { issue } }, pod);
  return { clock, issued, tokens };
};
const hour = { audience: undefined, expirationSeconds: 3600 };

describe('tokens of a pod', () => {
  it('are the same until four fifths of their life are over', async () => {
    const { clock, issued, tokens } = world();
    const seen: string[] = [];
    for (const afterMs of [0, 2_879_000, 1000, 60_000]) {
      clock.advance(afterMs);
      seen.push(await tokens(hour));
    }
    expect(seen).toEqual(['token 1', 'token 1', 'token 2', 'token 2']);
    expect(issued[0]).toMatchObject({
      audiences: ['https://kubernetes.default.svc.cluster.local'],
      expiresAt: 3_600_000,
      pod: { name: 'p', uid: 'u' },
    });
  });
  it('are renewed every day at the latest', async () => {
    const { clock, tokens } = world();
    const year = { audience: 'vault', expirationSeconds: 31_536_000 };
    const first = await tokens(year);
    clock.advance(86_400_000);
    expect(await tokens(year)).not.toBe(first);
  });
  it('are one for each audience', async () => {
    const { tokens } = world();
    expect(await tokens(hour)).not.toBe(await tokens({ ...hour, audience: 'vault' }));
  });
  it('need the account', async () =>
    expect(world({ metadata: {} }).tokens(hour))
      .resolves.toBe('token 1')
      .then(() =>
        expect(
          createPodTokens(
            {
              client: { get: () => Promise.reject(new ApiStatusError('NotFound', 'no')) } as unknown as Client,
              clock: createVirtualClock(0),
              tokens: { issue: () => '' },
            },
            pod,
          )(hour),
        ).rejects.toMatchObject({
          code: 'FailedMount',
          message: 'failed to fetch token: serviceaccounts "robot" not found',
        }),
      ));
});
