/** How commands reach the cluster. */
import path from 'node:path';

import { createHttpClient, readKubeconfig, type HttpClient } from '@argosy/client';

import { defaultDataDirectory } from '../platform/data-directory.ts';
import { readPlatformAddress } from '../platform/platform-address.ts';
import { STANDARD_PORTS } from './platform-flags.ts';

/** Connects with the kubeconfig asked for: the flag, else KUBECONFIG, else the data folder's. */
export const connect = (kubeconfig: string | undefined): HttpClient =>
  createHttpClient(readKubeconfig(kubeconfigPath(kubeconfig)));

const kubeconfigPath = (kubeconfig: string | undefined): string =>
  kubeconfig ?? process.env['KUBECONFIG'] ?? path.join(defaultDataDirectory(process.cwd(), process.env), 'kubeconfig');

/** Address of the platform: the flag, else ARGOSY_SERVER, else the one beside the kubeconfig, else the standard port. */
export const platformUrl = (server: string | undefined): string =>
  server ??
  process.env['ARGOSY_SERVER'] ??
  readPlatformAddress(kubeconfigPath(undefined)) ??
  `http://127.0.0.1:${STANDARD_PORTS.port}`;
