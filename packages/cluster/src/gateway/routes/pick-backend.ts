/**
 * Chooses a backend by weight. A request's place in a low-discrepancy sequence decides: after any number of requests
 * the split is right to within a few of them, and unlike round robin it stays right for every second, third … request,
 * so clients that alternate two kinds of calls do not send one kind to the canary.
 * @upstream https://en.wikipedia.org/wiki/Low-discrepancy_sequence#Additive_recurrence
 */
import type { CanaryPolicy, WeightedBackend } from './route.ts';
import { findsPattern } from '../patterns/pattern.ts';

/** The golden ratio's fraction: of all steps the one that spreads most evenly. */
const STEP = 0.6180339887498949;

/** The next point in [0, 1) of a sequence that may start anywhere. */
export const nextPoint = (point: number): number => (point + STEP) % 1;

/** The item on whose part of the weights the point falls; `undefined` when all weights are zero. */
export const pickWeighted = <T extends { readonly weight: number }>(
  items: readonly T[],
  point: number,
): T | undefined => {
  const total = items.reduce((sum, item) => sum + item.weight, 0);
  let left = point * total;
  for (const item of items) {
    if (item.weight > 0 && left < item.weight) return item;
    left -= item.weight;
  }
  // Rounding may leave the point a hair beyond the last part.
  return total > 0 ? items.findLast((item) => item.weight > 0) : undefined;
};

/** What a canary policy asks of a request. Header names in lower case. */
export interface CanaryRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * Tells whether the request is the canary's: header, then cookie, then weight.
 * @upstream ingress-nginx rootfs/etc/nginx/lua/balancer.lua#route_to_alternative_balancer
 */
export const isForCanary = (policy: CanaryPolicy, request: CanaryRequest, point: number): boolean => {
  const byHeader = policy.header ? decideByHeader(policy.header, request.headers[policy.header.name]) : undefined;
  if (byHeader !== undefined) return byHeader;
  const byCookie = policy.cookie ? ALWAYS_NEVER[cookieOf(request, policy.cookie) ?? ''] : undefined;
  return byCookie ?? point * policy.weightTotal < policy.weight;
};

/** The canary as the only backend. */
export const canaryBackend = (policy: CanaryPolicy): WeightedBackend => ({
  service: policy.service,
  weight: 1,
  requestHeaders: [],
  responseHeaders: [],
});

const ALWAYS_NEVER: Readonly<Record<string, boolean | undefined>> = { always: true, never: false };

/** With a value or pattern asked for, `always` and `never` mean nothing, and who has another value goes by weight. */
const decideByHeader = (
  wanted: NonNullable<CanaryPolicy['header']>,
  given: string | readonly string[] | undefined,
): boolean | undefined => {
  if (given === undefined) return undefined;
  const value = typeof given === 'string' ? given : given.join(', ');
  if (wanted.value !== undefined) return wanted.value === value ? true : undefined;
  if (wanted.pattern) return findsPattern(wanted.pattern, value) ? true : undefined;
  return ALWAYS_NEVER[value];
};

const cookieOf = ({ headers }: CanaryRequest, name: string): string | undefined => {
  const cookies = headers['cookie'];
  const text = typeof cookies === 'object' ? cookies.join('; ') : (cookies ?? '');
  const pair = text
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
};
