import { describe, expect, it } from 'vitest';

import { valueAtPath } from './column-path.ts';

const object = {
  spec: { replicas: 2, ports: [{ port: 80 }, { port: 443 }], 'dotted.name': 'x' },
  status: {
    conditions: [
      { type: 'Available', status: 'False' },
      { type: 'Ready', status: 'True' },
    ],
  },
};

describe('valueAtPath', () => {
  it.each([
    ['.spec.replicas', 2],
    ['spec.replicas', 2],
    ['.spec.ports[1].port', 443],
    ['.spec.ports[*].port', 80],
    ['.spec.dotted\\.name', 'x'],
    ["['spec'].replicas", 2],
    ['.status.conditions[?(@.type=="Ready")].status', 'True'],
    [".status.conditions[?(@.type == 'Ready')].status", 'True'],
    ['.status.conditions[?(@.type=="Absent")].status', undefined],
    ['.spec.absent.deeper', undefined],
    ['.spec[', undefined],
    ['.spec.replicas}', undefined],
  ])('%s', (path, value) => expect(valueAtPath(object, path)).toEqual(value));
});
