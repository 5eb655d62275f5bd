/**
 * The network as webhook sources see it. `node-http.ts` is the real one.
 */

/** A request, before its body is read. */
export interface IncomingRequest {
  readonly method: string;
  /** Path as it arrived, without the query. */
  readonly path: string;
  /** Query with every value of a name. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** Headers by Go's canonical names, with every value. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Reads the body; `undefined` when it is larger than the limit in bytes. Throws when the client goes away. */
  readBody(limitBytes: number): Promise<Uint8Array | undefined>;
}

/** An answer: one line of text. */
export interface OutgoingResponse {
  readonly status: number;
  readonly text: string;
}

/** A listening server. */
export interface ListeningServer {
  /** The port it got. */
  readonly port: number;
  /** Stops accepting, lets what is under way finish, and resolves then. */
  close(): Promise<void>;
}

/** Opens servers. `listen` throws a Failure `PortInUse` or `ListenRefused`. */
export interface HttpServers {
  listen(options: {
    readonly host: string;
    readonly port: number;
    readonly handle: (request: IncomingRequest) => Promise<OutgoingResponse>;
  }): Promise<ListeningServer>;
}
