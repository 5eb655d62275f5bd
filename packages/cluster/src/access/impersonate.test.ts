import { expect, it } from 'vitest';

import type { Access } from './access.ts';
import { impersonate } from './impersonate.ts';

const access = {
  roles: () => ({ allows: () => ({ allowed: true, reason: '' }) }),
} as unknown as Access;
const groupsOf = (user: string, groups?: string): readonly string[] =>
  impersonate(
    access,
    { username: 'admin', groups: ['system:masters'] },
    { 'impersonate-user': user, ...(groups === undefined ? {} : { 'impersonate-group': groups }) },
  ).groups;

it.each([
  { user: 'a', groups: undefined, want: ['system:authenticated'] },
  { user: 'a', groups: 'b', want: ['b', 'system:authenticated'] },
  { user: 'a', groups: 'system:authenticated', want: ['system:authenticated'] },
  { user: 'a', groups: 'system:unauthenticated', want: ['system:unauthenticated'] },
  { user: 'system:anonymous', groups: undefined, want: ['system:unauthenticated'] },
  { user: 'system:anonymous', groups: 'b', want: ['b', 'system:unauthenticated'] },
  {
    user: 'system:anonymous',
    groups: 'system:authenticated',
    want: ['system:authenticated', 'system:unauthenticated'],
  },
  {
    user: 'system:serviceaccount:n:a',
    groups: undefined,
    want: ['system:serviceaccounts', 'system:serviceaccounts:n', 'system:authenticated'],
  },
  { user: 'system:serviceaccount:n:a', groups: 'b', want: ['b', 'system:authenticated'] },
])('$user in $groups is in $want', ({ user, groups, want }) => expect(groupsOf(user, groups)).toEqual(want));
