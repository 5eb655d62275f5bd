/**
 * What a product adds to the door: routes as data. The door turns them into HTTP.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** A request as a route sees it. The body has been read, within the door's limit. */
export interface RouteRequest {
  readonly method: string;
  /** Path without query, as it arrived. */
  readonly path: string;
  /** Values of `:name` parts and of `*` in the route's path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** The bytes of the body; empty when there is none. */
  readonly body: Uint8Array;
  readonly remoteAddress: string;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

/** An answer: whole, or a stream of chunks. Status defaults to 200. */
export type RouteResponse =
  | { readonly kind: 'json'; readonly status?: number; readonly value: unknown }
  | { readonly kind: 'text'; readonly status?: number; readonly contentType?: string; readonly text: string }
  | {
      readonly kind: 'stream';
      readonly status?: number;
      readonly contentType: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly chunks: AsyncIterable<string | Uint8Array>;
    };

/** One route. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with `:name` parts; a trailing `*` takes the rest. */
  readonly path: string;
  /** One line for the reference page. */
  readonly summary: string;
  /** Largest body in bytes; default 1 MiB. */
  readonly bodyLimitBytes?: number;
  /** May be called from other origins and by machines (webhooks); default false. */
  readonly isPublic?: boolean;
  /** Answers. `ApiStatusError` becomes its status; anything else thrown is a 500 with a reference and nothing more. */
  handle(request: RouteRequest): Promise<RouteResponse>;
}

/** Reads a JSON body; `undefined` when it is not JSON. */
export const readJsonBody = (request: Pick<RouteRequest, 'body'>): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body)) as unknown;
  } catch {
    return undefined;
  }
};
