/** Quantiles out of cumulative buckets. Pure. @upstream prometheus promql/quantile.go#bucketQuantile */

/** A bucket: how many observations were at most `bound`. */
export interface Bucket {
  readonly bound: number;
  readonly count: number;
}

/** The value below which the share `quantile` of the observations lies, linear within a bucket; NaN when unknown. */
export const bucketQuantile = (quantile: number, given: readonly Bucket[]): number => {
  if (Number.isNaN(quantile)) return Number.NaN;
  if (quantile < 0) return -Infinity;
  if (quantile > 1) return Infinity;
  const buckets = monotonic(merged([...given].sort((left, right) => left.bound - right.bound)));
  const last = buckets.at(-1);
  if (!last || buckets.length < 2 || last.bound !== Infinity || last.count === 0) return Number.NaN;
  if (Number.isNaN(last.count)) return Number.NaN;
  const rank = quantile * last.count;
  const index = buckets.findIndex((bucket, at) => at === buckets.length - 1 || bucket.count >= rank);
  const bucket = buckets[index];
  const below = buckets[index - 1];
  if (!bucket) return Number.NaN;
  // Of the last bucket only its lower bound is known.
  if (bucket === last) return below?.bound ?? Number.NaN;
  if (!below && bucket.bound <= 0) return bucket.bound;
  const start = below?.bound ?? 0;
  const belowCount = below?.count ?? 0;
  return start + (bucket.bound - start) * ((rank - belowCount) / (bucket.count - belowCount));
};

const merged = (buckets: readonly Bucket[]): readonly Bucket[] =>
  buckets.reduce<readonly Bucket[]>((all, bucket) => {
    const before = all.at(-1);
    return before?.bound === bucket.bound
      ? [...all.slice(0, -1), { bound: bucket.bound, count: before.count + bucket.count }]
      : [...all, bucket];
  }, []);

/** Rates of buckets scraped at slightly different times may decrease a little. */
const monotonic = (buckets: readonly Bucket[]): readonly Bucket[] => {
  let most = -Infinity;
  return buckets.map((bucket) => {
    most = Math.max(most, bucket.count);
    return { ...bucket, count: most };
  });
};
