/**
 * IP addresses and networks.
 * @spec k8s.io/apiserver/pkg/cel/library/ip.go, cidr.go
 */
import { CelError } from '../cel-error.ts';
import { CelOpaque, type CelValue } from '../values/cel-value.ts';
import { declare, type CelOverload } from './overloads.ts';

/** An address as a number of 32 or 128 bits. */
interface Address {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

interface Network {
  readonly address: Address;
  readonly prefix: number;
}

const widthOf = (family: 4 | 6): bigint => (family === 4 ? 32n : 128n);

const parseV4 = (text: string): bigint | undefined => {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return undefined;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
};

const parseV6 = (text: string): bigint | undefined => {
  const halves = text.split('::');
  if (halves.length > 2 || text.includes('%')) return undefined;
  const words = halves.map((half) => (half === '' ? [] : half.split(':')));
  const all = words.flat();
  if (!all.every((word) => /^[0-9a-fA-F]{1,4}$/.test(word))) return undefined;
  if (halves.length === 1 ? all.length !== 8 : all.length > 7) return undefined;
  const zeros = Array.from({ length: 8 - all.length }, () => '0');
  const full = halves.length === 1 ? all : [...(words[0] ?? []), ...zeros, ...(words[1] ?? [])];
  return full.reduce((bits, word) => (bits << 16n) | BigInt(`0x${word}`), 0n);
};

const parseAddress = (text: string): Address => {
  const v4 = parseV4(text);
  if (v4 !== undefined) return { family: 4, bits: v4 };
  const v6 = text.includes(':') ? parseV6(text) : undefined;
  if (v6 === undefined) {
    if (/^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(text))
      throw new CelError(`IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`);
    throw new CelError(`IP Address ${JSON.stringify(text)} parse error during conversion from string`);
  }
  if (v6 >> 32n === 0xffffn) throw new CelError(`IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`);
  return { family: 6, bits: v6 };
};

const formatAddress = ({ family, bits }: Address): string => {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join('.');
  const words = Array.from({ length: 8 }, (_, index) => ((bits >> BigInt((7 - index) * 16)) & 0xffffn).toString(16));
  const run = longestZeros(words);
  if (run.length < 2) return words.join(':');
  return `${words.slice(0, run.start).join(':')}::${words.slice(run.start + run.length).join(':')}`;
};

const longestZeros = (words: readonly string[]): { readonly start: number; readonly length: number } => {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < words.length; start += 1) {
    let length = 0;
    while (words[start + length] === '0') length += 1;
    if (length > best.length) best = { start, length };
  }
  return best;
};

const addressValue = (address: Address): CelOpaque => new CelOpaque('net.IP', address, formatAddress(address));

const parseNetwork = (text: string): Network => {
  const [host = '', prefix = '', ...rest] = text.split('/');
  const bad = new CelError(`network address parse error during conversion from string: ${JSON.stringify(text)}`);
  if (rest.length > 0 || !/^(?:0|[1-9]\d{0,2})$/.test(prefix)) throw bad;
  const address = parseAddress(host);
  if (BigInt(prefix) > widthOf(address.family)) throw bad;
  return { address, prefix: Number(prefix) };
};

const networkValue = (network: Network): CelOpaque =>
  new CelOpaque('net.CIDR', network, `${formatAddress(network.address)}/${network.prefix}`);

const masked = ({ address, prefix }: Network): Network => {
  const host = widthOf(address.family) - BigInt(prefix);
  return { address: { ...address, bits: (address.bits >> host) << host }, prefix };
};

const containsAddress = (network: Network, address: Address): boolean =>
  network.address.family === address.family &&
  masked({ address, prefix: network.prefix }).address.bits === masked(network).address.bits;

const containsNetwork = (outer: Network, inner: Network): boolean =>
  outer.prefix <= inner.prefix && containsAddress(outer, inner.address);

// Only the functions here make these types, hence the casts.
const addressOf = (value: CelValue | undefined): Address => (value as CelOpaque).inner as Address;
const networkOf = (value: CelValue | undefined): Network => (value as CelOpaque).inner as Network;

const isValid = (parse: () => unknown): boolean => {
  try {
    parse();
    return true;
  } catch (thrown) {
    if (thrown instanceof CelError) return false;
    throw thrown;
  }
};

const within = ({ family, bits }: Address, v4: string, v6: string): boolean => {
  const network = parseNetwork(family === 4 ? v4 : v6);
  return containsAddress(network, { family, bits });
};

const isGlobal = (address: Address): boolean =>
  address.bits !== 0n &&
  !(address.family === 4 && address.bits === 0xffffffffn) &&
  !within(address, '127.0.0.0/8', '::1/128') &&
  !within(address, '224.0.0.0/4', 'ff00::/8') &&
  !within(address, '169.254.0.0/16', 'fe80::/10');

const addresses: readonly CelOverload[] = [
  declare('ip(string) -> net.IP', ([text]) => addressValue(parseAddress(text as string))),
  declare('isIP(string) -> bool', ([text]) => isValid(() => parseAddress(text as string))),
  declare('ip::isCanonical(string) -> bool', ([text]) => formatAddress(parseAddress(text as string)) === text),
  declare('string(net.IP) -> string', ([ip]) => formatAddress(addressOf(ip))),
  declare('net.IP.family() -> int', ([ip]) => BigInt(addressOf(ip).family)),
  declare('net.IP.isUnspecified() -> bool', ([ip]) => addressOf(ip).bits === 0n),
  declare('net.IP.isLoopback() -> bool', ([ip]) => within(addressOf(ip), '127.0.0.0/8', '::1/128')),
  declare('net.IP.isLinkLocalMulticast() -> bool', ([ip]) => within(addressOf(ip), '224.0.0.0/24', 'ff02::/16')),
  declare('net.IP.isLinkLocalUnicast() -> bool', ([ip]) => within(addressOf(ip), '169.254.0.0/16', 'fe80::/10')),
  declare('net.IP.isGlobalUnicast() -> bool', ([ip]) => isGlobal(addressOf(ip))),
];

/** Functions of addresses and networks. */
export const ADDRESSES: readonly CelOverload[] = [
  ...addresses,
  declare('cidr(string) -> net.CIDR', ([text]) => networkValue(parseNetwork(text as string))),
  declare('isCIDR(string) -> bool', ([text]) => isValid(() => parseNetwork(text as string))),
  declare('string(net.CIDR) -> string', ([network]) => (network as CelOpaque).identity),
  declare('net.CIDR.containsIP(net.IP) -> bool', ([network, ip]) => containsAddress(networkOf(network), addressOf(ip))),
  declare('net.CIDR.containsIP(string) -> bool', ([network, ip]) =>
    containsAddress(networkOf(network), parseAddress(ip as string)),
  ),
  declare('net.CIDR.containsCIDR(net.CIDR) -> bool', ([outer, inner]) =>
    containsNetwork(networkOf(outer), networkOf(inner)),
  ),
  declare('net.CIDR.containsCIDR(string) -> bool', ([outer, inner]) =>
    containsNetwork(networkOf(outer), parseNetwork(inner as string)),
  ),
  declare('net.CIDR.ip() -> net.IP', ([network]) => addressValue(networkOf(network).address)),
  declare('net.CIDR.masked() -> net.CIDR', ([network]) => networkValue(masked(networkOf(network)))),
  declare('net.CIDR.prefixLength() -> int', ([network]) => BigInt(networkOf(network).prefix)),
];
