import { describe, expect, it } from 'vitest';

import type { WebhookAnswer } from './call-webhook.ts';
import { denied, patched } from './webhook-verdict.ts';

const webhook = { name: 'a.example.com', clientConfig: { url: 'https://example.com' } };
const answer = (more: Partial<WebhookAnswer>): WebhookAnswer => ({ allowed: false, warnings: [], ...more });
const DENIED = 'admission webhook "a.example.com" denied the request';

describe('a denial', () => {
  it.each([
    ['says nothing', {}, { reason: 'Forbidden', message: `${DENIED} without explanation` }],
    ['has a message', { message: 'no' }, { reason: 'Forbidden', message: `${DENIED}: no` }],
    ['has a code of the API', { code: 409, message: 'no' }, { reason: 'AlreadyExists', httpCode: 409 }],
    ['has a reason of the API', { reason: 'Conflict' }, { reason: 'Conflict', message: `${DENIED}: Conflict` }],
    ['has a reason of its own', { reason: 'Moody', code: 418 }, { reason: 'Forbidden', message: `${DENIED}: Moody` }],
    ['is named like a property of all objects', { reason: 'toString' }, { reason: 'Forbidden' }],
  ])('that %s', (_case, given, expected) => {
    expect(denied(webhook, answer(given))).toMatchObject(expected);
  });
});

describe('a patch', () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
  const encoded = (patch: unknown) => Buffer.from(JSON.stringify(patch)).toString('base64');

  it('changes the object', () => {
    const labelled = patched(webhook, object, encoded([{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }]));
    expect(labelled).toEqual({ ...object, metadata: { name: 'a', labels: { a: 'b' } } });
    expect(object).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
  });

  it.each([
    ['no JSON', Buffer.from('{').toString('base64'), 'it is no JSON'],
    ['no list', encoded({}), 'it is no list of operations'],
    ['about what is not there', encoded([{ op: 'remove', path: '/spec' }]), 'nonexistent key: spec'],
  ])('that is %s is an error', (_case, patch, why) => {
    expect(() => patched(webhook, object, patch)).toThrow(why);
  });
});
