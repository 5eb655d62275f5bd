/**
 * How a repository may be reached: credentials, trust, proxies.
 * @spec CD-REPO-01, CD-REPO-09, CD-SEC-01 … CD-SEC-03
 */
import type { HttpRequest, TlsOptions } from './http-port.ts';

/** An app of GitHub that may read repositories. */
export interface GitHubApp {
  readonly id: string;
  /** That of the repository's owner when absent. */
  readonly installationId?: string;
  /** PEM. */
  readonly privateKey: string;
  /** Of an own GitHub: `https://host/api/v3`. */
  readonly baseUrl?: string;
}

/** Everything that is said of a repository besides its address. */
export interface RepositoryAccess {
  /** Tells accesses apart: what one may read is never served to another from a cache. Empty for anybody. */
  readonly identity: string;
  readonly username?: string;
  readonly password?: string;
  /** Wins over user and password. */
  readonly bearerToken?: string;
  /** Git over HTTPS: becomes a token where there are no other credentials. */
  readonly gitHubApp?: GitHubApp;
  /** Git over SSH: a PEM or OpenSSH key. */
  readonly sshPrivateKey?: string;
  /** Git over SSH: lines of a known_hosts file; the machine's own when absent. */
  readonly knownHosts?: string;
  /** Git over SSH: takes any host key. */
  readonly skipHostKeys?: boolean;
  readonly tls?: TlsOptions;
  readonly proxy?: string;
  /** Hosts reached without the proxy, separated by commas. */
  readonly noProxy?: string;
  /** Git: sends user and password before they are asked for. */
  readonly forceBasicAuth?: boolean;
  /** Git: also reads what Git LFS keeps. */
  readonly hasLargeFiles?: boolean;
  /** OCI: plain HTTP. */
  readonly plainHttp?: boolean;
  /** Charts: also sends user and password to other hosts that an index names. */
  readonly passCredentials?: boolean;
}

/** Access of whoever has no credentials. */
export const ANONYMOUS: RepositoryAccess = { identity: '' };

/** The `Authorization` of an access; `undefined` without credentials. */
export const authorizationOf = ({
  username = '',
  password = '',
  bearerToken,
}: RepositoryAccess): string | undefined => {
  if (bearerToken) return `Bearer ${bearerToken}`;
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
};

/** What another host than an access is for may see of it: whom to trust and which way to take, but not as whom to come. */
export const withoutCredentialsOf = ({ tls, proxy, noProxy, plainHttp }: RepositoryAccess): RepositoryAccess => ({
  identity: '',
  ...(tls && { tls: withoutClient(tls) }),
  ...(proxy !== undefined && { proxy }),
  ...(noProxy !== undefined && { noProxy }),
  ...(plainHttp !== undefined && { plainHttp }),
});

/** Trust and way of a request to an address. */
export const transportOf = (access: RepositoryAccess, url: string): Pick<HttpRequest, 'tls' | 'proxy'> => ({
  ...(access.tls && { tls: access.tls }),
  ...(access.proxy && !isWithoutProxy(url, access.noProxy ?? '') && { proxy: access.proxy }),
});

/** Whether an address is reached directly: `*`, a host, a domain with all below it, each perhaps with a port. */
export const isWithoutProxy = (url: string, noProxy: string): boolean => {
  if (!URL.canParse(url)) return false;
  const { hostname, host } = new URL(url);
  return noProxy
    .split(',')
    .map((entry) =>
      entry
        .trim()
        .toLowerCase()
        .replace(/^\*?\./, ''),
    )
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || entry === host || entry === hostname || hostname.endsWith(`.${entry}`));
};

/** A text without the secrets of an access. */
export const withoutSecrets = (text: string, access: RepositoryAccess): string =>
  [access.password, access.bearerToken, access.sshPrivateKey, access.tls?.clientKey, access.gitHubApp?.privateKey]
    .filter((secret) => secret !== undefined && secret.length > 3)
    .reduce<string>((shown, secret) => shown.replaceAll(secret ?? '', '******'), text);

const withoutClient = ({ authorities, skipVerification }: TlsOptions): TlsOptions => ({
  ...(authorities !== undefined && { authorities }),
  ...(skipVerification !== undefined && { skipVerification }),
});
