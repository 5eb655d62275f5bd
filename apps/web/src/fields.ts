/**
 * Reads fields of objects as the stream sends them: nothing of their shape is trusted.
 */

/** Fields of an object. */
export type Fields = Readonly<Record<string, unknown>>;

/** An object below a field; empty when there is none. */
export const field = (of: Fields | undefined, name: string): Fields => {
  const value = of?.[name];
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
};

/** A text; empty when there is none. */
export const text = (of: Fields | undefined, name: string): string => (typeof of?.[name] === 'string' ? of[name] : '');

/** A number, or what stands for an absent one. */
export const number = (of: Fields | undefined, name: string, absent: number): number =>
  typeof of?.[name] === 'number' ? of[name] : absent;

/** A list of objects; empty when there is none. */
export const list = (of: Fields | undefined, name: string): readonly Fields[] => {
  const value = of?.[name];
  return Array.isArray(value) ? (value as readonly Fields[]) : [];
};

/** How long ago a moment was, in words. */
export const age = (timestamp: string | undefined, now: number): string => {
  const since = Date.parse(timestamp ?? '');
  if (Number.isNaN(since)) return '';
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`;
};
