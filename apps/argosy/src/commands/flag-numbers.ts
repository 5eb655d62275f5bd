/** Numbers given as flags and arguments. */
import { InvalidArgumentError } from 'commander';

/** Parses a whole number of seconds. */
export const parseSeconds = (text: string): number => {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('a whole number of seconds.');
  return Number(text);
};

/** Parses a whole number that is not negative. */
export const parseNatural = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number.');
  return Number(text);
};

/** Parses a whole number. */
export const parseCount = (text: string): number => {
  if (!/^-?\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number.');
  return Number(text);
};
