import { describe, expect, it } from 'vitest';

import type { Secret } from '@argosy/kube';

import { findCredentials, readPullSecrets } from './pull-credentials.ts';

const secret = (key: string, content: unknown): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's', namespace: 'a' },
  data: { [key]: btoa(typeof content === 'string' ? content : JSON.stringify(content)) },
});
const auths = (entries: object): Secret => secret('.dockerconfigjson', { auths: entries });
const bob = { username: 'bob', password: 'x:y' };

describe('pull secrets', () => {
  it.each([
    ['name and password', auths({ r: bob }), [{ place: 'r', ...bob }]],
    ['both in one', auths({ r: { auth: btoa('bob:x:y') } }), [{ place: 'r', ...bob }]],
    ['the older kind', secret('.dockercfg', { r: bob }), [{ place: 'r', ...bob }]],
    ['a token', auths({ r: { identitytoken: 't' } }), [{ place: 'r', identitytoken: 't' }]],
    ['an entry of nothing', auths({ r: {} }), []],
    ['what is no JSON', secret('.dockerconfigjson', 'x'), []],
  ])('are read: %s', (_, given, expected) => expect(readPullSecrets([given])).toEqual(expected));

  it.each([
    ['registry.example:5000', 'registry.example:5000/team/app', true],
    ['registry.example', 'registry.example:5000/team/app', false],
    ['https://registry.example/v1/', 'registry.example/app', true],
    ['registry.example/team', 'registry.example/team/app', true],
    ['registry.example/team', 'registry.example/teams/app', false],
    ['*.example', 'registry.example/app', true],
    ['*.example', 'eu.registry.example/app', false],
    ['https://index.docker.io/v1/', 'alpine', true],
    ['docker.io', 'library/alpine', true],
    ['registry.example', 'alpine', false],
  ])('for %s are used for %s: %s', (place, image, isUsed) =>
    expect(findCredentials([{ place, username: 'u' }], image)).toHaveLength(isUsed ? 1 : 0),
  );

  it('of the longest place come first', () =>
    expect(
      findCredentials(
        [
          { place: 'r.io', username: 'a' },
          { place: 'r.io/team', username: 'b' },
        ],
        'r.io/team/app',
      ).map(({ username }) => username),
    ).toEqual(['b', 'a']));
});
