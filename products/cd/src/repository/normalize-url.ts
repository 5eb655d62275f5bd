/**
 * Addresses of repositories in one form, so that two ways of writing one compare as equal.
 * @spec CD-REPO-06; vectors cd-git-same-url
 */

const SCP = /^([^@/\s]+(?:@[^@/\s]+)*@)([^:/\s]+):(?!\/\/)(.*)$/;
const DEFAULT_PORTS: ReadonlyMap<string, string> = new Map([
  ['ssh:', '22'],
  ['https:', '443'],
  ['http:', '80'],
]);

/** The one form: lower case, `ssh://` for `user@host:path`, no `.git`, no slash at the end, no usual port. */
export const normalizeRepositoryUrl = (url: string): string => {
  const text = url.trim().toLowerCase();
  const scp = /^[a-z][a-z0-9+.-]*:\/\//.test(text) ? undefined : SCP.exec(text);
  const whole = scp ? `ssh://${scp[1] ?? ''}${scp[2] ?? ''}/${(scp[3] ?? '').replace(/^\/+/, '')}` : text;
  const bare = whole
    .replace(/^oci:\/\//, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  return bare.replace(/^([a-z]+:)(\/\/[^/]*?):(\d+)(?=\/|$)/, (all, scheme: string, host: string, port: string) =>
    DEFAULT_PORTS.get(scheme) === port ? `${scheme}${host}` : all,
  );
};

/** Host and port of an address. */
export const authorityOf = (normalized: string): string =>
  /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/]*@)?([^/]*)/.exec(normalized)?.[1] ?? '';

/** Host and port that a known-hosts check uses; empty for what is not SSH. @spec CD-SEC-02; vectors cd-git-ssh-host */
export const sshHostOf = (url: string): string => {
  const normalized = normalizeRepositoryUrl(url);
  if (!normalized.startsWith('ssh://')) return '';
  const authority = authorityOf(normalized);
  return /:\d+$/.test(authority) ? authority : `${authority.replace(/:$/, '')}:22`;
};
