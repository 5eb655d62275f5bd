/**
 * Keeps other web pages out. The embedded door has no sign-in and listens on loopback: a page in the user's browser
 * could still reach it by a rebound DNS name or a forged form. So the Host must be one we answer to, and a request
 * that changes something must come from our own pages or from no page at all.
 */

/** What of a request decides. */
export interface OriginFacts {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`, which browsers set and pages cannot. */
  readonly fetchSite: string | undefined;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Gives the reason for refusing, or `undefined`. `hosts`: further host names (without port) the door answers to. */
export const refuseOrigin = (facts: OriginFacts, hosts: readonly string[] = []): string | undefined => {
  const name = (facts.host ?? '').replace(/:\d+$/, '').toLowerCase();
  if (!LOOPBACK_NAMES.has(name) && !hosts.includes(name)) {
    return `host ${JSON.stringify(name)} is not one this server answers to; start it with --host ${name || 'NAME'} to allow it`;
  }
  if (SAFE_METHODS.has(facts.method)) return undefined;
  if (facts.fetchSite !== undefined && facts.fetchSite !== 'same-origin' && facts.fetchSite !== 'none')
    return `refused: a request from another site (${facts.fetchSite})`;
  if (facts.origin !== undefined && hostOf(facts.origin) !== (facts.host ?? '').toLowerCase())
    return `refused: origin ${facts.origin} is not this server`;
  return undefined;
};

const hostOf = (origin: string): string | undefined => {
  try {
    return new URL(origin).host.toLowerCase();
  } catch {
    return undefined;
  }
};
