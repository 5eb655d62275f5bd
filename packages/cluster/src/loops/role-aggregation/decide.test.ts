import { createRoleIndex, type PolicyRule, type Role } from '@argosy/kube';
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

describe('roles that collect one another', () => {
  const greedy = Array.from({ length: 40 }, (_, at) =>
    aRole(`g${at}`, { aggregationRule: { clusterRoleSelectors: [{}] }, rules: [] }),
  );

  it('come to an end, with the same rules', () => {
    let all: readonly Role[] = [...greedy, pods, maps];
    const step = (): number => {
      const changes = all.map((role) => ({ role, rules: decideRules(role, all) }));
      all = changes.map(({ role, rules }) => (rules ? { ...role, rules } : role));
      return changes.filter(({ rules }) => rules).length;
    };
    expect([step(), step()]).toEqual([40, 0]);
    expect(all[7]?.rules).toEqual([rule('configmaps'), rule('pods')]);
    // Nobody shows on behalf of another what is no more.
    all = all.filter((role) => role !== maps);
    expect([step(), step(), all[7]?.rules]).toEqual([40, 0, [rule('pods')]]);
  });

  it('are looked up at once', () => {
    const index = createRoleIndex({
      roles: [],
      clusterRoles: [...greedy, pods, maps],
      roleBindings: [],
      clusterRoleBindings: [
        {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRoleBinding',
          metadata: { name: 'b' },
          roleRef: { kind: 'ClusterRole', name: 'g3' },
          subjects: [{ kind: 'User', name: 'u' }],
        },
      ],
    });
    expect(index.rulesFor({ username: 'u', groups: [] }, undefined)).toHaveLength(3);
  });
});
