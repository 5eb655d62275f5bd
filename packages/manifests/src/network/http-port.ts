/**
 * The network as repositories see it: one request, one answer, never more bytes than were asked for.
 */

/** Whom to trust, and as whom to come. */
export interface TlsOptions {
  /** PEM certificates trusted instead of the system's. */
  readonly authorities?: string;
  /** PEM. */
  readonly clientCertificate?: string;
  /** PEM. */
  readonly clientKey?: string;
  /** Takes any certificate. */
  readonly skipVerification?: boolean;
}

/** A request; its answer is not followed anywhere. */
export interface HttpRequest {
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bytes of the answer's body; more of them end the request with Failure `TooLarge`. */
  readonly limitBytes: number;
  readonly tls?: TlsOptions;
  /** `http://[user:password@]host:port`. */
  readonly proxy?: string;
}

/** An answer, whatever its status. Names of headers are in lower case. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Sends requests. */
export interface HttpPort {
  /** Throws Failure: NetworkFailed (retryable), TooLarge, NotSupported for a proxy that is none of http. */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** An address as it may be shown: without user, password and query, which may hold signatures. */
export const shownUrl = (url: string): string => {
  if (!URL.canParse(url)) return url.replace(/\/\/[^/\s]*@/g, '//').replace(/\?.*$/s, '');
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
};
