/** Addresses as the API server reads them: parts of IPv4 may begin with zeros, IPv6 may end in IPv4, zones are refused. */

/** Tells whether a text is an IPv4 or IPv6 address. */
export const isIpAddress = (text: string): boolean => ipFamily(text) !== undefined;

/** The family of an address; absent when the text is none. */
export const ipFamily = (text: string): 'IPv4' | 'IPv6' | undefined => {
  if (isIpv4(text)) return 'IPv4';
  return text.includes(':') && isIpv6(text) ? 'IPv6' : undefined;
};

/** Tells whether a text is an address and the length of its prefix, such as `10.0.0.0/8`. */
export const isIpBlock = (text: string): boolean => {
  const [address = '', length = '', ...rest] = text.split('/');
  const family = ipFamily(address);
  if (rest.length > 0 || family === undefined || !/^\d{1,3}$/.test(length)) return false;
  return Number(length) <= (family === 'IPv4' ? 32 : 128);
};

const isIpv4 = (text: string): boolean => {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d+$/.test(part) && Number(part) < 256);
};

const isIpv6 = (text: string): boolean => {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const counts = halves.map((half, at) => groupCount(half, at === halves.length - 1));
  if (counts.includes(undefined)) return false;
  const count = counts.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  return halves.length === 2 ? count < 8 : count === 8;
};

/** How many groups a part of an address holds; absent when one is none. Only the last may be an IPv4 address. */
const groupCount = (half: string, isLast: boolean): number | undefined => {
  if (half === '') return 0;
  const groups = half.split(':');
  const last = groups.at(-1) ?? '';
  const hasIpv4 = isLast && last.includes('.');
  const plain = hasIpv4 ? groups.slice(0, -1) : groups;
  if (hasIpv4 && !isIpv4(last)) return undefined;
  return plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) ? plain.length + (hasIpv4 ? 2 : 0) : undefined;
};

/** Tells whether a block of addresses lies in another that is larger. Both must be blocks. */
export const isStrictlyWithin = (part: string, whole: string): boolean => {
  const [[address = '', length = ''], [around = '', shorter = '']] = [part.split('/'), whole.split('/')];
  const count = Number(shorter);
  if (ipFamily(address) !== ipFamily(around) || Number(length) <= count) return false;
  return bitsOf(address).slice(0, count) === bitsOf(around).slice(0, count);
};

const bitsOf = (address: string): string => {
  if (!address.includes(':')) return bits(address.split('.').map(Number), 8);
  const [head = '', tail] = address.split('::');
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')];
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  return bits([...before, ...Array.from({ length: missing }, () => 0), ...after], 16);
};

const groupsOf = (half: string): readonly number[] =>
  half === ''
    ? []
    : half.split(':').flatMap((group) => {
        if (!group.includes('.')) return [Number.parseInt(group, 16)];
        const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
        return [a * 256 + b, c * 256 + d];
      });

const bits = (numbers: readonly number[], width: number): string =>
  numbers.map((number) => number.toString(2).padStart(width, '0')).join('');
