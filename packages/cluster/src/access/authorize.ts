/**
 * Whether a caller may send a request. @spec https://kubernetes.io/docs/reference/access-authn-authz/authorization/
 */
import { ApiStatusError, forbiddenMessage, MASTERS, type Caller, type RequestAttributes } from '@argosy/kube';

import { isAffirmed } from '../api/http/request-options.ts';
import type { ResourcePath } from '../api/http/request-path.ts';
import type { Access } from './access.ts';

/** Throws Forbidden, in the words kubectl's users know. */
export const authorize = (access: Access, caller: Caller, attributes: RequestAttributes): void => {
  // They may do everything, whatever the roles say: nothing need be looked up.
  if (caller.groups.includes(MASTERS)) return;
  const { allowed, reason } = access.roles().allows(caller, attributes);
  if (!allowed) throw refuse(caller, attributes, reason);
};

/** The refusal; `reason` is what there is to say besides. */
export const refuse = (caller: Caller, attributes: RequestAttributes, reason = ''): ApiStatusError => {
  const message = `${forbiddenMessage(caller, attributes)}${reason ? `: ${reason}` : ''}`;
  if (attributes.kind === 'path') return new ApiStatusError('Forbidden', `forbidden: ${message}`, {});
  const { group, resource, name } = attributes;
  const qualified = group === '' ? resource : `${resource}.${group}`;
  return new ApiStatusError(
    'Forbidden',
    `${qualified}${name ? ` ${JSON.stringify(name)}` : ''} is forbidden: ${message}`,
    {
      ...(name ? { name } : {}),
      ...(group ? { group } : {}),
      kind: resource,
    },
  );
};

/** What a request about a resource does, as roles name it. Pure. */
export const attributesOf = (method: string, path: ResourcePath, query: URLSearchParams): RequestAttributes => {
  const isCollection = path.name === undefined;
  const fieldSelector = isCollection ? query.get('fieldSelector') : null;
  const name = path.name ?? (method === 'GET' ? selectedName(query) : undefined);
  return {
    kind: 'resource',
    verb: verbOf(method, isCollection, query),
    group: path.group,
    resource: path.resource,
    ...(path.subresource ? { subresource: path.subresource } : {}),
    // A namespace is its own namespace to roles.
    ...(path.namespace
      ? { namespace: path.namespace }
      : path.resource === 'namespaces' && path.group === '' && path.name
        ? { namespace: path.name }
        : {}),
    ...(name ? { name } : {}),
    ...(fieldSelector ? { fieldSelector } : {}),
  };
};

const verbOf = (method: string, isCollection: boolean, query: URLSearchParams): string => {
  switch (method) {
    case 'GET':
    case 'HEAD': {
      if (!isCollection) return 'get';
      return isAffirmed(query.get('watch')) ? 'watch' : 'list';
    }
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'DELETE':
      return isCollection ? 'deletecollection' : 'delete';
    default:
      return method.toLowerCase();
  }
};

/** Who lists by the field metadata.name asks for one object. */
const selectedName = (query: URLSearchParams): string | undefined =>
  /(?:^|,)metadata\.name==?([^,!]+)(?:,|$)/.exec(query.get('fieldSelector') ?? '')?.[1];
