/**
 * API errors as Kubernetes' `Status` object says them. Callers decide on reason and code, never on the message.
 * @spec https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
import { Failure } from '@argosy/base';

/** Reasons of the API, letter for letter. */
export type StatusReason =
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Expired'
  | 'Invalid'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'UnsupportedMediaType'
  | 'RequestEntityTooLarge'
  | 'TooManyRequests'
  | 'Timeout'
  | 'ServerTimeout'
  | 'InternalError'
  | 'ServiceUnavailable'
  | 'Unknown';

/** One cause inside a Status. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** What a Status says about its subject. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** The wire form of an API error. */
export interface StatusObject {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  /** Of an expired list: the token for the rest of it. */
  readonly metadata: { readonly continue?: string };
  readonly status: 'Failure' | 'Success';
  readonly message?: string;
  readonly reason?: StatusReason;
  readonly details?: StatusDetails;
  readonly code?: number;
}

/** HTTP code of each reason. */
export const STATUS_CODES: Readonly<Record<StatusReason, number>> = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
  ServerTimeout: 500,
  Unknown: 500,
};

const RETRYABLE: ReadonlySet<StatusReason> = new Set([
  'Conflict',
  'TooManyRequests',
  'Timeout',
  'ServerTimeout',
  'InternalError',
  'ServiceUnavailable',
]);

/** An API call was refused. `code` is the reason; `httpCode` the HTTP status. */
export class ApiStatusError extends Failure {
  readonly reason: StatusReason;
  readonly httpCode: number;
  readonly details: StatusDetails | undefined;

  constructor(reason: StatusReason, message: string, details?: StatusDetails, httpCode: number = STATUS_CODES[reason]) {
    super(message, { code: reason, retryable: RETRYABLE.has(reason) });
    this.name = 'ApiStatusError';
    this.reason = reason;
    this.httpCode = httpCode;
    this.details = details;
  }

  /** The Status object to send to a client. */
  toStatus(): StatusObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(this.details ? { details: withoutEmpty(this.details) } : {}),
      code: this.httpCode,
    };
  }
}

/** What is not said is left out, as the API does. */
const withoutEmpty = (details: StatusDetails): StatusDetails =>
  Object.fromEntries(Object.entries(details).filter(([, value]) => value !== ''));

/** Tells whether something thrown is an API error of one of these reasons. */
export const isApiError = (thrown: unknown, ...reasons: readonly StatusReason[]): thrown is ApiStatusError =>
  thrown instanceof ApiStatusError && (reasons.length === 0 || reasons.includes(thrown.reason));

/** "not found", in Kubernetes' wording: `pods "web" not found`. */
export const notFound = (of: { readonly group: string; readonly resource: string }, name: string): ApiStatusError =>
  new ApiStatusError('NotFound', `${qualified(of)} "${name}" not found`, { name, group: of.group, kind: of.resource });

/** "already exists", in Kubernetes' wording. */
export const alreadyExists = (
  of: { readonly group: string; readonly resource: string },
  name: string,
): ApiStatusError =>
  new ApiStatusError('AlreadyExists', `${qualified(of)} "${name}" already exists`, {
    name,
    group: of.group,
    kind: of.resource,
  });

/** A lost optimistic update, in Kubernetes' wording. */
export const conflict = (
  of: { readonly group: string; readonly resource: string },
  name: string,
  why: string,
): ApiStatusError =>
  new ApiStatusError('Conflict', `Operation cannot be fulfilled on ${qualified(of)} "${name}": ${why}`, {
    name,
    group: of.group,
    kind: of.resource,
  });

const qualified = (of: { readonly group: string; readonly resource: string }): string =>
  of.group === '' ? of.resource : `${of.resource}.${of.group}`;
