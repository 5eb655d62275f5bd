/**
 * How HTTP templates reach the network.
 */

/** A request, complete. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: string | Uint8Array | undefined;
  readonly timeoutMs: number;
  /** Accepts any certificate. */
  readonly insecureSkipVerify: boolean;
}

/** The answer, whatever its status. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
}

/** The port. */
export interface HttpPort {
  /** Sends; follows redirects. Throws Failure when there is no answer within the time, or one larger than 1 MiB. */
  send(request: HttpRequest): Promise<HttpResponse>;
}
