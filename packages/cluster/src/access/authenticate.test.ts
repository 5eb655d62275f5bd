import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';

import type { Access } from './access.ts';
import { ADMINISTRATOR, createAuthenticate } from './authenticate.ts';

const access = { tokens: { issue: () => '', accept: () => undefined } } as unknown as Access;
const authenticate = createAuthenticate(access, { token: 'secret' });
const request = (certificate: object, token?: string): IncomingMessage =>
  ({
    socket: { authorized: true, getPeerCertificate: () => certificate },
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  }) as unknown as IncomingMessage;

it('a certificate says who sends', () => {
  const certificate = { subject: { CN: 'anna', O: ['red', 'blue'] } };
  expect(authenticate(request(certificate))).toEqual({
    username: 'anna',
    groups: ['red', 'blue', 'system:authenticated'],
  });
});

it('a session taken up again without a certificate is judged by its token', () => {
  expect(authenticate(request({}, 'secret'))).toBe(ADMINISTRATOR);
  expect(() => authenticate(request({}, 'wrong'))).toThrow('Unauthorized');
  expect(() => authenticate(request({}))).toThrow('Unauthorized');
});
