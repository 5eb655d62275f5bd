import { createSeededRandom } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import type { ServedKind } from '../../kinds/served-kind.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { createConversions } from '../conversion/conversions.ts';
import { createEquivalentKinds } from '../webhooks/equivalent-kinds.ts';
import type { WebhookTarget } from '../webhooks/webhook-configuration.ts';
import { meant } from './match-resources.ts';

const aKind = (version: string): ServedKind => ({
  group: 'example.com',
  version,
  kind: 'Widget',
  listKind: 'WidgetList',
  plural: 'widgets',
  singular: 'widget',
  shortNames: [],
  categories: [],
  namespaced: true,
  preferred: version === 'v1',
  storage: 'example.com/widgets',
  statusSubresource: false,
  custom: true,
  strategy: { fromStored: (object) => ({ ...object, apiVersion: `example.com/${version}` }) },
});
const kinds = ['v1', 'v1beta1'].map(aKind);
const conversions = createConversions({ store: createMemoryStore(), random: createSeededRandom(1) });
const equivalents = createEquivalentKinds(() => kinds, conversions);
const object: KubeObject = {
  apiVersion: 'example.com/v1beta1',
  kind: 'Widget',
  metadata: { name: 'w', namespace: 'a' },
};
const target: WebhookTarget = {
  kind: kinds[1]!,
  operation: 'CREATE',
  object,
  before: undefined,
  namespace: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', labels: { team: 'x' } } },
};
const rule = (version: string, more = {}) => ({
  operations: ['CREATE'],
  apiGroups: ['example.com'],
  apiVersions: [version],
  resources: ['widgets'],
  ...more,
});

describe('what a policy means', () => {
  it.each([
    ['the version it names', { resourceRules: [rule('v1beta1')] }, 'example.com/v1beta1'],
    ['another version of the same objects', { resourceRules: [rule('v1')] }, 'example.com/v1'],
    ['its own before others', { resourceRules: [rule('v1'), rule('v1beta1')] }, 'example.com/v1beta1'],
    ['nothing else where it is exact', { matchPolicy: 'Exact' as const, resourceRules: [rule('v1')] }, undefined],
    ['not what it leaves out, whatever the version', { excludeResourceRules: [rule('v1')] }, undefined],
    ['objects by name', { resourceRules: [rule('v1', { resourceNames: ['other'] })] }, undefined],
    [
      'objects of selected namespaces',
      { resourceRules: [rule('v1')], namespaceSelector: { matchLabels: { team: 'y' } } },
      undefined,
    ],
    ['everything without rules', {}, 'example.com/v1beta1'],
  ])('%s', async (_case, resources, version) => {
    expect((await meant(resources, target, equivalents))?.object?.apiVersion).toBe(version);
  });
});
