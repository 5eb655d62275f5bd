/**
 * Requests over the network of this machine.
 */
import { Failure, messageOf } from '@argosy/base';
import { request } from 'undici';

import type { HttpRequests } from '../triggers/trigger-context.ts';

/** Creates the port. */
export const createHttpRequests = (): HttpRequests => ({
  send: async ({ url, method, headers, body, timeoutMs, signal }) => {
    try {
      const response = await request(url, {
        // The sensor was compiled: it is one of undici's methods.
        method: method as 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
        headers,
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      await response.body.dump();
      return { status: response.statusCode };
    } catch (thrown) {
      throw new Failure(`${method} ${url}: ${messageOf(thrown)}`, {
        code: 'RequestFailed',
        retryable: true,
        cause: thrown,
      });
    }
  },
});
