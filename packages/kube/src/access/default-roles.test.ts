import { describe, expect, it } from 'vitest';

import {
  DEFAULT_CLUSTER_ROLE_BINDINGS,
  DEFAULT_CLUSTER_ROLES,
  DEFAULT_ROLE_BINDINGS,
  DEFAULT_ROLES,
} from './default-roles.ts';
import { serviceAccountCaller, type Caller, type RequestAttributes } from './request-attributes.ts';
import { createRoleIndex } from './role-index.ts';

const user = (username: string, role: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: username },
  roleRef: { kind: 'ClusterRole', name: role },
  subjects: [{ kind: 'User', name: username }],
});
const given = ['view', 'edit', 'admin', 'system:auth-delegator', 'system:node-bootstrapper', 'system:node'];
const index = createRoleIndex({
  clusterRoles: DEFAULT_CLUSTER_ROLES,
  clusterRoleBindings: [...DEFAULT_CLUSTER_ROLE_BINDINGS, ...given.map((role) => user(role, role))],
  roles: DEFAULT_ROLES,
  roleBindings: DEFAULT_ROLE_BINDINGS,
});
const may = (caller: string | Caller, words: string, name?: string): boolean => {
  const [verb = '', place = '', namespace] = words.split(' ');
  const [resource = '', subresource] = (place.split('.')[0] ?? '').split('/');
  const group = place.includes('.') ? place.slice(place.indexOf('.') + 1) : '';
  const attributes: RequestAttributes = place.startsWith('/')
    ? { kind: 'path', verb, path: place }
    : {
        kind: 'resource',
        verb,
        group,
        resource,
        ...(subresource ? { subresource } : {}),
        ...(namespace ? { namespace } : {}),
        ...(name ? { name } : {}),
      };
  return index.allows(typeof caller === 'string' ? { username: caller, groups: [] } : caller, attributes).allowed;
};
const account = (name: string): Caller => serviceAccountCaller({ namespace: 'kube-system', name });

describe('roles every cluster brings', () => {
  it.each([
    ['view', 'list pods a', true],
    ['view', 'get secrets a', false],
    ['view', 'get endpointslices.discovery.k8s.io a', true],
    ['edit', 'get secrets a', true],
    ['edit', 'update endpoints a', false],
    ['edit', 'create events a', true],
    ['edit', 'create roles.rbac.authorization.k8s.io a', false],
    ['admin', 'create roles.rbac.authorization.k8s.io a', true],
    ['admin', 'list pods a', true],
    ['system:auth-delegator', 'create tokenreviews.authentication.k8s.io', true],
    ['system:node-bootstrapper', 'create certificatesigningrequests.certificates.k8s.io', true],
    ['system:node', 'get runtimeclasses.node.k8s.io', true],
    ['system:kube-scheduler', 'create pods/binding a', true],
    ['system:kube-scheduler', 'delete nodes', false],
    ['system:kube-scheduler', 'watch configmaps kube-system', true],
    ['system:kube-controller-manager', 'list whatever.example.com', true],
    ['system:kube-proxy', 'watch endpointslices.discovery.k8s.io', true],
  ])('%s: %s: %s', (caller, words, expected) => expect(may(caller, words)).toBe(expected));

  it('give each controller its own', () => {
    expect(may(account('deployment-controller'), 'create replicasets.apps a')).toBe(true);
    expect(may(account('deployment-controller'), 'create deployments.apps a')).toBe(false);
    expect(may(account('generic-garbage-collector'), 'delete whatever.example.com a')).toBe(true);
  });

  it('name what they mean', () => {
    const approver = DEFAULT_CLUSTER_ROLES.find(({ metadata }) => metadata.name?.endsWith(':kubelet-serving-approver'));
    expect(approver?.rules).toEqual([
      {
        verbs: ['approve'],
        apiGroups: ['certificates.k8s.io'],
        resources: ['signers'],
        resourceNames: ['kubernetes.io/kubelet-serving'],
      },
    ]);
    expect(may({ username: 'x', groups: ['system:unauthenticated'] }, 'get /version')).toBe(true);
    expect(may({ username: 'x', groups: ['system:unauthenticated'] }, 'get /metrics')).toBe(false);
    expect(may({ username: 'x', groups: ['system:monitoring'] }, 'get /metrics')).toBe(true);
  });

  it('are bound to roles there are', () => {
    const names = new Set(DEFAULT_CLUSTER_ROLES.map(({ metadata }) => metadata.name));
    expect(DEFAULT_CLUSTER_ROLE_BINDINGS.filter(({ roleRef }) => !names.has(roleRef.name))).toEqual([]);
    const within = new Set(DEFAULT_ROLES.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
    expect(
      DEFAULT_ROLE_BINDINGS.filter(({ metadata, roleRef }) => !within.has(`${metadata.namespace}/${roleRef.name}`)),
    ).toEqual([]);
  });
});
