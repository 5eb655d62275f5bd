import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { expect, it } from 'vitest';

import { createVirtualClock } from '@argosy/base';

import { createPki, ensurePki } from './ensure-pki.ts';

it('gives folders of before a key to sign with, and leaves the certificates they have', async () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'argosy-pki-'));
  const deps = { clock: createVirtualClock(Date.UTC(2030, 0, 1)) };
  const ensure = () => ensurePki(deps, { directory, hosts: ['127.0.0.1'] });
  const first = await ensure();
  expect(first.signer.certificate).toBe(first.authority);
  const file = path.join(directory, 'pki.json');
  const { signer: _unknownThen, ...older } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify(older));
  const upgraded = await ensure();
  expect(upgraded).toMatchObject({ serverCertificate: first.serverCertificate, token: first.token });
  expect(upgraded.authority).toBe(`${first.authority}\n${upgraded.signer.certificate}`);
  expect(new X509Certificate(upgraded.signer.certificate).ca).toBe(true);
  expect(await ensure()).toMatchObject({ authority: upgraded.authority, signer: upgraded.signer });
  rmSync(directory, { recursive: true });
});

it('makes certificates that their authority vouches for', async () => {
  const hosts = ['127.0.0.1', 'localhost', '::1', 'kubernetes.default.svc'];
  const clock = createVirtualClock(Date.UTC(2030, 0, 1));
  const pki = await createPki({ clock }, hosts);
  const [authority, server, client] = [pki.authority, pki.serverCertificate, pki.clientCertificate].map(
    (pem) => new X509Certificate(pem),
  );
  expect(authority).toMatchObject({ subject: 'CN=argosy-ca', issuer: 'CN=argosy-ca', ca: true });
  expect(server).toMatchObject({
    subject: 'CN=argosy-apiserver',
    issuer: 'CN=argosy-ca',
    ca: false,
    keyUsage: ['1.3.6.1.5.5.7.3.1'],
    subjectAltName: 'IP Address:127.0.0.1, DNS:localhost, IP Address:0:0:0:0:0:0:0:1, DNS:kubernetes.default.svc',
  });
  expect(client).toMatchObject({ subject: 'O=system:masters\nCN=kubernetes-admin', keyUsage: ['1.3.6.1.5.5.7.3.2'] });
  for (const [certificate, key] of [
    [authority, pki.signer.key],
    [server, pki.serverKey],
    [client, pki.clientKey],
  ] as const) {
    expect(certificate?.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate?.verify(authority!.publicKey)).toBe(true);
    expect(Date.parse(certificate?.validFrom ?? '')).toBe(Date.UTC(2029, 11, 31));
    expect(Date.parse(certificate?.validTo ?? '')).toBe(Date.UTC(2030, 0, 1) + 3650 * 86_400_000);
  }
  expect(server?.checkHost('localhost')).toBe('localhost');
  expect(server?.checkIP('::1')).toBe('::1');
});
