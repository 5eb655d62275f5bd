import { describe, expect, it } from 'vitest';

import { findJsonProblem } from './json-problem.ts';

/** What encoding/json says of these. */
describe('findJsonProblem', () => {
  it.each([
    ['', 'unexpected end of JSON input'],
    ['[1', 'unexpected end of JSON input'],
    ['{"a":1,', 'unexpected end of JSON input'],
    ['"abc', 'unexpected end of JSON input'],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
    ['[1 2]', "invalid character '2' after array element"],
    ['{}}', "invalid character '}' after top-level value"],
    ['1.2.3', "invalid character '.' after top-level value"],
    ['1.', "invalid character ' ' after decimal point in numeric literal"],
    ['1ex', "invalid character 'x' in exponent of numeric literal"],
    ['--1', "invalid character '-' in numeric literal"],
    ['tru', "invalid character ' ' in literal true (expecting 'e')"],
    ['[nullx]', "invalid character 'x' after array element"],
    ['"a\nb"', String.raw`invalid character '\n' in string literal`],
    ['["\\', "invalid character ' ' in string escape code"],
    ['"\\u12g4"', String.raw`invalid character 'g' in \u hexadecimal character escape`],
    ['é', "invalid character 'Ã' looking for beginning of value"],
    ["'a'", String.raw`invalid character '\'' looking for beginning of value`],
  ])('%j', (text, problem) => {
    expect(findJsonProblem(text)).toBe(problem);
  });

  it.each(['1', ' {"a": [1, -0.5e+3, "\\u00e9\\n", true, null, {}, []]} ', '[\n]'])('nothing in %j', (text) => {
    expect(findJsonProblem(text)).toBeUndefined();
  });

  it('does not fall over depth', () => {
    expect(findJsonProblem('['.repeat(200_000))).toBe('unexpected end of JSON input');
  });
});
