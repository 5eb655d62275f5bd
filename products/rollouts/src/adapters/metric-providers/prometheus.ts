/**
 * Measures with a query to Prometheus, or to the gateway, which answers the same. @spec RO-MP-02
 */
import { messageOf, toTimestamp, type Clock } from '@argosy/base';

import type { Measurement, PrometheusProvider } from '../../api/analysis.ts';
import type { SendRequest } from './http-request.ts';
import { atOnce, type MetricProvider } from './metric-provider.ts';
import { judgePrometheus, parsePrometheusAnswer } from './read-prometheus-answer.ts';

/** As long as upstream waits for a query. */
const TIMEOUT_SECONDS = 30;

/** Creates the provider. `defaultAddress` is used by metrics that name none, as ARGO_ROLLOUTS_PROMETHEUS_ADDRESS is upstream. */
export const createPrometheusProvider = (
  deps: { readonly clock: Clock; readonly send: SendRequest },
  options: { readonly defaultAddress?: string },
): MetricProvider =>
  atOnce(async ({ metric }, signal) => {
    const startedAt = toTimestamp(deps.clock.now());
    const ended = (of: Omit<Measurement, 'startedAt' | 'finishedAt'>): Measurement => ({
      ...of,
      startedAt,
      finishedAt: toTimestamp(deps.clock.now()),
    });
    const provider = metric.provider.prometheus ?? {};
    const target = targetOf(provider, options.defaultAddress);
    if (typeof target === 'string') return ended({ phase: 'Error', message: target });
    try {
      const answer = await deps.send({ ...target.request, insecure: provider.insecure === true }, signal);
      const parsed = parsePrometheusAnswer(answer.status, answer.body);
      if (typeof parsed === 'string') return ended({ phase: 'Error', message: `prometheus: ${parsed}` });
      return ended({
        ...judgePrometheus(parsed.result, metric),
        metadata: {
          ResolvedPrometheusQuery: provider.query ?? '',
          ...(parsed.warnings.length > 0 ? { warnings: parsed.warnings.join('; ') } : {}),
        },
      });
    } catch (thrown) {
      return ended({ phase: 'Error', message: `prometheus at ${target.host}: ${messageOf(thrown)}` });
    }
  });

const targetOf = (provider: PrometheusProvider, defaultAddress: string | undefined) => {
  const address = provider.address || defaultAddress;
  if (!address) return 'prometheus.address is missing, and there is no default: give the address of a Prometheus';
  const base = parseAddress(address);
  if (!base) return `prometheus.address ${JSON.stringify(address)} is not an http or https address`;
  if (!provider.query) return 'prometheus.query is missing';
  if ((provider.timeout ?? 0) < 0) return 'prometheus.timeout must not be negative';
  const basic = provider.authentication?.basicAuth;
  return {
    host: base.origin,
    request: {
      url: `${base.href.replace(/\/$/, '')}/api/v1/query`,
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(basic
          ? { authorization: `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}` }
          : {}),
        ...Object.fromEntries((provider.headers ?? []).map(({ key, value }) => [key, value])),
      },
      body: new URLSearchParams({ query: provider.query }).toString(),
      timeoutMs: (provider.timeout || TIMEOUT_SECONDS) * 1000,
    },
  };
};

const parseAddress = (address: string): URL | undefined => {
  try {
    const url = new URL(address);
    return ['http:', 'https:'].includes(url.protocol) ? url : undefined;
  } catch {
    // Not an address at all.
    return undefined;
  }
};
