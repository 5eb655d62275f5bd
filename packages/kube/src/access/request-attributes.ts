/**
 * Who asks, and for what. @spec https://kubernetes.io/docs/reference/access-authn-authz/authorization/#review-your-request-attributes
 */

/** Who sent a request, once that is proven. */
export interface Caller {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What a request does, as roles name it. */
export type RequestAttributes =
  | {
      readonly kind: 'resource';
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly subresource?: string;
      readonly namespace?: string;
      readonly name?: string;
      /** Which objects of a list are wanted, as the request says it. */
      readonly fieldSelector?: string;
    }
  | { readonly kind: 'path'; readonly verb: string; readonly path: string };

/** Members of this group may do everything. */
export const MASTERS = 'system:masters';

const ACCOUNT_PREFIX = 'system:serviceaccount:';

/** The caller a service account is. */
export const serviceAccountCaller = (
  of: { readonly namespace: string; readonly name: string },
  more: Pick<Caller, 'uid' | 'extra'> = {},
): Caller => ({
  username: `${ACCOUNT_PREFIX}${of.namespace}:${of.name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${of.namespace}`, 'system:authenticated'],
  ...more,
});

/** The service account a user name stands for; `undefined` when it is somebody else's. */
export const parseServiceAccountName = (
  username: string,
): { readonly namespace: string; readonly name: string } | undefined => {
  if (!username.startsWith(ACCOUNT_PREFIX)) return undefined;
  const [namespace, name, ...rest] = username.slice(ACCOUNT_PREFIX.length).split(':');
  return namespace && name && rest.length === 0 ? { namespace, name } : undefined;
};

/**
 * The refusal in Kubernetes' words, without the subject that stands before it: `User "joe" cannot list resource "pods" …`.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go#forbiddenMessage
 */
export const forbiddenMessage = (caller: Caller, attributes: RequestAttributes): string => {
  const user = JSON.stringify(caller.username);
  if (attributes.kind === 'path')
    return `User ${user} cannot ${attributes.verb} path ${JSON.stringify(attributes.path)}`;
  const { verb, group, resource, subresource, namespace } = attributes;
  const what = JSON.stringify(subresource ? `${resource}/${subresource}` : resource);
  const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope';
  return `User ${user} cannot ${verb} resource ${what} in API group ${JSON.stringify(group)} ${where}`;
};
