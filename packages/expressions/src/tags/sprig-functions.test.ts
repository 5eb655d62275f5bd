import { describe, expect, it } from 'vitest';

import { evaluateExpression } from '../expr/expression.ts';
import { workflowEnvironment } from './expression-environment.ts';

const evaluate = (source: string) => {
  const result = evaluateExpression(source, workflowEnvironment({ 'workflow.name': 'hello', list: ['b', 'a'] }));
  return result.ok ? result.value : result.error.message;
};

describe('sprig in expressions', () => {
  it.each([
    ['sprig.upper(workflow.name)', 'HELLO'],
    ['sprig.add(1, 2) + 1', 4n],
    ['sprig.sortAlpha(list)', ['a', 'b']],
    ['sprig.dict("a", 1).a', 1n],
    ['sprig.regexReplaceAll("l+", workflow.name, "L")', 'heLo'],
    ['sprig.semverCompare("^1.2", "1.3.0")', true],
    ['sprig.toDate("2006-01-02", "2024-02-03").Year()', 2024n],
    ['sprig.date("02/01/2006", date("2024-02-03"))', '03/02/2024'],
    ['sprig.duration("95")', '1m35s'],
    ['sprig.dig("a", "b", "none", {a: {b: "deep"}})', 'deep'],
    ['sprig.default("x", nil)', 'x'],
  ])('%s', (source, expected) => expect(evaluate(source)).toEqual(expected));

  it.each([
    ['sprig.trim(5)', /cannot use int as type string/],
    ['sprig.trim()', /not enough arguments to call trim/],
    ['sprig.trim("a", "b")', /too many arguments to call trim/],
    ['sprig.repeat(1000000000, "a")', /too long/],
    ['sprig.until(1000000000)', /./],
    ['sprig.randAlpha(5)', /randAlpha/],
    ['sprig.env("HOME")', /cannot call nil/],
    ['sprig.fail("enough")', /enough/],
  ])('%s is refused', (source, message) => expect(evaluate(source)).toMatch(message));
});
