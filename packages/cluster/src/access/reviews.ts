/**
 * Questions about access: may I, may somebody, what may I, who am I, whose token is this.
 * @upstream kubernetes pkg/registry/{authorization,authentication}
 */
import { isObject } from '@argosy/base';
import { ApiStatusError, type Caller, type RequestAttributes } from '@argosy/kube';

import type { Access } from './access.ts';
import { TOKEN_ISSUER } from './service-account-tokens.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A review to answer: its resource, e.g. `selfsubjectaccessreviews`, and its body. */
export interface ReviewRequest {
  readonly resource: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly namespace: string | undefined;
  readonly body: unknown;
}

/** Answers a review with its status filled in. Throws BadRequest, Invalid. */
export const answerReview = (access: Access, caller: Caller, request: ReviewRequest): unknown => {
  if (!isObject(request.body)) throw new ApiStatusError('BadRequest', 'the request has no object in its body');
  const review = request.body;
  const spec = isObject(review['spec']) ? review['spec'] : {};
  const { kind, apiVersion } = request;
  const status = statusOf(access, caller, { ...request, spec });
  return { kind, apiVersion, ...review, metadata: review['metadata'] ?? {}, status };
};

const statusOf = (
  access: Access,
  caller: Caller,
  of: { readonly resource: string; readonly namespace: string | undefined; readonly spec: Fields },
): unknown => {
  const { spec } = of;
  switch (of.resource) {
    case 'selfsubjectaccessreviews':
      return access.roles().allows(caller, attributesIn(spec));
    case 'subjectaccessreviews':
    case 'localsubjectaccessreviews':
      return access.roles().allows(subjectOf(spec), attributesIn(spec, of.namespace));
    case 'selfsubjectrulesreviews':
      return rulesStatus(access, caller, textAt(spec, 'namespace'));
    case 'selfsubjectreviews':
      return { userInfo: userInfo(caller) };
    case 'tokenreviews':
      return tokenStatus(access, spec);
    default:
      throw new ApiStatusError('NotFound', 'the server could not find the requested resource');
  }
};

const attributesIn = (spec: Fields, namespace?: string): RequestAttributes => {
  const resource = isObject(spec['resourceAttributes']) ? spec['resourceAttributes'] : undefined;
  const path = isObject(spec['nonResourceAttributes']) ? spec['nonResourceAttributes'] : undefined;
  if (!resource === !path)
    throw new ApiStatusError(
      'Invalid',
      'spec.resourceAttributes: Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    );
  if (path) return { kind: 'path', verb: textAt(path, 'verb') ?? '', path: textAt(path, 'path') ?? '' };
  const of = resource ?? {};
  const asked = textAt(of, 'namespace');
  if (namespace !== undefined && asked !== namespace)
    throw new ApiStatusError(
      'Invalid',
      `spec.resourceAttributes.namespace: Invalid value: ${JSON.stringify(asked ?? '')}: must match metadata.namespace`,
    );
  const within = asked;
  return {
    kind: 'resource',
    verb: textAt(of, 'verb') ?? '',
    group: textAt(of, 'group') ?? '',
    resource: textAt(of, 'resource') ?? '',
    ...withText('subresource', textAt(of, 'subresource')),
    ...withText('namespace', within),
    ...withText('name', textAt(of, 'name')),
    ...withText('fieldSelector', fieldSelectorIn(of['fieldSelector'])),
  };
};

/** A selector may be given as its text or taken apart. */
const fieldSelectorIn = (selector: unknown): string | undefined => {
  if (!isObject(selector)) return undefined;
  const requirements: readonly unknown[] = Array.isArray(selector['requirements']) ? selector['requirements'] : [];
  const terms = requirements.filter(isObject).flatMap(({ key, operator, values }) => {
    const [value, ...others] = Array.isArray(values) ? (values as readonly unknown[]).map(String) : [];
    const isEqual = operator === 'In' && value !== undefined && others.length === 0;
    return isEqual && typeof key === 'string' ? [`${key}=${value}`] : [];
  });
  return textAt(selector, 'rawSelector') ?? (terms.length > 0 ? terms.join(',') : undefined);
};

const subjectOf = (spec: Fields): Caller => {
  const groups = Array.isArray(spec['groups']) ? (spec['groups'] as readonly unknown[]).map(String) : [];
  const username = textAt(spec, 'user') ?? '';
  if (username === '' && groups.length === 0)
    throw new ApiStatusError('Invalid', 'spec.user: Required value: at least one of user or group must be specified');
  return { username, groups };
};

const rulesStatus = (access: Access, caller: Caller, namespace: string | undefined): unknown => {
  if (!namespace) throw new ApiStatusError('BadRequest', 'no namespace on request');
  const rules = access.roles().rulesFor(caller, namespace);
  return {
    resourceRules: rules
      .filter((rule) => (rule.nonResourceURLs ?? []).length === 0)
      .map(({ verbs, apiGroups, resources, resourceNames }) => ({
        verbs,
        apiGroups: apiGroups ?? [],
        resources: resources ?? [],
        ...(resourceNames ? { resourceNames } : {}),
      })),
    nonResourceRules: rules.flatMap(({ verbs, nonResourceURLs }) =>
      nonResourceURLs ? [{ verbs, nonResourceURLs }] : [],
    ),
    incomplete: false,
  };
};

const tokenStatus = (access: Access, spec: Fields): unknown => {
  const token = textAt(spec, 'token');
  if (token === undefined)
    throw new ApiStatusError('BadRequest', 'token is required for TokenReview in authentication');
  const accepted = access.tokens.accept(token);
  const wanted = Array.isArray(spec['audiences'])
    ? (spec['audiences'] as readonly unknown[]).map(String)
    : [TOKEN_ISSUER];
  const audiences = wanted.filter((audience) => accepted?.audiences.includes(audience));
  if (!accepted || audiences.length === 0) return { authenticated: false, error: 'the token is not valid here' };
  return { authenticated: true, user: userInfo(accepted.caller), audiences };
};

const userInfo = ({ username, uid, groups, extra }: Caller): unknown => ({
  username,
  ...(uid ? { uid } : {}),
  groups,
  ...(extra ? { extra } : {}),
});

const textAt = (fields: Fields, name: string): string | undefined => {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

const withText = (name: string, value: string | undefined): Readonly<Record<string, string>> =>
  value === undefined ? {} : { [name]: value };
