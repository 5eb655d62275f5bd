/** How commands reach the cluster. */
import path from 'node:path';

import { createHttpClient, readKubeconfig, type HttpClient } from '@argosy/client';

import { defaultDataDirectory } from '../platform/data-directory.ts';

/** Connects with the kubeconfig asked for: the flag, else KUBECONFIG, else the data folder's. */
export const connect = (kubeconfig: string | undefined): HttpClient =>
  createHttpClient(
    readKubeconfig(
      kubeconfig ??
        process.env['KUBECONFIG'] ??
        path.join(defaultDataDirectory(process.cwd(), process.env), 'kubeconfig'),
    ),
  );
