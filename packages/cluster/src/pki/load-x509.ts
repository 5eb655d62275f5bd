/**
 * The library that makes certificates. It is loaded when the first is made: that takes start time.
 */
import { webcrypto } from 'node:crypto';

/** Loads it. */
export const loadX509 = async () => {
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
  return x509;
};
