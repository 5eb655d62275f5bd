import { describe, expect, it } from 'vitest';

import { concernsFiles, concernsSource, readPushEvent } from './push-event.ts';

const github = { clone_url: 'https://github.com/o/r.git', html_url: 'https://github.com/o/r', default_branch: 'main' };

describe('readPushEvent', () => {
  it.each([
    [
      'GitHub',
      { ref: 'refs/heads/dev', repository: github },
      { addresses: ['https://github.com/o/r.git', 'https://github.com/o/r'], pushed: [{ name: 'dev', isHead: false }] },
    ],
    [
      'GitLab',
      { ref: 'refs/tags/v1', project: { git_http_url: 'https://gitlab.com/o/r.git', default_branch: 'v1' } },
      { addresses: ['https://gitlab.com/o/r.git'], pushed: [{ name: 'v1', isHead: true }] },
    ],
    [
      'Bitbucket Cloud',
      {
        repository: { links: { html: { href: 'https://bitbucket.org/o/r' } } },
        push: { changes: [{ new: { name: 'a' } }, { new: null }, { new: { name: 'b' } }] },
      },
      {
        addresses: ['https://bitbucket.org/o/r'],
        pushed: [
          { name: 'a', isHead: true },
          { name: 'b', isHead: true },
        ],
      },
    ],
    [
      'Bitbucket Server',
      {
        repository: { links: { clone: [{ href: 'ssh://git@bb.test/o/r.git' }] } },
        changes: [{ ref: { id: 'refs/heads/a' } }],
      },
      { addresses: ['ssh://git@bb.test/o/r.git'], pushed: [{ name: 'a', isHead: true }] },
    ],
    ['no host', { ref: 'refs/heads/x' }, undefined],
    ['nobody', 'text', undefined],
  ])('reads what %s sends', (_host, body, expected) => {
    expect(readPushEvent(body)).toEqual(expected && { files: [], ...expected });
  });
});

describe('concernsSource', () => {
  const event = { addresses: [], pushed: [{ name: 'release/1.4.0', isHead: false }] };
  it.each([
    ['', false],
    ['main', false],
    ['release/1.4.0', true],
    ['refs/heads/release/1.4.0', true],
    ['1.x', false],
  ])('of %s', (targetRevision, expected) => {
    expect(concernsSource(event, targetRevision)).toBe(expected);
  });

  it('does when a tag satisfies a constraint, and when the event does not tell', () => {
    expect(concernsSource({ pushed: [{ name: 'v1.4.0', isHead: false }] }, '1.x')).toBe(true);
    expect(concernsSource({ pushed: [] }, 'main')).toBe(true);
  });
});

describe('files of a push', () => {
  const commits = [
    { id: '1', added: ['a/new.yaml'], modified: [], removed: ['b/old.yaml'] },
    { id: '2', modified: ['a/new.yaml', 'c.yaml'] },
  ];
  const filesOf = (more: object) => readPushEvent({ repository: github, ref: 'refs/heads/main', ...more })?.files;

  it.each([
    ['of all its commits, each once', { commits }, ['a/new.yaml', 'b/old.yaml', 'c.yaml']],
    ['as many commits as it tells of', { commits, total_commits_count: 2 }, ['a/new.yaml', 'b/old.yaml', 'c.yaml']],
    ['none where commits are left out', { commits, total_commits_count: 21 }, []],
    ['none of a push by force', { commits, forced: true }, []],
    ['none without commits', {}, []],
    ['none of commits that do not tell', { commits: [{ id: '1' }] }, []],
  ])('are %s', (_reason, more, expected) => {
    expect(filesOf(more)).toEqual(expected);
  });

  it.each([
    [['a/b.yaml'], ['a'], true],
    [['ab.yaml'], ['a'], false],
    [['a/b.yaml'], ['a/*.yaml'], true],
    [['a/c/b.yaml'], ['a/*.yaml'], false],
    [['a/b.yaml'], [''], true],
    [['a/b.yaml'], ['c', 'a/b.yaml'], true],
    [['a/b.yaml'], [], true],
    [[], ['a'], true],
  ])('%j concern the paths %j: %s', (files, paths, expected) => {
    expect(concernsFiles({ files }, paths)).toBe(expected);
  });
});
