/**
 * Addresses a request may be passed on to because somebody wrote them down.
 * @upstream kubernetes apimachinery pkg/util/proxy (IsProxyableIP)
 */
import { BlockList, isIP } from 'node:net';

/** Whether an address is of one machine, and neither of this one alone nor of the next one on its wire. */
export const isForeignAddress = (address: string): boolean => {
  const family = isIP(address);
  return family !== 0 && !OWN_ADDRESSES.check(address, family === 6 ? 'ipv6' : 'ipv4');
};

const OWN_ADDRESSES = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
] as const)
  OWN_ADDRESSES.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::', 127],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  OWN_ADDRESSES.addSubnet(network, bits, 'ipv6');
