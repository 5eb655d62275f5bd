import type { PolicyRule, Role } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { decideRules } from './decide.ts';

const rule = (resource: string): PolicyRule => ({ verbs: ['get'], apiGroups: [''], resources: [resource] });
const aRole = (name: string, more: Partial<Role> & { readonly labels?: Record<string, string> } = {}): Role => {
  const { labels = {}, ...rest } = more;
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name, labels }, ...rest };
};
const collecting = (rules: readonly PolicyRule[] = []): Role =>
  aRole('all', { rules, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { into: 'all' } }] } });
const [pods, maps] = [
  aRole('b', { labels: { into: 'all' }, rules: [rule('pods')] }),
  aRole('a', { labels: { into: 'all' }, rules: [rule('configmaps'), rule('pods')] }),
];

describe('a role that collects others', () => {
  it.each([
    ['shows theirs, once each, by name', collecting(), [pods, maps], [rule('configmaps'), rule('pods')]],
    ['takes no others', collecting(), [aRole('c', { rules: [rule('nodes')] })], undefined],
    ['has nothing of its own', collecting([rule('nodes')]), [pods], [rule('pods')]],
    ['is left alone when it shows them', collecting([rule('pods')]), [pods], undefined],
    ['is one that says so', aRole('plain', { rules: [rule('nodes')] }), [pods], undefined],
  ])('%s', (_case, role, others, expected) => expect(decideRules(role, [role, ...others])).toEqual(expected));
});
