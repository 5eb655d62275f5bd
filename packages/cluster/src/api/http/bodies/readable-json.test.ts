import { expect, it } from 'vitest';

import { isForPeople } from './readable-json.ts';

it.each([
  ['curl', '/api', { 'user-agent': 'curl/8.5.0', accept: '*/*' }, true],
  ['wget', '/api', { 'user-agent': 'Wget/1.21' }, true],
  ['a browser', '/api', { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)', accept: 'text/html' }, true],
  ['kubectl', '/api', { 'user-agent': 'kubectl/v1.32.0', accept: 'application/json' }, false],
  ['nobody in particular', '/api', {}, false],
  ['curl that would rather not', '/api?pretty=false', { 'user-agent': 'curl/8.5.0' }, false],
  ['curl that says nought', '/api?limit=1&pretty=0', { 'user-agent': 'curl/8.5.0' }, false],
  ['a program that wants it', '/api?pretty=true', { 'user-agent': 'kubectl/v1.32.0' }, true],
  ['a program that wants it, shortly', '/api?pretty=1', {}, true],
  ['something that is no truth', '/api?pretty=yes', { 'user-agent': 'curl/8.5.0' }, false],
  ['an empty wish', '/api?pretty=', { 'user-agent': 'curl/8.5.0' }, true],
  ['a name that holds the word', '/api/v1/namespaces/pretty', { 'user-agent': 'go' }, false],
  ['the media type', '/api', { accept: 'application/json;pretty=1, */*' }, true],
])('%s', (_case, target, headers, expected) => expect(isForPeople(target, headers)).toBe(expected));
