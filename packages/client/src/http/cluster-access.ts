/**
 * How a cluster is reached, and as whom. Credentials are asked for before each request, since tokens of files and of
 * plugins change while a program runs.
 */

/** How to reach a cluster. */
export interface ClusterAccess {
  /** Base URL without a slash at its end. */
  readonly server: string;
  /** Authorities that vouch for the server, in PEM; the system's when absent. */
  readonly authority?: string;
  readonly skipVerification?: boolean;
  /** Name the server's certificate must carry, when it is not the host of `server`. */
  readonly serverName?: string;
  /** URL of an HTTP proxy in between. */
  readonly proxy?: string;
  readonly credentials: CredentialSource;
  /** On whose behalf requests are made; the server asks whether that is allowed. */
  readonly impersonate?: Impersonation;
  /** Namespace of the context, `default` if it names none. */
  readonly namespace: string;
}

/** What proves who asks. Certificates and keys in PEM. Never part of a message. */
export interface Credentials {
  readonly token?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly basic?: { readonly username: string; readonly password: string };
}

/** Gives the credentials of the moment. */
export interface CredentialSource {
  /** Throws Failure `InvalidKubeconfig` or `CredentialsUnavailable`. */
  current(): Promise<Credentials>;
  /** The server did not accept these. Answers whether asking again may give others. */
  refused(credentials: Credentials): boolean;
}

/** The headers of an impersonated request. @spec https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
export interface Impersonation {
  readonly user: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Credentials that stay as they are. */
export const fixedCredentials = (credentials: Credentials): CredentialSource => ({
  current: async () => credentials,
  refused: () => false,
});
