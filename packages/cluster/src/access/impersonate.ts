/**
 * Acting as somebody else: `kubectl --as`, `--as-group`. @spec https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
 */
import type { IncomingHttpHeaders } from 'node:http';

import { ApiStatusError, parseServiceAccountName, type Caller, type RequestAttributes } from '@argosy/kube';

import { refuse } from './authorize.ts';
import type { Access } from './access.ts';

/** The caller a request is to be judged as. Throws Forbidden when the real one may not act as that, BadRequest. */
export const impersonate = (access: Access, caller: Caller, headers: IncomingHttpHeaders): Caller => {
  const asked = askedFor(headers);
  if (!asked) return caller;
  const roles = access.roles();
  for (const attributes of requirements(asked))
    if (!roles.allows(caller, attributes).allowed) throw refuse(caller, attributes);
  const account = parseServiceAccountName(asked.username);
  const given = asked.groups.length > 0 || !account ? asked.groups : accountGroups(account.namespace);
  return { ...asked, groups: withKnown(asked.username, given) };
};

const ANONYMOUS = 'system:anonymous';
const KNOWN = 'system:authenticated';
const UNKNOWN = 'system:unauthenticated';

/** Everybody is known to the server or not, by name or by the group that was asked for. @upstream kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation.go */
const withKnown = (username: string, groups: readonly string[]): readonly string[] => {
  const isSaid = username === ANONYMOUS ? groups.includes(UNKNOWN) : groups.includes(KNOWN) || groups.includes(UNKNOWN);
  return [...new Set(isSaid ? groups : [...groups, username === ANONYMOUS ? UNKNOWN : KNOWN])];
};

const accountGroups = (namespace: string): readonly string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
];

const askedFor = (headers: IncomingHttpHeaders): Caller | undefined => {
  if (!isAsked(headers)) return undefined;
  const username = textOf(headers['impersonate-user']);
  const groups = valuesOf(headers['impersonate-group']);
  const uid = textOf(headers['impersonate-uid']);
  const extra = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith('impersonate-extra-') ? [[decode(name.slice(18)), valuesOf(value)] as const] : [],
  );
  if (username === undefined) {
    if (groups.length === 0 && uid === undefined && extra.length === 0) return undefined;
    throw new ApiStatusError('BadRequest', 'requested groups, uid or extra without impersonating a user');
  }
  return {
    username,
    groups,
    ...(uid === undefined ? {} : { uid }),
    ...(extra.length > 0 ? { extra: Object.fromEntries(extra) } : {}),
  };
};

/** Almost nobody asks: looking costs less than reading. */
const isAsked = (headers: IncomingHttpHeaders): boolean => {
  for (const name in headers) if (name.startsWith('impersonate-')) return true;
  return false;
};

const requirements = (asked: Caller): readonly RequestAttributes[] => {
  const account = parseServiceAccountName(asked.username);
  const verb = { kind: 'resource', verb: 'impersonate' } as const;
  const authentication = { ...verb, group: 'authentication.k8s.io' };
  return [
    account
      ? { ...verb, group: '', resource: 'serviceaccounts', ...account }
      : { ...verb, group: '', resource: 'users', name: asked.username },
    ...asked.groups.map((name) => ({ ...verb, group: '', resource: 'groups', name })),
    ...(asked.uid === undefined ? [] : [{ ...authentication, resource: 'uids', name: asked.uid }]),
    ...Object.entries(asked.extra ?? {}).flatMap(([key, values]) =>
      values.map((name) => ({ ...authentication, resource: 'userextras', subresource: key, name })),
    ),
  ];
};

const textOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0];

/** Node joins repeated headers with commas; names of groups have none. */
const valuesOf = (value: string | readonly string[] | undefined): readonly string[] =>
  (typeof value === 'string' ? value.split(',') : (value ?? [])).map((one) => one.trim()).filter((one) => one !== '');

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
