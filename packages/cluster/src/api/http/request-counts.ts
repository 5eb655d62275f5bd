/**
 * Counts and durations of requests by what they asked for. Every request comes by here, so a request costs a look-up and
 * three additions; labels are put together when somebody asks.
 */
import type { RequestAttributes } from '@argosy/kube';
import type { Metric, Registry } from 'prom-client';

/** Attributes of a request about a resource. */
export type ResourceAttributes = Extract<RequestAttributes, { readonly kind: 'resource' }>;

/** What was counted so far. */
export interface RequestCounts {
  /** Of requests like this one. */
  of(attributes: ResourceAttributes): RequestCount;
}

/** What was counted of requests that are alike. */
export interface RequestCount {
  count(code: number): void;
  /** Notes how long an answer took, in seconds. */
  observe(seconds: number): void;
}

/** Labels of a request. */
export const labelsOf = ({ verb, group, resource, subresource = '', namespace, name }: ResourceAttributes) => ({
  verb: verb.toUpperCase(),
  group,
  resource,
  subresource: knownPart(subresource),
  scope: name ? 'resource' : namespace ? 'namespace' : 'cluster',
});

/** Whatever else callers ask for is counted as one: there is no end of names. */
const knownPart = (subresource = ''): string =>
  subresource === '' || SUBRESOURCES.has(subresource) ? subresource : 'unknown';

const SUBRESOURCES: ReadonlySet<string> = new Set(
  'approval attach binding ephemeralcontainers eviction exec finalize log portforward proxy scale status token'.split(
    ' ',
  ),
);

/** Upper bounds of the buckets, in seconds. */
const BOUNDS: readonly number[] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];

interface Series extends RequestCount {
  readonly labels: ReturnType<typeof labelsOf>;
  readonly codes: ReadonlyMap<number, number>;
  /** Observations at or below each bound and above the one before; the last have no bound. */
  readonly buckets: readonly number[];
  readonly sum: number;
}

/** Creates the counts and shows them in a registry. */
export const createRequestCounts = (registry: Registry): RequestCounts => {
  const all = new Map<string, Series>();
  const seriesOf = (attributes: ResourceAttributes): Series => {
    const { verb, group, resource, subresource, namespace, name } = attributes;
    const key = `${verb} ${group} ${resource} ${knownPart(subresource)} ${name ? 'r' : namespace ? 'n' : 'c'}`;
    const known = all.get(key);
    if (known) return known;
    const created = createSeries(labelsOf(attributes));
    all.set(key, created);
    return created;
  };
  register(registry, {
    name: 'apiserver_request_total',
    help: 'Requests that were answered, by what they asked for and the code of the answer.',
    type: 'counter',
    values: () => [...all.values()].flatMap(countsOf),
  });
  register(registry, {
    name: DURATION,
    help: 'How long answers took; watches and logs are not among them.',
    type: 'histogram',
    values: () => [...all.values()].flatMap(durationsOf),
  });
  return { of: seriesOf };
};

const createSeries = (labels: Series['labels']): Series => {
  const codes = new Map<number, number>();
  const buckets = [...BOUNDS, Number.POSITIVE_INFINITY].map(() => 0);
  let sum = 0;
  return {
    labels,
    codes,
    buckets,
    get sum() {
      return sum;
    },
    count: (code) => void codes.set(code, (codes.get(code) ?? 0) + 1),
    observe: (seconds) => {
      const found = BOUNDS.findIndex((bound) => seconds <= bound);
      const at = found < 0 ? BOUNDS.length : found;
      buckets[at] = (buckets[at] ?? 0) + 1;
      sum += seconds;
    },
  };
};

const DURATION = 'apiserver_request_duration_seconds';

interface Value {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName?: string;
}

/** The registry asks its metrics by this one method; the type of the library knows only its own classes. */
const register = (
  registry: Registry,
  of: { readonly name: string; readonly help: string; readonly type: string; readonly values: () => readonly Value[] },
): void => {
  const { name, help, type, values } = of;
  const get = async () => ({ name, help, type, aggregator: 'sum', values: values() });
  registry.registerMetric({ name, help, get } as unknown as Metric);
};

const countsOf = ({ labels, codes }: Series): readonly Value[] =>
  [...codes].map(([code, value]) => ({ labels: { ...labels, code }, value }));

const durationsOf = ({ labels, buckets, sum }: Series): readonly Value[] => {
  let below = 0;
  const cumulative = buckets.map((count) => (below += count));
  if (below === 0) return [];
  const bounds = [...BOUNDS, '+Inf'];
  return [
    ...cumulative.map((value, at) => ({
      labels: { le: bounds[at] ?? '', ...labels },
      value,
      metricName: `${DURATION}_bucket`,
    })),
    { labels, value: sum, metricName: `${DURATION}_sum` },
    { labels, value: below, metricName: `${DURATION}_count` },
  ];
};
