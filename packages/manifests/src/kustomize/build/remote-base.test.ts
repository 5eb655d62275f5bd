import { describe, expect, it } from 'vitest';

import { isDownload, parseRemoteBase } from './remote-base.ts';

describe('parseRemoteBase', () => {
  it.each([
    ['https://example.com/org/repo', 'https://example.com/org/repo', '', ''],
    ['https://example.com/org/repo//deep/path?ref=v1', 'https://example.com/org/repo', 'deep/path', 'v1'],
    ['https://example.com/org/repo/deep/path?version=v1', 'https://example.com/org/repo', 'deep/path', 'v1'],
    ['https://example.com/a/b/c/repo.git/path', 'https://example.com/a/b/c/repo.git', '/path'.slice(1), ''],
    ['https://example.com/a/b/c/repo.git', 'https://example.com/a/b/c/repo.git', '', ''],
    ['https://dev.example.com/org/project/_git/repo/path', 'https://dev.example.com/org/project/_git/repo', 'path', ''],
    ['github.com/org/repo/path?ref=main', 'https://github.com/org/repo', 'path', 'main'],
    ['git@github.com:org/repo.git//path', 'git@github.com:org/repo.git', 'path', ''],
    ['ssh://git@example.com/org/repo//path', 'ssh://git@example.com/org/repo', 'path', ''],
    ['git@example.com:org/repo//path?ref=v2', 'git@example.com:org/repo', 'path', 'v2'],
    ['git::https://example.com/org/repo?ref=a&timeout=90s', 'https://example.com/org/repo', '', 'a'],
    ['file:///srv/repo.git//path', 'file:///srv/repo.git', 'path', ''],
  ])('reads %s', (text, repository, path, revision) => {
    expect(parseRemoteBase(text)).toEqual({ text, repository, path, revision });
  });

  it.each(['base', '../base', './a/b', 'a.yaml', '/abs', 'github', 'example.com/org/repo', 'https://example.com'])(
    'takes %s for a path',
    (text) => {
      expect(parseRemoteBase(text)).toBeUndefined();
    },
  );

  it('refuses to leave the repository', () => {
    expect(() => parseRemoteBase('https://example.com/org/repo//../x')).toThrow('leads outside of its repository');
  });

  it('tells downloads', () => {
    expect(isDownload('https://example.com/a.yaml')).toBe(true);
    expect(isDownload('https://github.com/org/repo/releases/download/v1/install.yaml?raw=true')).toBe(true);
    expect(isDownload('https://github.com/org/repo//config?ref=v1')).toBe(false);
    expect(isDownload('ssh://example.com/a.yaml')).toBe(false);
    expect(isDownload('a.yaml')).toBe(false);
  });
});
