import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { evaluateCondition, evaluateExpression } from './expression.ts';
import { GoDuration, GoTime } from './run/go-time.ts';
import { toJsonValue, type ExprMap, type ExprValue } from './run/values.ts';

const FILE = fileURLToPath(new URL('../../../../../shared/conformance/vectors/lang-expr.json', import.meta.url));

interface Case {
  readonly name: string;
  readonly in: { readonly expression: string; readonly env?: ExprMap };
  readonly out: { readonly value?: unknown; readonly number?: 'integer' | 'float'; readonly error?: string };
}

const shown = (value: ExprValue): unknown => {
  if (value instanceof GoDuration || value instanceof GoTime) return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value))
    return { $float: value > 0 ? '+Inf' : Number.isNaN(value) ? 'NaN' : '-Inf' };
  return toJsonValue(value);
};

describe.skipIf(!existsSync(FILE))('vectors lang-expr', () => {
  const cases = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as { cases: readonly Case[] }).cases : [];
  it.each(cases.map((one) => [one.in.expression, one] as const))('%s', (_, one) => {
    const result = evaluateExpression(one.in.expression, one.in.env ?? {}, { now: Date.UTC(2026, 0, 1) });
    if (one.out.error !== undefined) {
      expect(result.ok ? result.value : result.error.stage).toEqual(one.out.error);
      return;
    }
    expect(result.ok ? shown(result.value) : result.error).toEqual(one.out.value);
    if (one.out.number && result.ok)
      expect(typeof result.value).toBe(one.out.number === 'integer' ? 'bigint' : 'number');
  });
});

describe('evaluateExpression', () => {
  it('says where an error is', () => {
    expect(evaluateExpression('1 +\n nope', {})).toEqual({
      ok: false,
      error: { stage: 'compile', reason: 'unknownName', message: 'unknown name nope (2:2)' },
    });
  });

  it('ends an expression that costs too much', () => {
    const result = evaluateExpression('map(1..1000000000, # * 2)', {});
    expect(result.ok ? result.value : result.error.reason).toBe('budget');
  });

  it('does not see prototypes', () => {
    expect(evaluateExpression('a.constructor', { a: {} })).toEqual({ ok: true, value: null });
    expect(evaluateExpression('constructor', {}).ok).toBe(false);
  });

  it('refuses a condition that is no bool', () => {
    expect(evaluateCondition('1 + 1', {}).ok).toBe(false);
  });
});
