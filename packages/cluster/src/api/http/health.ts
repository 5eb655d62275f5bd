/**
 * Whether the server is well, as probes and people ask. A server that answers is: its store stands before its listener.
 * @spec https://kubernetes.io/docs/reference/using-api/health-checks/
 */
const PATHS: readonly string[] = ['/healthz', '/livez', '/readyz'];
const CHECKS: readonly string[] = ['ping'];

/** The answer to a question after health: `ok`, or with `verbose` a line for each check; `undefined` for other paths. */
export const healthText = (pathname: string, query: URLSearchParams): string | undefined => {
  const [, root = '', check] = pathname.split('/');
  if (!PATHS.includes(`/${root}`) || (check !== undefined && pathname !== `/${root}/${check}`)) return undefined;
  if (check !== undefined && check !== '') return CHECKS.includes(check) ? 'ok' : undefined;
  if (!query.has('verbose')) return 'ok';
  const excluded = query.getAll('exclude');
  const lines = CHECKS.map((name) => `[+]${name} ${excluded.includes(name) ? 'excluded: ok' : 'ok'}\n`);
  return `${lines.join('')}${root} check passed\n`;
};
