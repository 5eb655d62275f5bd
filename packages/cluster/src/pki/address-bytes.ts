/**
 * Addresses as certificates hold them: four bytes or sixteen.
 */
import { isIPv4, isIPv6 } from 'node:net';

/** The bytes of an address; undefined for what is a name. */
export const addressBytes = (host: string): Buffer | undefined => {
  if (isIPv4(host)) return Buffer.from(host.split('.').map(Number));
  return isIPv6(host) ? Buffer.from(groupsOf(host).flatMap((group) => [group >> 8, group & 0xff])) : undefined;
};

const GROUPS = 8;

const groupsOf = (address: string): readonly number[] => {
  const [bare = ''] = address.split('%');
  const [head = '', tail] = bare.replace(/\d+\.\d+\.\d+\.\d+$/, inGroups).split('::');
  const [left, right] = [numbersIn(head), numbersIn(tail ?? '')];
  // Two colons stand for as many zeros as are missing.
  const missing = tail === undefined ? 0 : GROUPS - left.length - right.length;
  return [...left, ...Array.from({ length: missing }, () => 0), ...right];
};

const inGroups = (address: string): string => {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return [a * 256 + b, c * 256 + d].map((group) => group.toString(16)).join(':');
};

const numbersIn = (part: string): readonly number[] =>
  part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
