import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

import { COMMAND, ROOT } from './built-command.ts';

const env = { PATH: process.env['PATH'] ?? '', HOME: os.tmpdir() };

/** Ports that are free now; a platform that is started again keeps its own, as one with the standard ports does. */
const freePorts = async (): Promise<readonly string[]> => {
  const servers = await Promise.all(
    ['port', 'kube-port', 'gateway-port', 'gateway-metrics-port'].map(async (name) => {
      const server = net.createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return { name, server, port: (server.address() as net.AddressInfo).port };
    }),
  );
  for (const { server } of servers) server.close();
  return servers.flatMap(({ name, port }) => [`--${name}`, String(port)]);
};

interface Run {
  readonly child: ChildProcess;
  readonly printed: () => string;
  readonly ended: Promise<number | NodeJS.Signals>;
}

const start = (...args: string[]): Run => {
  const child = spawn(process.execPath, [...COMMAND, ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Buffer) => (printed += part.toString('utf8')));
  const ended = new Promise<number | NodeJS.Signals>((resolve) =>
    child.on('exit', (code, signal) => resolve(code ?? signal ?? 1)),
  );
  return { child, printed: () => printed, ended };
};
/** Resolves when the text has been printed; false when the process ended first. */
const until = async (run: Run, text: string): Promise<boolean> => {
  let isOver = false;
  void run.ended.then(() => (isOver = true));
  while (!run.printed().includes(text)) {
    if (isOver || run.printed().includes('The story failed')) return run.printed().includes(text);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
};

describe('the story', () => {
  it('is told by argosy demo, which ends with 0 and says how to do the same', { timeout: 120_000 }, async () => {
    const run = start('demo');
    const code = await run.ended;
    expect(run.printed()).toContain('The story ended green in');
    expect(run.printed()).toContain('Do the same by hand');
    expect(code).toBe(0);
  });

  it('goes on after kill -9, wherever it is, and is told once', { timeout: 240_000 }, async () => {
    const data = await mkdtemp(path.join(os.tmpdir(), 'argosy-story-test-'));
    const ports = await freePorts();
    const up = () => start('up', '--story', '--data', data, ...ports);
    try {
      // Killed as it begins, and right after each of these.
      for (const text of ['Ready in', 'is open', ' event ', ' sync ', ' analysis ', 'Keep the price list']) {
        const run = up();
        expect(await until(run, text), run.printed()).toBe(true);
        run.child.kill('SIGKILL');
        await run.ended;
      }
      const last = up();
      expect(await until(last, 'The story'), last.printed()).toBe(true);
      expect(await until(last, 'ended green'), last.printed()).toBe(true);
      last.child.kill('SIGTERM');
      expect(await last.ended).toBe(0);
      const again = up();
      await until(again, 'The story was told on this data folder');
      again.child.kill('SIGTERM');
      expect(await again.ended).toBe(0);
    } finally {
      await rm(data, { recursive: true, force: true });
    }
  });
});
