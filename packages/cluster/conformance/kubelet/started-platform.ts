/**
 * The platform as users start it: a process of its own, on free ports.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
/** Arguments of node for the command. */
export const COMMAND = ['--import', 'tsx', path.join(ROOT, 'apps/argosy/src/main.ts')];

/** A running platform. */
export interface StartedPlatform {
  readonly kubeconfig: string;
  /** Sends a signal and waits for the end. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
}

/** Starts it; resolves when it says where everything is. */
export const startPlatform = async (
  runtime: 'docker' | 'process',
  flags: readonly string[],
): Promise<StartedPlatform> => {
  const ports = ['--port', '0', '--kube-port', '0', '--gateway-port', '0', '--gateway-metrics-port', '0'];
  const platform = spawn(process.execPath, [...COMMAND, 'up', '--runtime', runtime, ...ports, ...flags], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  platform.stderr.on('data', (part: Buffer) => (printed += part.toString()));
  await new Promise<void>((resolve, reject) => {
    platform.stdout.on('data', (part: Buffer) => {
      printed += part.toString();
      if (printed.includes('  data ')) resolve();
    });
    platform.on('exit', () => reject(new Error(`ended: ${printed}`)));
  });
  return {
    kubeconfig: /kubeconfig +(\S+)/.exec(printed)?.[1] ?? '',
    end: (signal) =>
      new Promise((resolve) => {
        platform.removeAllListeners('exit');
        platform.on('exit', () => resolve());
        platform.kill(signal);
      }),
  };
};
