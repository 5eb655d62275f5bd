import { describe, expect, it } from 'vitest';

import { derIdentifierOf, readDerElement, readDerElements } from './index.ts';

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

describe('DER', () => {
  it('is read element by element', () => {
    expect(readDerElements(bytes(0x02, 1, 7, 0x05, 0))).toEqual([
      { tag: 0x02, content: bytes(7), whole: bytes(0x02, 1, 7) },
      { tag: 0x05, content: bytes(), whole: bytes(0x05, 0) },
    ]);
  });

  it('has lengths of several bytes', () => {
    const content = new Uint8Array(300).fill(1);
    const element = readDerElement(bytes(0x04, 0x82, 0x01, 0x2c, ...content, 9));
    expect([element.content, element.whole.byteLength]).toEqual([content, 304]);
  });

  it.each([
    ['2.5.4.3', bytes(0x55, 0x04, 0x03)],
    ['1.2.840.113549.1.1.11', bytes(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b)],
    ['2.999', bytes(0x88, 0x37)],
  ])('names %s', (dotted, content) => {
    expect(derIdentifierOf({ tag: 0x06, content, whole: content })).toBe(dotted);
  });

  it.each([
    ['nothing', bytes(), 'asn1: syntax error: data truncated'],
    ['less than it says', bytes(0x04, 2, 1), 'asn1: syntax error: data truncated'],
    ['an end mark', bytes(0x30, 0x80), 'asn1: structure error: indefinite length found (not DER)'],
    ['too long a length', bytes(0x04, 0x85, 0, 0, 0, 0, 1), 'asn1: structure error: length too large'],
  ])('refuses %s', (_, given, message) => {
    expect(() => readDerElement(given)).toThrow(message);
  });
});
