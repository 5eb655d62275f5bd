import { expect, it } from 'vitest';

import { resourcesPatch } from './node-resources-status.ts';

const machine = { cpu: '2', pods: '10' };

it.each([
  { reason: 'a new node', status: undefined, want: { capacity: machine, allocatable: machine } },
  { reason: 'nothing new', status: { capacity: machine, allocatable: machine }, want: undefined },
  {
    reason: 'a resource a user declared',
    status: { capacity: { ...machine, 'example.com/foo': '5' }, allocatable: machine },
    want: { capacity: machine, allocatable: { ...machine, 'example.com/foo': '5' } },
  },
  {
    reason: 'a declared resource stays',
    status: {
      capacity: { ...machine, 'example.com/foo': '5' },
      allocatable: { ...machine, 'example.com/foo': '5' },
    },
    want: undefined,
  },
  {
    reason: 'a resource a user took back',
    status: { capacity: machine, allocatable: { ...machine, 'example.com/foo': '5' } },
    want: { capacity: machine, allocatable: { ...machine, 'example.com/foo': null } },
  },
  {
    reason: 'a claim the machine does not bear out',
    status: { capacity: { ...machine, cpu: '64' }, allocatable: { ...machine, cpu: '64' } },
    want: { capacity: machine, allocatable: machine },
  },
])('$reason', ({ status, want }) => expect(resourcesPatch(status as never, machine)).toEqual(want));
