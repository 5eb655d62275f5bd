import { describe, expect, it } from 'vitest';

import { addressBytes } from './address-bytes.ts';
import { element, identifier, integer, moment, namedBits } from './write-der.ts';

const hex = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString('hex');

describe('DER', () => {
  it.each([
    ['a number', integer(Buffer.from([0, 0, 5])), '020105'],
    ['one that would look negative', integer(Buffer.from([0x80])), '02020080'],
    ['nothing', integer(Buffer.from([0, 0])), '020100'],
    ['an identifier', identifier('1.2.840.113549.1.1.11'), '06092a864886f70d01010b'],
    ['an identifier of the joint branch', identifier('2.5.29.37.0'), '0604551d2500'],
    ['an identifier of long parts', identifier('1.3.6.1.4.1.311.10.3.3'), '060a2b0601040182370a0303'],
    ['no bits', namedBits(0), '030100'],
    ['the first and the sixth bit', namedBits(33), '03020284'],
    ['the ninth bit', namedBits(256), '0303070080'],
    ['a moment', moment(Date.UTC(2049, 11, 31, 23, 59, 59)), '170d3439313233313233353935395a'],
    ['a later moment', moment(Date.UTC(2050, 0, 1)), '180f32303530303130313030303030305a'],
  ])('writes %s', (_what, bytes, expected) => expect(hex(bytes)).toBe(expected));

  it('writes long lengths', () => {
    expect(hex(element(4, Buffer.alloc(0x7f)).subarray(0, 2))).toBe('047f');
    expect(hex(element(4, Buffer.alloc(0x80)).subarray(0, 3))).toBe('048180');
    expect(hex(element(4, Buffer.alloc(0x1234)).subarray(0, 4))).toBe('04821234');
  });
});

describe('addressBytes', () => {
  it.each([
    ['127.0.0.1', '7f000001'],
    ['::1', '00000000000000000000000000000001'],
    ['::', '00000000000000000000000000000000'],
    ['fe80::1:2%eth0', 'fe800000000000000000000000010002'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['::ffff:10.1.2.3', '00000000000000000000ffff0a010203'],
    ['localhost', undefined],
    ['kubernetes.default', undefined],
  ])('of %s', (host, expected) => expect(hex(addressBytes(host))).toBe(expected));
});
