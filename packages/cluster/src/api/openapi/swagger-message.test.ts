import { describe, expect, it } from 'vitest';

import { encodeSwagger, type SwaggerDocument } from './swagger-message.ts';
import type { Definition } from './definitions.ts';
import { toSwaggerSchema } from './swagger-schema.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const field = (tag: string, ...parts: readonly string[]): string => {
  const body = parts.join('');
  return `${tag}${(body.length / 2).toString(16).padStart(2, '0')}${body}`;
};
const text = (value: string): string => Buffer.from(value).toString('hex');

describe('encodeSwagger', () => {
  const document = (over: Partial<SwaggerDocument>): SwaggerDocument => ({
    swagger: '2.0',
    info: { title: 'K', version: 'v1' },
    paths: {},
    definitions: {},
    ...over,
  });
  const head = `${field('0a', text('2.0'))}${field('12', field('0a', text('K')), field('12', text('v1')))}`;

  it('writes what gnostic reads: definitions', () => {
    const definitions = { A: { type: 'object', required: ['b'], properties: { b: { $ref: '#/B' } }, 'x-k': true } };
    const properties = field('ca01', field('0a', field('0a', text('b')), field('12', field('0a', text('#/B')))));
    const extension = field('fa01', field('0a', text('x-k')), field('12', field('12', text('true'))));
    const schema = `${field('9a01', text('b'))}${field('b201', field('0a', text('object')))}${properties}${extension}`;
    expect(hex(encodeSwagger(document({ definitions })))).toBe(
      `${head}4200${field('4a', field('0a', field('0a', text('A')), field('12', schema)))}`,
    );
  });

  it('writes lengths over 127 in two bytes', () => {
    const definitions = { A: { description: 'x'.repeat(300) } };
    expect(hex(encodeSwagger(document({ definitions })))).toContain(`22ac02${text('x'.repeat(300))}`);
  });
});

describe('toSwaggerSchema', () => {
  it.each([
    ['a reference that says more', { allOf: [{ $ref: '#/A' }], description: 'd' }, { $ref: '#/A', description: 'd' }],
    ['what may be null', { type: 'string', nullable: true, description: 'd' } as const, { description: 'd' }],
    [
      'a number or a text',
      { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] } as const,
      { type: 'string', format: 'int-or-string' },
    ],
    ['a quantity', { oneOf: [{ type: 'string' }, { type: 'number' }] } as const, { type: 'string' }],
    [
      'inside of lists and maps',
      { type: 'array', items: { type: 'object', additionalProperties: { type: 'string', nullable: true } } } as const,
      { type: 'array', items: { type: 'object', additionalProperties: {} } },
    ],
    ['alternatives', { type: 'object', anyOf: [{ required: ['a'] }], not: {} } as const, { type: 'object' }],
  ])('%s', (_, definition, expected) => expect(toSwaggerSchema(definition as Definition)).toEqual(expected));
});
