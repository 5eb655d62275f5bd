/**
 * Durations in Go's notation (`1h30m`, `300ms`), which Argo's and Kubernetes' manifests use.
 * @spec https://pkg.go.dev/time#ParseDuration
 */

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy;

/** Reads a Go duration as milliseconds (may be fractional or negative); `undefined` when the text is not one. */
export const parseGoDuration = (text: string): number | undefined => {
  const sign = text.startsWith('-') ? -1 : 1;
  const body = /^[+-]/.test(text) ? text.slice(1) : text;
  if (body === '0') return 0;
  let totalMs = 0;
  let end = 0;
  PART.lastIndex = 0;
  for (let match = PART.exec(body); match; match = PART.exec(body)) {
    totalMs += Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? 0);
    end = PART.lastIndex;
  }
  return body === '' || end !== body.length ? undefined : sign * totalMs;
};

/** Writes milliseconds as Go's `Duration.String()` does: `1h30m0s`, `1.5s`, `300ms`, `0s`. */
export const formatGoDuration = (durationMs: number): string => {
  if (durationMs === 0) return '0s';
  const sign = durationMs < 0 ? '-' : '';
  const absolute = Math.abs(durationMs);
  if (absolute < 1e-3) return `${sign}${trimmed(absolute * 1e6)}ns`;
  if (absolute < 1) return `${sign}${trimmed(absolute * 1e3)}µs`;
  if (absolute < 1000) return `${sign}${trimmed(absolute)}ms`;
  const hours = Math.floor(absolute / 3_600_000);
  const minutes = Math.floor((absolute % 3_600_000) / 60_000);
  const seconds = trimmed((absolute % 60_000) / 1000);
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
};

/** Writes a span the way kubectl prints ages: `45s`, `3m12s`, `5h7m`, `2d3h`. @spec k8s.io/apimachinery/pkg/util/duration */
export const formatAge = (spanMs: number): string => {
  const seconds = Math.floor(spanMs / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 60 * 2) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's');
  if (minutes < 60 * 3) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 24 * 8) return withRest(days, 'd', hours % 24, 'h');
  if (days < 365 * 2) return `${days}d`;
  const years = Math.floor(days / 365);
  return days < 365 * 8 ? withRest(years, 'y', days % 365, 'd') : `${years}y`;
};

const withRest = (whole: number, unit: string, rest: number, restUnit: string): string =>
  rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${restUnit}`;

const trimmed = (value: number): string => String(Number(value.toFixed(9)));
