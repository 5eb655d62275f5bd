import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { toSandboxCommand } from '../../src/kubelet/runtimes/process/sandbox-command.ts';

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-sandbox-'));
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

const run = (name: string, script: string, bindsReadOnly = false) => {
  const at = (part: string): string => path.join(home, name, part);
  for (const part of ['root', 'upper/mnt/out', 'upper/work', 'upper/own', 'work', 'tmp', 'volume', 'given']) {
    fs.mkdirSync(at(part), { recursive: true });
  }
  for (const part of ['layer/upper/inside', 'layer/work', 'token']) {
    fs.mkdirSync(at(part), { recursive: true });
  }
  fs.writeFileSync(at('given/message'), 'hello');
  fs.writeFileSync(at('upper/work/placed'), 'before');
  fs.writeFileSync(at('token/token'), 'secret');
  const [program, ...args] = toSandboxCommand({
    root: at('root'),
    upper: at('upper'),
    work: at('work'),
    mounts: [
      { hostPath: at('tmp'), containerPath: '/tmp', readOnly: false },
      { hostPath: at('volume'), containerPath: '/mnt/out', readOnly: false },
      { hostPath: at('given'), containerPath: '/work', readOnly: true },
      { hostPath: at('given'), containerPath: '/own', readOnly: true, layer: at('layer') },
      { hostPath: at('token'), containerPath: '/own/inside', readOnly: true },
    ],
    bindsReadOnly,
    workingDir: '/mnt/out',
    command: ['sh', '-c', script],
  });
  const ended = spawnSync(program, args, { encoding: 'utf8' });
  return { at, code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
};
const probe = spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']);
const permitted = process.platform === 'linux' && probe.status === 0;

describe.skipIf(!permitted)('a sandbox on this machine', () => {
  it('shows volumes at their paths, keeps /tmp private and gives the exit code', () => {
    const { at, code, stdout } = run('a', 'cat /work/message; pwd; echo x > result; ls /tmp; echo t > /tmp/y; exit 7');
    expect({ code, stdout }).toEqual({ code: 7, stdout: 'hello/mnt/out\n' });
    expect(fs.readFileSync(at('volume/result'), 'utf8')).toBe('x\n');
    expect(fs.readFileSync(at('tmp/y'), 'utf8')).toBe('t\n');
  });
  it('keeps writes to the host root away from the host', () => {
    const { at } = run('b', 'mkdir -p /mainctrfs && echo z > /mainctrfs/z');
    expect(fs.readFileSync(at('upper/mainctrfs/z'), 'utf8')).toBe('z\n');
    expect(fs.existsSync('/mainctrfs')).toBe(false);
  });
  it.each([false, true])('refuses to write to a read-only mount', (atOnce) =>
    expect(run(`c-${atOnce}`, 'echo no > /work/message', atOnce).code).not.toBe(0),
  );
  it('mounts into a mount of the host without touching it', () => {
    const { at, stdout, code } = run('e', 'cat /own/message /own/inside/token && echo 1 > /own/new');
    expect({ stdout, code }).toEqual({ stdout: 'hellosecret', code: 0 });
    expect([fs.readdirSync(at('given')), fs.readdirSync(at('layer/upper')).toSorted()]).toEqual([
      ['message'],
      ['inside', 'new'],
    ]);
  });
  it('passes text as it is', () => expect(run('d', 'printf %s "\'$((1+1))"').stdout).toBe("'2"));
});
