/**
 * `replicas`: counts by the name of what is scaled.
 * @upstream sigs.k8s.io/kustomize/api/internal/builtins/ReplicaCountTransformer.go
 */
import { Failure } from '@argosy/base';

import { visitField, type FieldSpec } from '../fields/field-spec.ts';
import type { ReplicaEntry } from '../file/kustomization.ts';
import { isSelectedGvk } from '../resources/resource-id.ts';
import type { Transform } from './transformer.ts';

/** Sets a count. The transform throws Failure `NotFound` when nothing of the name can be scaled. */
export const setReplicas =
  ({ name = '', count = 0 }: ReplicaEntry, fields: readonly FieldSpec[]): Transform =>
  (list) => {
    let isFound = false;
    for (const spec of fields) {
      const matches = list.findByAnyId((id) => id.name === name && isSelectedGvk(id, spec));
      isFound ||= matches.length > 0;
      for (const { document } of matches)
        if (document) visitField(document, spec, { creates: 'scalar', visit: (slot) => slot.set(count) });
    }
    if (!isFound)
      throw new Failure(
        `replicas: no resource named ${name} of a kind that has replicas (${fields.map(({ kind }) => kind).join(', ')})`,
        { code: 'NotFound' },
      );
  };
