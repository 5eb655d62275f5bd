import { describe, expect, it } from 'vitest';

import { refuseOrigin, type OriginFacts } from './origin-check.ts';

const facts = (changed: Partial<OriginFacts>): OriginFacts => ({
  method: 'POST',
  host: 'localhost:2746',
  origin: undefined,
  fetchSite: undefined,
  ...changed,
});

describe('who may knock', () => {
  const cases: readonly [reason: string, changed: Partial<OriginFacts>, refused: boolean][] = [
    ['a program without a page', {}, false],
    ['our own page', { origin: 'http://localhost:2746', fetchSite: 'same-origin' }, false],
    ['another page that writes', { origin: 'https://evil.example', fetchSite: 'cross-site' }, true],
    ['another port of the same machine', { origin: 'http://localhost:9999', fetchSite: 'same-site' }, true],
    ['a sandboxed page', { origin: 'null' }, true],
    ['a rebound name that reads', { method: 'GET', host: 'evil.example:2746' }, true],
    ['a reader by address', { method: 'GET', host: '127.0.0.1:2746' }, false],
    ['no host at all', { host: undefined }, true],
  ];
  it.each(cases)('%s', (_reason, changed, refused) => expect(refuseOrigin(facts(changed)) !== undefined).toBe(refused));
  it('answers to names it was told', () =>
    expect(refuseOrigin(facts({ host: 'argosy.test:1' }), ['argosy.test'])).toBeUndefined());
});
