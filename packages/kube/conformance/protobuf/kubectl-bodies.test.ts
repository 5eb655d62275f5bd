/**
 * Bodies recorded from kubectl 1.32, each beside the JSON that the same command prints with `--dry-run=client -o json`:
 * what is decoded from one must be what stands in the other.
 */
import fs from 'node:fs';

import { isObject } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { decodeEnvelope, MESSAGES } from '../../src/index.ts';

interface Recorded {
  readonly command: string;
  /** Base64. */
  readonly body: string;
  readonly object: object;
}

const read = (file: string) =>
  JSON.parse(fs.readFileSync(new URL(file, import.meta.url), 'utf8')) as readonly Recorded[];
const recorded = read('kubectl-bodies.json');

/** An empty time, struct or list is written by Go and means nothing. */
const withoutEmpty = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, part]) => [name, withoutEmpty(part)] as const);
  return Object.fromEntries(
    entries.filter(
      ([, part]) => part !== null && !(isObject(part) && Object.keys(part).length === 0) && !isEmptyList(part),
    ),
  );
};
const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

describe('protobuf bodies of kubectl', () => {
  // That of client-go is from its own encoder, beside its own JSON.
  it.each([...recorded, ...read('definition-bodies.json')])('$command', ({ body, object }) => {
    const decoded = decodeEnvelope(Buffer.from(body, 'base64'), MESSAGES);
    expect(withoutEmpty(decoded.ok ? decoded.value : decoded.error)).toEqual(withoutEmpty(object));
  });
  it('has them all', () => expect(recorded.length).toBeGreaterThanOrEqual(12));

  const whole = Buffer.from(recorded[0]!.body, 'base64');
  it.each([
    { reason: 'no envelope', body: Buffer.from('{"kind":"Pod"}'), says: 'does not begin' },
    { reason: 'a body cut short', body: whole.subarray(0, whole.length - 9), says: 'ends within' },
    { reason: 'nothing but the envelope', body: whole.subarray(0, 4), says: 'not known in protobuf' },
    {
      reason: 'noise',
      body: Buffer.concat([whole.subarray(0, 4), Buffer.alloc(40, 0xff)]),
      says: 'no protobuf message',
    },
  ])('refuses $reason', ({ body, says }) => {
    const decoded = decodeEnvelope(body, MESSAGES);
    expect(decoded.ok ? decoded.value : decoded.error).toContain(says);
  });
});
