/** How commands reach the cluster. */
import path from 'node:path';

import type { Command } from 'commander';

import { createSystemClock } from '@argosy/base';
import {
  createHttpClient,
  isInCluster,
  readInCluster,
  readKubeconfig,
  runSystemCommand,
  type HttpClient,
  type KubeconfigDeps,
} from '@argosy/client';

import { defaultDataDirectory } from '../platform/machine/data-directory.ts';
import { readPlatformAddress } from '../platform/platform-address.ts';
import { STANDARD_PORTS } from './platform-flags.ts';

/** Declares a command that connects. */
export const declareConnected = (parent: Command, signature: string, description: string): Command =>
  parent
    .command(signature)
    .description(description)
    .option('--kubeconfig <file>', "the cluster's kubeconfig (default: KUBECONFIG, else the data folder's)");

/** Connects with the kubeconfig asked for: the flag, else KUBECONFIG, else the pod's account, else the data folder's. */
export const connect = (kubeconfig: string | undefined): HttpClient => {
  const named = kubeconfig === undefined ? listedKubeconfigs() : [kubeconfig];
  if (named.length > 0) return createHttpClient(readKubeconfig(named, undefined, kubeconfigDeps()));
  if (isInCluster(process.env))
    return createHttpClient(readInCluster({ clock: createSystemClock(), environment: process.env }));
  return createHttpClient(readKubeconfig(ownKubeconfig()));
};

const kubeconfigDeps = (): KubeconfigDeps => ({
  clock: createSystemClock(),
  plugins: { run: runSystemCommand, environment: process.env, isTerminal: process.stdin.isTTY },
});

const listedKubeconfigs = (): readonly string[] =>
  (process.env['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '');

const ownKubeconfig = (): string => path.join(defaultDataDirectory(process.cwd(), process.env), 'kubeconfig');

/** Address of the platform: the flag, else ARGOSY_SERVER, else the one beside the kubeconfig, else the standard port. */
export const platformUrl = (server: string | undefined): string =>
  server ??
  process.env['ARGOSY_SERVER'] ??
  readPlatformAddress(listedKubeconfigs()[0] ?? ownKubeconfig()) ??
  `http://127.0.0.1:${STANDARD_PORTS.port}`;
