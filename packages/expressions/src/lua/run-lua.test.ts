import { describe, expect, it } from 'vitest';

import type { Json } from '@argosy/base';

import { runLua } from './run-lua.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const run = (source: string, globals: Readonly<Record<string, Json>> = {}) => {
  const result = runLua(source, { globals, now: NOW });
  return result.ok ? result.value : result.error;
};

describe('lua', () => {
  it.each<readonly [reason: string, source: string, expected: Json]>([
    ['a plain value', 'return 1 + 1', 2],
    ['nothing', 'local x = 1', null],
    ['a global and its fields', 'return obj.status.phase', 'Running'],
    ['absent fields are nil', 'return obj.nothing == nil', true],
    ['lists start at one', 'return obj.list[1]', 'a'],
    ['the length of a list', 'return #obj.list', 2],
    ['a table with names', 'return {status = "Healthy", message = ""}', { status: 'Healthy', message: '' }],
    ['a table without names', 'return {1, 2}', [1, 2]],
    ['a table with both is a list', 'return {1, 2, k = "v"}', [1, 2]],
    ['an empty table is a map', 'return {}', {}],
    ['an empty table may say that it is a list', 'return setmetatable({}, {__is_array = true})', []],
    ['whole floats print without a point', 'return tostring(10 / 2)', '5'],
    ['names of Lua 5.1', 'return {unpack({1, 2, 3})}', [1, 2, 3]],
    ['patterns', 'return string.match("tag-v12", "v%d+")', 'v12'],
    ['time', 'return os.time()', NOW / 1000],
    ['dates in UTC', 'return os.date("%Y-%m-%d %H:%M:%S")', '2026-01-02 03:04:05'],
    ['pairs over a map', 'local n = 0 for k in pairs(obj) do n = n + 1 end return n', 2],
  ])('gives %s', (_reason, source, expected) => {
    expect(run(source, { obj: { status: { phase: 'Running' }, list: ['a', 'b'] } })).toEqual(expected);
  });

  it.each<readonly [reason: string, source: string, expected: object]>([
    ['a wrong text', 'return (', { stage: 'compile', reason: 'syntax' }],
    [
      'a missing value, with the line',
      'local a\nreturn a.b',
      { stage: 'run', message: expect.stringContaining('script:2:') },
    ],
    ['an endless loop', 'while true do end', { reason: 'budget' }],
    [
      'an endless loop that catches errors',
      'while true do pcall(function() while true do end end) end',
      { reason: 'budget' },
    ],
    ['a text that doubles', 'local s = "x" while true do s = s .. s end', { reason: 'budget' }],
    ['a text repeated without end', 'return string.rep("x", 1e9)', { reason: 'script' }],
    ['endless recursion', 'local function f() return 1 + f() end return f()', { reason: 'script' }],
    ['a result that contains itself', 'local t = {} t.t = t return t', { reason: 'value' }],
    ['a function as result', 'return print', { reason: 'value' }],
    ['files', 'return io.open("/etc/passwd")', { reason: 'script' }],
    ['programs', 'return os.execute("true")', { reason: 'script' }],
    ['randomness', 'return math.random()', { message: expect.stringContaining('not available here') }],
  ])('refuses %s', (_reason, source, expected) => {
    expect(run(source)).toMatchObject(expected);
  });
});
