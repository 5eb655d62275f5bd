/**
 * Says of flow schemas whether the priority level they name is there.
 */
import { toTimestamp } from '@argosy/base';
import { createController, watchMapped, watchObjects, type Controller, type Next } from '@argosy/controller';
import { FLOW_SCHEMAS, keyOf, PRIORITY_LEVEL_CONFIGURATIONS, type ObjectKey } from '@argosy/kube';

import { unlessGone } from '../idempotent-writes.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { decideConditions } from './decide.ts';

/** Creates the loop. */
export const createFlowSchemaLoop = (deps: LoopDeps): Controller => {
  const schemas = deps.informers.of({ resource: FLOW_SCHEMAS });
  const levels = deps.informers.of({ resource: PRIORITY_LEVEL_CONFIGURATIONS });
  const reconcile = async (key: ObjectKey): Promise<Next> => {
    const schema = schemas.get(key);
    if (!schema) return { kind: 'settled' };
    const now = toTimestamp(deps.clock.now());
    const conditions = decideConditions(schema, (name) => levels.get({ name }) !== undefined, now);
    if (!conditions) return { kind: 'settled' };
    const changed = { ...schema, status: { ...schema.status, conditions } };
    await unlessGone(() => deps.client.update(FLOW_SCHEMAS, changed, { subresource: 'status' }));
    return { kind: 'settled' };
  };
  return createController(deps, {
    name: 'flow-schema',
    sources: [
      watchObjects(schemas),
      watchMapped(levels, ({ kind, object }) =>
        kind === 'updated'
          ? []
          : schemas
              .list()
              .filter(({ spec }) => spec?.priorityLevelConfiguration.name === object.metadata.name)
              .map(keyOf),
      ),
    ],
    reconcile,
  });
};
