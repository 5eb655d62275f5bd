import { describe, expect, it } from 'vitest';

import { createVirtualClock, toTimestamp } from '@argosy/base';

import { execCredentials, type ExecPlugin } from './exec-credentials.ts';
import { runSystemCommand, type CommandCall, type CommandOutcome } from './run-command.ts';

const plugin: ExecPlugin = {
  apiVersion: 'client.authentication.k8s.io/v1',
  command: 'login',
  args: ['--for', 'shop'],
  environment: { REGION: 'north' },
  installHint: 'install it with: make login',
  interactiveMode: 'IfAvailable',
};

const granted = (status: object, over: object = {}): CommandOutcome => ({
  kind: 'ended',
  exitCode: 0,
  errors: '',
  output: JSON.stringify({ kind: 'ExecCredential', apiVersion: plugin.apiVersion, status, ...over }),
});

const aSource = (outcomes: readonly CommandOutcome[], over: Partial<ExecPlugin> = {}, isTerminal = false) => {
  const clock = createVirtualClock(0);
  const calls: CommandCall[] = [];
  const run = async (call: CommandCall): Promise<CommandOutcome> => {
    calls.push(call);
    return outcomes[calls.length - 1] ?? { kind: 'missing' };
  };
  const deps = { clock, run, environment: { HOME: '/home/ann' }, isTerminal };
  return { clock, calls, source: execCredentials(deps, { ...plugin, ...over }) };
};

describe('a credential plugin', () => {
  it('is told who asks, and in which version', async () => {
    const { source, calls } = aSource([granted({ token: 't' })], { cluster: { server: 'https://c' } });
    expect(await source.current()).toEqual({ token: 't' });
    const { KUBERNETES_EXEC_INFO: info, ...environment } = calls[0]!.environment;
    expect([calls[0]?.command, calls[0]?.args, environment]).toEqual([
      'login',
      ['--for', 'shop'],
      { HOME: '/home/ann', REGION: 'north' },
    ]);
    expect(JSON.parse(info ?? '')).toEqual({
      kind: 'ExecCredential',
      apiVersion: plugin.apiVersion,
      spec: { interactive: false, cluster: { server: 'https://c' } },
    });
  });

  it('runs once for all who wait, and again when what it gave has expired', async () => {
    const until = (instant: number) => ({ expirationTimestamp: toTimestamp(instant) });
    const { source, calls, clock } = aSource([
      granted({ token: 'one', ...until(60_000) }),
      granted({ token: 'two', ...until(120_000) }),
    ]);
    expect(await Promise.all([source.current(), source.current()])).toEqual([{ token: 'one' }, { token: 'one' }]);
    clock.advance(59_999);
    expect([await source.current(), calls.length]).toEqual([{ token: 'one' }, 1]);
    clock.advance(1);
    expect([await source.current(), calls.length]).toEqual([{ token: 'two' }, 2]);
  });

  it('runs again when the server refused what it gave, once for each', async () => {
    const { source, calls } = aSource([granted({ token: 'one' }), granted({ token: 'two' })]);
    const one = await source.current();
    expect([source.refused(one), await source.current()]).toEqual([true, { token: 'two' }]);
    // A request that was on its way with the old token is refused too: what is new stays.
    expect([source.refused(one), await source.current(), calls.length]).toEqual([true, { token: 'two' }, 2]);
  });

  it('gives certificates', async () => {
    const { source } = aSource([granted({ clientCertificateData: 'CERT', clientKeyData: 'KEY' })]);
    expect(await source.current()).toEqual({ clientCertificate: 'CERT', clientKey: 'KEY' });
  });

  it.each<readonly [string, CommandOutcome, RegExp]>([
    ['is missing', { kind: 'missing' }, /login was not found\ninstall it with: make login/],
    ['never ends', { kind: 'failed', why: 'it did not end within 300 s' }, /login failed: it did not end/],
    ['says no', { kind: 'ended', exitCode: 3, output: 'secret', errors: 'no session\n' }, /exit code 3: no session$/],
    ['prints text', { kind: 'ended', exitCode: 0, output: 'secret', errors: '' }, /not a JSON object$/],
    ['prints another kind', granted({ token: 'secret' }, { kind: 'Token' }), /something else than an ExecCredential/],
    ['speaks another version', granted({ token: 'secret' }, { apiVersion: 'v0' }), /"v0" where the kubeconfig says/],
    ['gives nothing', granted({}), /neither status\.token nor/],
    ['gives half', granted({ clientCertificateData: 'secret' }), /without the other/],
  ])('that %s: a clear error without what it printed', async (_, outcome, message) => {
    const failure = await aSource([outcome]).source.current().catch(String);
    expect(failure).toMatch(message);
    expect(failure).not.toMatch('secret');
  });

  it('that needs a terminal is not run without one', async () => {
    const { source, calls } = aSource([granted({ token: 't' })], { interactiveMode: 'Always' });
    await expect(source.current()).rejects.toThrow(/needs a terminal/);
    expect(calls).toEqual([]);
  });

  it('recovers after an error', async () => {
    const { source } = aSource([{ kind: 'failed', why: 'x' }, granted({ token: 't' })]);
    await expect(source.current()).rejects.toThrow();
    expect(await source.current()).toEqual({ token: 't' });
  });
});

describe('runSystemCommand', () => {
  const call: CommandCall = {
    command: process.execPath,
    args: ['-e', 'process.stdout.write(process.env.SAY); process.exitCode = 4'],
    environment: { SAY: 'hello' },
    interactive: false,
    timeoutMs: 30_000,
    longestOutput: 1000,
  };

  it('tells what a program printed and how it ended', async () => {
    expect(await runSystemCommand(call)).toEqual({ kind: 'ended', exitCode: 4, output: 'hello', errors: '' });
  });

  it.each([
    ['missing', { command: 'no-such-program-anywhere' }, { kind: 'missing' }],
    ['too slow', { args: ['-e', 'setInterval(() => {}, 1000)'], timeoutMs: 200 }, { kind: 'failed' }],
    ['too loud', { args: ['-e', 'setInterval(() => console.log("x".repeat(999)), 1)'] }, { kind: 'failed' }],
  ])('one that is %s', async (_, over, outcome) => {
    expect(await runSystemCommand({ ...call, ...over })).toMatchObject(outcome);
  });
});
