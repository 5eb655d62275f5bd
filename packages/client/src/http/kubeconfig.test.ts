import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createVirtualClock } from '@argosy/base';

import { readKubeconfig, type KubeconfigDeps } from './kubeconfig.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'argosy-kubeconfig-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const deps: KubeconfigDeps = {
  clock: createVirtualClock(0),
  plugins: { run: async () => ({ kind: 'missing' }), environment: {}, isTerminal: false },
};

const write = (name: string, content: unknown): string => {
  const file = path.join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

const aConfig = (over: { readonly user?: object; readonly cluster?: object; readonly context?: object } = {}) => ({
  'current-context': 'here',
  contexts: [{ name: 'here', context: { cluster: 'c', user: 'u', ...over.context } }],
  clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443/', ...over.cluster } }],
  users: [{ name: 'u', user: over.user ?? { token: 'sesame' } }],
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('readKubeconfig', () => {
  it('reads the current context', async () => {
    const access = readKubeconfig(write('config', aConfig({ context: { namespace: 'shop' } })), undefined, deps);
    expect([access.server, access.namespace, await access.credentials.current()]).toEqual([
      'https://127.0.0.1:6443',
      'shop',
      { token: 'sesame' },
    ]);
  });

  it('takes the context named', () => {
    const config = aConfig();
    const contexts = [...config.contexts, { name: 'there', context: { cluster: 'c', user: 'u', namespace: 'n' } }];
    expect(readKubeconfig(write('config', { ...config, contexts }), 'there', deps).namespace).toBe('n');
  });

  it('reads certificates inline and from files beside it', async () => {
    write('key.pem', 'KEY');
    const user = { 'client-certificate-data': base64('CERT'), 'client-key': 'key.pem' };
    const cluster = { 'certificate-authority-data': base64('CA'), 'tls-server-name': 'kubernetes' };
    const access = readKubeconfig(write('config', aConfig({ user, cluster })), undefined, deps);
    expect([access.authority, access.serverName, await access.credentials.current()]).toEqual([
      'CA',
      'kubernetes',
      { clientCertificate: 'CERT', clientKey: 'KEY' },
    ]);
  });

  it('prefers a token to a name and password', async () => {
    const named = readKubeconfig(write('a', aConfig({ user: { username: 'ann', password: 'x' } })), undefined, deps);
    expect(await named.credentials.current()).toEqual({ basic: { username: 'ann', password: 'x' } });
    const both = { username: 'ann', password: 'x', token: 't' };
    expect(await readKubeconfig(write('b', aConfig({ user: both })), undefined, deps).credentials.current()).toEqual({
      token: 't',
    });
  });

  it('speaks for somebody else', () => {
    const user = { token: 't', as: 'ann', 'as-groups': ['ops'], 'as-user-extra': { why: ['audit'] } };
    expect(readKubeconfig(write('config', aConfig({ user })), undefined, deps).impersonate).toEqual({
      user: 'ann',
      groups: ['ops'],
      extra: { why: ['audit'] },
    });
  });

  it('of several files, the first to name something wins, and those that are missing are passed over', async () => {
    const first = write('first', { clusters: [{ name: 'c', cluster: { server: 'https://first' } }] });
    const second = write('second', aConfig());
    const access = readKubeconfig([first, path.join(folder, 'absent'), second], undefined, deps);
    expect([access.server, await access.credentials.current()]).toEqual(['https://first', { token: 'sesame' }]);
  });

  it('reads a token file again after a minute, and when it was refused', async () => {
    const clock = createVirtualClock(0);
    write('token', 'one\n');
    const file = write('config', aConfig({ user: { tokenFile: 'token' } }));
    const { credentials } = readKubeconfig(file, undefined, { ...deps, clock });
    const first = await credentials.current();
    write('token', 'two');
    const early = await credentials.current();
    clock.advance(60_000);
    const later = await credentials.current();
    write('token', 'three');
    expect([first, early, later, credentials.refused(later), await credentials.current()]).toEqual([
      { token: 'one' },
      { token: 'one' },
      { token: 'two' },
      true,
      { token: 'three' },
    ]);
  });

  it.each([
    ['no current context', { ...aConfig(), 'current-context': '' }, /current-context is not set/],
    ['an unknown context', { ...aConfig(), 'current-context': 'x' }, /there is no context "x"/],
    ['an unknown cluster', aConfig({ context: { cluster: 'x' } }), /there is no cluster "x"/],
    ['an unknown user', aConfig({ context: { user: 'x' } }), /there is no user "x"/],
    ['no server', aConfig({ cluster: { server: '' } }), /cluster c has no server/],
    ['a server that is no URL', aConfig({ cluster: { server: 'localhost:1' } }), /not an http or https URL/],
    ['a proxy of another kind', aConfig({ cluster: { 'proxy-url': 'socks5://p' } }), /use an http or https proxy/],
    ['half a certificate', aConfig({ user: { 'client-key-data': base64('k') } }), /only of use together/],
    ['a missing file', aConfig({ cluster: { 'certificate-authority': 'no.pem' } }), /no\.pem/],
    ['the old plugins', aConfig({ user: { 'auth-provider': { name: 'gcp' } } }), /use user\.exec/],
    [
      'a plugin of another version',
      aConfig({ user: { exec: { apiVersion: 'v9', command: 'x' } } }),
      /exec\.apiVersion "v9"/,
    ],
    ['groups without a user', aConfig({ user: { 'as-groups': ['ops'] } }), /need user\.as/],
    ['no YAML', 'a: [', /kubeconfig .*config: /],
    ['a list', '- a', /it is not an object/],
  ])('says what is wrong: %s', (_, config, message) => {
    const file = write('config', config);
    expect(() => readKubeconfig(file, undefined, deps)).toThrow(message);
  });

  it('runs plugins only where it may', () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'login' };
    const file = write('config', aConfig({ user: { exec } }));
    expect(() => readKubeconfig(file, undefined, { clock: deps.clock })).toThrow(/plugins are not run here/);
    expect(readKubeconfig(file, undefined, deps).server).toBe('https://127.0.0.1:6443');
  });

  it('says where it looked', () => {
    expect(() => readKubeconfig(path.join(folder, 'none'), undefined, deps)).toThrow(/none cannot be read/);
  });
});
