/**
 * The one answer to "is it worth trying again?". Upstream has three different ones (STYLE, part two).
 */
import { Defect, Failure } from '@argosy/base';
import { isApiError } from '@argosy/kube';

/**
 * - `conflict`: somebody else wrote first; look again at once.
 * - `transient`: the world may be better later.
 * - `terminal`: the same call will be refused again until somebody changes something.
 * - `defect`: a bug of ours.
 */
export type ErrorClass = 'conflict' | 'transient' | 'terminal' | 'defect';

/** Classifies anything thrown, by reason and code only. */
export const classifyError = (thrown: unknown): ErrorClass => {
  if (isApiError(thrown, 'Conflict', 'AlreadyExists')) return 'conflict';
  if (thrown instanceof Failure) return thrown.retryable ? 'transient' : 'terminal';
  if (thrown instanceof Defect) return 'defect';
  return isNetworkError(thrown) ? 'transient' : 'defect';
};

/** Codes of Node and of libc for a peer that is away. */
const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

const isNetworkError = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' && NETWORK_CODES.has(thrown.code);
