/**
 * Where a platform answers, written beside its kubeconfig: whoever has the one finds the other.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { isObject } from '@argosy/base';

const FILE = 'platform.json';

/** Writes the address for commands of this machine. */
export const writePlatformAddress = (kubeconfig: string, url: string): void =>
  writeFileSync(path.join(path.dirname(kubeconfig), FILE), `${JSON.stringify({ url })}\n`, { mode: 0o600 });

/** Reads it; undefined where no platform of ours wrote this kubeconfig. */
export const readPlatformAddress = (kubeconfig: string): string | undefined => {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path.join(path.dirname(kubeconfig), FILE), 'utf8'));
    return isObject(parsed) && typeof parsed['url'] === 'string' ? parsed['url'] : undefined;
  } catch {
    // No such file: the kubeconfig is of another cluster.
    return undefined;
  }
};
