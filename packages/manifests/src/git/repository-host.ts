/**
 * Which host an address of a repository names, as git itself reads it: what stands behind `#`, `?` or a backslash is
 * never part of the host, however much it looks like one.
 */

/** Schemes git may be asked for. `ext::` and friends would run programs. */
const ADDRESS = /^(?:https?|ssh|git):\/\/[^-\s/?#\\][^\s/?#\\]*(?:\/[^\s#\\]*)?$/i;
const SCP = /^[A-Za-z0-9._][A-Za-z0-9._-]*@([A-Za-z0-9][A-Za-z0-9.-]*):\S+$/;

/** Whether an address is one of a remote repository that git may be asked for. */
export const isRemoteAddress = (url: string): boolean => ADDRESS.test(url) || SCP.test(url);

/**
 * Whether what is given for one address may be shown at another: the same host by the same way, or by a way that
 * encrypts where neither names a port.
 */
export const mayShareAccess = (url: string, given: string): boolean => {
  const [other, own] = [hostOf(url), hostOf(given)];
  if (!other || !own || other.name !== own.name) return false;
  if (other.scheme === own.scheme) return other.port === own.port;
  return other.port === '' && own.port === '' && (other.scheme === 'https:' || other.scheme === 'ssh:');
};

/** Host and port as they are written, which is how git asks for their password. */
export const writtenAuthority = (url: string): string =>
  /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#\\]*@)?([^/?#\\]*)/i.exec(url)?.[1] ?? '';

interface Host {
  readonly scheme: string;
  readonly name: string;
  /** Empty for the usual one. */
  readonly port: string;
}

const hostOf = (url: string): Host | undefined => {
  const scp = SCP.exec(url)?.[1];
  if (scp !== undefined) return { scheme: 'ssh:', name: scp.toLowerCase(), port: '' };
  if (!ADDRESS.test(url) || !URL.canParse(url)) return undefined;
  const { protocol, hostname, port } = new URL(url);
  return { scheme: protocol, name: hostname.toLowerCase(), port: protocol === 'ssh:' && port === '22' ? '' : port };
};
