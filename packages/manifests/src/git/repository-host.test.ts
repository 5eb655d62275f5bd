import { describe, expect, it } from 'vitest';

import { isRemoteAddress, mayShareAccess, writtenAuthority } from './repository-host.ts';

describe('addresses git is asked for', () => {
  it.each([
    'https://git.example/org/repo',
    'https://git.example',
    'https://user@git.example:8443/org/repo.git',
    'ssh://git@git.example:22/org/repo',
    'git@git.example:org/repo.git',
    'HTTPS://Git.Example/repo?x=1',
  ])('%s', (url) => {
    expect(isRemoteAddress(url)).toBe(true);
  });

  it.each([
    'ext::sh -c id',
    '--upload-pack=id',
    'ssh://-oProxyCommand=id/x',
    '-oProxyCommand=id@host:x',
    'user@-oProxyCommand=id:x',
    'file:///etc',
    '/etc',
    'https://thief.test#@git.example/org/repo',
    'https://thief.test?@git.example/org/repo',
    String.raw`https://thief.test\@git.example/org/repo`,
    'https://git.example/org/repo#main',
    'https://git.example/a b',
    'http::https://git.example/x',
  ])('never %s', (url) => {
    expect(isRemoteAddress(url)).toBe(false);
  });
});

describe('what is given for one address', () => {
  const https = 'https://git.example/org/repo';
  it.each([
    ['https://git.example/other', https],
    ['https://git.example:443/other', https],
    ['https://GIT.example/other', https],
    ['ssh://git@git.example:22/other', 'git@git.example:org/repo'],
    ['git@git.example:other', https],
    ['https://git.example/other', 'git@git.example:org/repo'],
    ['http://git.example:8080/other', 'http://git.example:8080/org'],
  ])('may be shown at %s', (url, given) => {
    expect(mayShareAccess(url, given)).toBe(true);
  });

  it.each([
    ['http://git.example/other', https],
    ['https://git.example:8443/other', https],
    ['git://git.example/other', https],
    ['ssh://git@git.example:2222/other', 'git@git.example:org/repo'],
    ['https://git.example.thief.test/other', https],
    ['https://thief.test/git.example/x', https],
    ['https://thief.test#@git.example/x', https],
    ['https://thief.test?@git.example/x', https],
    [String.raw`https://thief.test\@git.example/x`, https],
    [String.raw`https://git.example\@thief.test/x`, https],
    ['https://git.example@thief.test/x', https],
    ['../x', https],
  ])('is not shown at %s', (url, given) => {
    expect(mayShareAccess(url, given)).toBe(false);
  });
});

it('authorities are those that git asks for', () => {
  expect(writtenAuthority('https://me:secret@Git.Example:443/org@x/repo')).toBe('Git.Example:443');
});
