import { describe, expect, it } from 'vitest';

import { compareObject } from './compare-object.ts';

const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' } };
const web = (spec: object) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'w' }, spec });
const custom = (spec: object) => ({ apiVersion: 'a.b/v1', kind: 'Thing', metadata: { name: 't' }, spec });

describe('what the API leaves out is no difference', () => {
  it.each([
    ['an empty map', { ...map, data: {} }, map],
    ['a flag and a count', web({ paused: false, minReadySeconds: 0 }), web({})],
    [
      'a quantity',
      web({ template: { spec: { containers: [{ name: 'c', resources: { limits: { cpu: '1000m' } } }] } } }),
      web({ template: { spec: { containers: [{ name: 'c', resources: { limits: { cpu: '1' } } }] } } }),
    ],
  ])('%s', (_, desired, live) => expect(compareObject(desired, live).modified).toBe(false));

  it('in custom kinds it is one', () => {
    expect(compareObject(custom({ paused: false }), custom({})).modified).toBe(true);
    // Somebody else's group may begin with the same word.
    const other = (spec: object) => ({ ...web(spec), apiVersion: 'apps.example.com/v1' });
    expect(compareObject(other({ paused: false }), other({})).modified).toBe(true);
  });
});
