import { describe, expect, it } from 'vitest';

import { formatImageReference, parseImageReference } from './image-reference.ts';

const digest = `sha256:${'0'.repeat(64)}`;

describe('image names', () => {
  it.each([
    ['busybox', 'busybox:latest'],
    ['python:3.12-slim', 'python:3.12-slim'],
    ['localhost:5000/team/app', 'localhost:5000/team/app:latest'],
    ['Registry.Example.com/a__b/c-d:1', 'Registry.Example.com/a__b/c-d:1'],
    [`quay.io/x/y:tag@${digest}`, `quay.io/x/y@${digest}`],
  ])('reads %s', (text, expected) => {
    const found = parseImageReference(text);
    expect(found && formatImageReference(found)).toBe(expected);
  });
  it.each(['', 'Upper', 'a b', 'a:', 'a::b', '-a', 'a/', 'a@sha256:12', `a:${'t'.repeat(129)}`])('refuses %j', (text) =>
    expect(parseImageReference(text)).toBeUndefined(),
  );
});
