/**
 * The last minutes of every counter, second by second, as if scraped each second. Only changes are kept, so counters
 * at rest cost nothing and no timer runs; reading fills the seconds between.
 */
import type { Instant } from '@argosy/base';

/** Name and labels of a series; the name is the label `__name__`. */
export type Labels = Readonly<Record<string, string>>;

/** A value at an instant in milliseconds. */
export interface Sample {
  readonly at: Instant;
  readonly value: number;
}

/** A series with its samples in order of time. */
export interface SampledSeries {
  readonly labels: Labels;
  readonly samples: readonly Sample[];
}

/** What queries read from. */
export interface SampleSource {
  /** Series whose labels the predicate accepts, with their samples after `from` and up to `to`; none without samples. */
  select(accepts: (labels: Labels) => boolean, from: Instant, to: Instant): readonly SampledSeries[];
}

/** A counter's series, to add to without looking it up again. */
export interface SampledCounter {
  /** Adds; nothing is kept while the store has no room for the series. */
  add(by: number): void;
  /** Forgets its samples; another counter may have the labels then. */
  forget(): void;
}

/** Counters over time. */
export interface SampleStore extends SampleSource {
  /** The counter with these labels; it has samples from its first addition on. Ask once per labels. */
  counter(labels: Labels): SampledCounter;
  readonly seriesCount: number;
}

/** What is kept. */
export interface SampleStoreLimits {
  readonly keptMs: number;
  readonly mostSeries: number;
}

/** Fifteen minutes of up to 8,000 series, some twenty for each of 400 backends: about 115 MB if all change every second. */
export const DEFAULT_LIMITS: SampleStoreLimits = { keptMs: 15 * 60_000, mostSeries: 8000 };

const STEP_MS = 1000;

interface Series {
  readonly labels: Labels;
  /** Second at which each value was first seen; same length as `values`. */
  readonly seconds: number[];
  readonly values: number[];
}

/** Creates an empty store. */
export const createSampleStore = (now: () => Instant, limits: SampleStoreLimits = DEFAULT_LIMITS): SampleStore => {
  const all = new Set<Series>();
  const startedAt = Math.floor(now() / STEP_MS);

  const admit = (labels: Labels, second: number): Series | undefined => {
    if (all.size >= limits.mostSeries) forgetIdle(all, second - limits.keptMs / STEP_MS);
    if (all.size >= limits.mostSeries) return undefined;
    // Before its first request a counter was zero, which is known here and not to a scraper: so the first requests of
    // a new version show in rates, and a young counter is not extrapolated.
    const series: Series = { labels, seconds: [Math.min(startedAt, second - 1)], values: [0] };
    all.add(series);
    return series;
  };
  return {
    get seriesCount() {
      return all.size;
    },
    counter: (labels) => {
      let series: Series | undefined;
      return {
        forget: () => {
          if (series) all.delete(series);
        },
        add: (by) => {
          const second = Math.floor(now() / STEP_MS) + 1;
          if (!series || !all.has(series)) series = admit(labels, second);
          if (!series) return;
          addAt(series, second, by);
          forgetOld(series, second - limits.keptMs / STEP_MS);
        },
      };
    },
    select: (accepts, from, to) => {
      const oldest = Math.max(from, now() - limits.keptMs);
      return [...all]
        .filter((series) => accepts(series.labels))
        .map((series) => ({ labels: series.labels, samples: fillIn(series, oldest, Math.min(to, now())) }))
        .filter((series) => series.samples.length > 0);
    },
  };
};

const addAt = (series: Series, second: number, by: number): void => {
  const last = series.seconds.length - 1;
  const value = (series.values[last] ?? 0) + by;
  // A clock set back must not make time run backwards.
  if ((series.seconds[last] ?? 0) >= second) series.values[last] = value;
  else {
    series.seconds.push(second);
    series.values.push(value);
  }
};

/** Trims in batches; one value from before is kept, since it still holds. */
const forgetOld = (series: Series, second: number): void => {
  if ((series.seconds[1] ?? Infinity) > second - 60) return;
  const kept = Math.max(
    series.seconds.findLastIndex((each) => each <= second),
    0,
  );
  series.seconds.splice(0, kept);
  series.values.splice(0, kept);
};

const forgetIdle = (all: Set<Series>, second: number): void => {
  for (const series of all) if ((series.seconds.at(-1) ?? 0) < second) all.delete(series);
};

/** A sample for every second after `from` up to `to`, each with the value that held then. */
const fillIn = (series: Series, from: Instant, to: Instant): readonly Sample[] => {
  const samples: Sample[] = [];
  const first = Math.max(Math.floor(from / STEP_MS) + 1, series.seconds[0] ?? Infinity);
  let at = Math.max(
    series.seconds.findLastIndex((each) => each <= first),
    0,
  );
  for (let second = first; second * STEP_MS <= to; second += 1) {
    while ((series.seconds[at + 1] ?? Infinity) <= second) at += 1;
    samples.push({ at: second * STEP_MS, value: series.values[at] ?? 0 });
  }
  return samples;
};
