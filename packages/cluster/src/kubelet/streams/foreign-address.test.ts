/** Where nobody is led to by a written address, in whatever way it is written. */
import { expect, it } from 'vitest';

import { isForeignAddress } from './foreign-address.ts';

it.each([
  '127.0.0.1',
  '127.255.255.254',
  '0.0.0.0',
  '169.254.169.254',
  '224.0.0.1',
  '::1',
  '0:0:0:0:0:0:0:1',
  '::',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:169.254.169.254',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  'localhost',
  '127.1',
  '2130706433',
  '',
])('%j is of this machine, of its wire, or no address', (address) => expect(isForeignAddress(address)).toBe(false));

it.each(['10.0.0.1', '192.168.1.2', '::ffff:10.0.0.1', '2001:db8::1', 'fd00::1'])('%s is foreign', (address) =>
  expect(isForeignAddress(address)).toBe(true),
);
