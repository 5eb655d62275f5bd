import { expect, it } from 'vitest';

import { goStruct, goTextMap, goTexts } from './go-syntax.ts';

it.each([
  [goTexts(['a', 'b"c']), '[]string{"a", "b\\"c"}'],
  [goTexts([], 'core.X'), '[]core.X{}'],
  [goTexts(undefined), '[]string(nil)'],
  [goTextMap({ b: '1', a: '2' }), 'map[string]string{"a":"2", "b":"1"}'],
  [goTextMap(undefined), 'map[string]string(nil)'],
  [
    goStruct('meta.LabelSelector', { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }),
    'v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"a", Operator:"In", Values:[]string{"b"}}}}',
  ],
  [
    goStruct('rbac/v1.RoleRef', { kind: 'Role', name: 'a' }, 'rbac'),
    'rbac.RoleRef{APIGroup:"", Kind:"Role", Name:"a"}',
  ],
  [
    goStruct('apps/v1.DeploymentStrategy', { type: 'X', rollingUpdate: {} }, 'apps'),
    'apps.DeploymentStrategy{Type:"X", RollingUpdate:(*apps.RollingUpdateDeployment)(nil)}',
  ],
  [goStruct('nobody/v1.Knows', { a: 1 }), '{"a":1}'],
])('%s', (written, want) => expect(written).toBe(want));
