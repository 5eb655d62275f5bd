/**
 * Customers of the shop: requests through the gateway, and what came back.
 */
import http from 'node:http';

import type { Clock } from '@argosy/base';

/** An answer, or that none came. */
export interface Answered {
  readonly at: number;
  /** Version that answered; empty when none did. */
  readonly version: string;
  readonly status: number;
}

/** What was seen since a moment. */
export interface Observation {
  readonly requests: number;
  readonly failed: number;
  /** Answers by version. */
  readonly byVersion: Readonly<Record<string, number>>;
}

/** Sends requests until it is stopped. */
export interface RequestGenerator {
  /** What was seen since. */
  observe(since: number): Observation;
  stop(): void;
}

/** 40 a second: enough for a split to show within a second, little enough to cost nothing. */
const EVERY_MS = 25;
const REMEMBERED = 4_000;

/** Starts sending. */
export const startRequests = (clock: Clock, of: { readonly url: string; readonly host: string }): RequestGenerator => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  const answers: Answered[] = [];
  let isStopped = false;
  const note = (version: string, status: number): void => {
    answers.push({ at: clock.now(), version, status });
    if (answers.length > REMEMBERED) answers.shift();
  };
  const send = (): void => {
    if (isStopped) return;
    const request = http.get(`${of.url}/`, { agent, headers: { host: of.host }, timeout: 5_000 }, (response) => {
      response.resume();
      response.on('end', () => note(String(response.headers['x-shop-version'] ?? ''), response.statusCode ?? 0));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => (isStopped ? undefined : note('', 0)));
    clock.setTimer(EVERY_MS, send);
  };
  send();
  return {
    observe: (since) => {
      const seen = answers.filter(({ at }) => at >= since);
      const byVersion: Record<string, number> = {};
      for (const { version } of seen.filter(({ version: name }) => name !== ''))
        byVersion[version] = (byVersion[version] ?? 0) + 1;
      return {
        requests: seen.length,
        failed: seen.filter(({ status }) => status < 200 || status >= 300).length,
        byVersion,
      };
    },
    stop: () => {
      isStopped = true;
      agent.destroy();
    },
  };
};
