/**
 * The platform as a process that is killed the hard way and started again on the same folder.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

import { createHttpClient, readKubeconfig, type HttpClient } from '@argosy/client';

import { COMMAND } from '../built-command.ts';

/** A running life of the platform. */
export interface PlatformLife {
  connect(): HttpClient;
  /** Ends it without any chance to finish anything. */
  kill(): Promise<void>;
}

const PORTS = ['port', 'kube-port', 'gateway-port', 'gateway-metrics-port'].flatMap((name) => [`--${name}`, '0']);

/** Starts it; resolves when it is ready. */
export const startLife = async (directory: string): Promise<PlatformLife> => {
  const child = spawn(process.execPath, [...COMMAND, 'up', '--data', directory, '--runtime', 'simulated', ...PORTS], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await untilReady(child);
  return {
    connect: () => createHttpClient(readKubeconfig(path.join(directory, 'kubeconfig'))),
    kill: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
};

const untilReady = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = '';
    const listen = (part: Buffer): void => {
      said += part.toString('utf8');
      if (said.includes('  data ')) resolve();
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', (code) => reject(new Error(`the platform ended with ${code}: ${said.slice(-1000)}`)));
  });
