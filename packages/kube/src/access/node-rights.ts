/**
 * What a node may do: its own objects, and what the pods on it need.
 * @upstream kubernetes plugin/pkg/auth/authorizer/node/node_authorizer.go
 */
import type { PolicyRule } from '../core/policy-objects.ts';
import { DEFAULT_CLUSTER_ROLES } from './default-roles.ts';
import type { RequestAttributes } from './request-attributes.ts';
import { ruleAllows } from './rule-matching.ts';

type ResourceAttributes = Extract<RequestAttributes, { readonly kind: 'resource' }>;

/** Whether an object is of use to a node: a pod on it, or what one of those refers to. */
export type IsRelated = (
  node: string,
  object: { readonly group: string; readonly resource: string; readonly namespace?: string; readonly name: string },
) => boolean;

/** A verdict; roles may allow all the same what is not allowed here. */
export interface NodeVerdict {
  readonly allowed: boolean;
  /** Why not, where there is more to say than that. */
  readonly reason: string;
}

/** Namespace of the leases by which nodes say that they live. */
export const NODE_LEASES = 'kube-node-lease';

/** Judges a request of a node; `related` is asked only where it matters. */
export const nodeVerdict = (node: string, request: RequestAttributes, related: IsRelated): NodeVerdict => {
  if (node === '') return { allowed: false, reason: 'unknown node' };
  const judge = request.kind === 'resource' ? JUDGES[`${request.group}/${request.resource}`] : undefined;
  if (judge && request.kind === 'resource') {
    const reason = judge(request, node, related);
    return { allowed: reason === undefined, reason: reason ?? '' };
  }
  return { allowed: NODE_RULES.some((rule) => ruleAllows(rule, request)), reason: '' };
};

const NODE_RULES: readonly PolicyRule[] =
  DEFAULT_CLUSTER_ROLES.find(({ metadata }) => metadata.name === 'system:node')?.rules ?? [];

/** Why a request is not allowed; `undefined` when it is. */
type Judge = (request: ResourceAttributes, node: string, related: IsRelated) => string | undefined;

const READING: readonly string[] = ['get', 'list', 'watch'];
const KEEPING: readonly string[] = ['get', 'create', 'update', 'patch', 'delete'];

const relationProblem: Judge = (request, node, related) => {
  const { group, resource, namespace, name } = request;
  if (!name) return 'No Object name found';
  return related(node, { group, resource, name, ...(namespace ? { namespace } : {}) })
    ? undefined
    : `no relationship found between node '${node}' and this object`;
};

const readNamed: Judge = (request, node, related) => {
  if (!READING.includes(request.verb)) return 'can only read resources of this type';
  if (request.subresource) return 'cannot read subresource';
  if (!request.namespace) return 'can only read namespaced object of this type';
  return relationProblem(request, node, related);
};

const getNamed: Judge = (request, node, related) =>
  request.verb !== 'get' || request.subresource
    ? 'can only get individual resources of this type'
    : relationProblem(request, node, related);

const claims: Judge = (request, node, related) => {
  if (request.subresource !== 'status') return getNamed(request, node, related);
  if (!['get', 'update', 'patch'].includes(request.verb)) return 'can only get/update/patch this type';
  return relationProblem(request, node, related);
};

const accounts: Judge = (request, node, related) => {
  if (request.verb !== 'create' || !request.name) return 'can only create tokens for individual service accounts';
  if (request.subresource !== 'token') return 'can only create token subresource of service account';
  return relationProblem(request, node, related);
};

const leases: Judge = ({ verb, namespace, name }, node) => {
  if (!KEEPING.includes(verb)) return 'can only get, create, update, patch, or delete a node lease';
  if (namespace !== NODE_LEASES) return `can only access leases in the ${JSON.stringify(NODE_LEASES)} system namespace`;
  // Who creates names the object in the body, which is looked at when it is read.
  if (verb === 'create' || name === node) return undefined;
  return 'can only access node lease with the same name as the requesting node';
};

const storageNodes: Judge = ({ verb, subresource, name }, node) => {
  if (!KEEPING.includes(verb)) return 'can only get, create, update, patch, or delete a CSINode';
  if (subresource) return 'cannot authorize CSINode subresources';
  if (verb === 'create' || name === node) return undefined;
  return 'can only access CSINode with the same name as the requesting node';
};

const nodes: Judge = ({ verb, subresource, name }, node) => {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? undefined : '';
  if (subresource) return '';
  if (['create', 'update', 'patch'].includes(verb)) return undefined;
  if (!READING.includes(verb)) return '';
  if (name === node) return undefined;
  const whose = name ? `'${name}'` : 'all nodes';
  return `node '${node}' cannot read ${whose}, only its own Node object`;
};

const pods: Judge = (request, node, related) => {
  const { verb, subresource = '', fieldSelector = '' } = request;
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? undefined : '';
  if (subresource === 'eviction') return verb === 'create' ? undefined : '';
  if (subresource !== '') return '';
  if (verb === 'create' || verb === 'delete') return undefined;
  if (verb === 'get') return relationProblem(request, node, related);
  if (verb !== 'list' && verb !== 'watch') return '';
  const wanted = [`spec.nodeName=${node}`, `spec.nodeName==${node}`];
  return fieldSelector.split(',').some((term) => wanted.includes(term.trim()))
    ? undefined
    : 'can only list/watch pods with spec.nodeName field selector';
};

/** By group and resource; everything else is as the role of nodes says. */
const JUDGES: Readonly<Record<string, Judge>> = {
  '/secrets': readNamed,
  '/configmaps': readNamed,
  '/persistentvolumeclaims': claims,
  '/persistentvolumes': getNamed,
  'storage.k8s.io/volumeattachments': getNamed,
  '/serviceaccounts': accounts,
  'coordination.k8s.io/leases': leases,
  'storage.k8s.io/csinodes': storageNodes,
  '/nodes': nodes,
  '/pods': pods,
};
