import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { expect, it } from 'vitest';

import { createSeededRandom, createVirtualClock } from '@argosy/base';

import { ensurePki } from './ensure-pki.ts';

it('gives folders of before a key to sign with, and leaves the certificates they have', async () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'argosy-pki-'));
  const deps = { clock: createVirtualClock(Date.UTC(2030, 0, 1)), random: createSeededRandom(1) };
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
