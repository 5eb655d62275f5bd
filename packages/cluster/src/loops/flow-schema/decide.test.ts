import type { FlowSchema } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { decideConditions } from './decide.ts';

const [THEN, NOW] = ['2030-01-01T00:00:00Z', '2030-01-02T00:00:00Z'];
const aSchema = (conditions: readonly object[] = []): FlowSchema => ({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'FlowSchema',
  metadata: { name: 'mine' },
  spec: { priorityLevelConfiguration: { name: 'system' } },
  status: { conditions },
});
const found = decideConditions(aSchema(), () => true, THEN) ?? [];

describe('a flow schema', () => {
  it('names a level that is there', () => {
    expect(found).toMatchObject([{ type: 'Dangling', status: 'False', reason: 'Found', lastTransitionTime: THEN }]);
    expect(decideConditions(aSchema(found), () => true, NOW)).toBeUndefined();
  });

  it('dangles when it is not, and keeps what others say', () => {
    const other = { type: 'Other', status: 'True' };
    expect(decideConditions(aSchema([other, ...found]), () => false, NOW)).toMatchObject([
      other,
      { type: 'Dangling', status: 'True', reason: 'NotFound', lastTransitionTime: NOW },
    ]);
  });
});
