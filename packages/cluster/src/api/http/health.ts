/**
 * Whether the server is well, as probes and people ask. A server that answers is, as long as its store can be written.
 * @spec https://kubernetes.io/docs/reference/using-api/health-checks/
 */
import type { Failure } from '@argosy/base';

import type { RequestAddress } from './request-path.ts';

/** The answer to a question after health. */
export interface HealthAnswer {
  readonly status: 200 | 500;
  readonly text: string;
}

const HEALTH_PATH = /^\/(healthz|livez|readyz)(?:\/([^/]*))?$/;
/** What is looked at; upstream's own store has this name. */
const CHECKS = ['ping', 'etcd'] as const;

/**
 * `ok`, or with `verbose` and when something is wrong a line for each check; `undefined` for other paths. Anybody may ask:
 * why the store fails is for its log.
 */
export const healthAnswer = (
  { pathname, query }: RequestAddress,
  store: { readonly failure: Failure | undefined },
): HealthAnswer | undefined => {
  const match = HEALTH_PATH.exec(pathname);
  if (!match) return undefined;
  const [, root = '', check] = match;
  const asked = CHECKS.filter((name) => !check || name === check);
  if (asked.length === 0) return undefined;
  const excluded = query.getAll('exclude');
  const isWell = (name: string): boolean => name !== 'etcd' || store.failure === undefined;
  const failed = asked.filter((name) => !excluded.includes(name) && !isWell(name));
  if (failed.length === 0 && (check || !query.has('verbose'))) return { status: 200, text: 'ok' };
  const lines = asked.map((name) => {
    if (excluded.includes(name)) return `[+]${name} excluded: ok\n`;
    return isWell(name) ? `[+]${name} ok\n` : `[-]${name} failed: reason withheld\n`;
  });
  const verdict = failed.length === 0 ? 'passed' : 'failed';
  return { status: failed.length === 0 ? 200 : 500, text: `${lines.join('')}${root} check ${verdict}\n` };
};
