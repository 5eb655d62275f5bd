/**
 * `replicas`: counts by the name of what is scaled.
 * @upstream sigs.k8s.io/kustomize/api/internal/builtins/ReplicaCountTransformer.go
 */
import { Failure } from '@argosy/base';

import { StyledText } from '../document/value.ts';
import { visitField, type FieldSpec, type Slot } from '../fields/field-spec.ts';
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
        if (document) visitField(document, spec, { creates: 'scalar', visit: (slot) => setCount(slot, count) });
    }
    if (!isFound)
      throw new Failure(
        `replicas: no resource named ${name} of a kind that has replicas (${fields.map(({ kind }) => kind).join(', ')})`,
        { code: 'NotFound' },
      );
  };

/** A count in the place of a quoted text is one too. */
const setCount = (slot: Slot, count: number): void =>
  slot.set(slot.get() instanceof StyledText ? new StyledText(String(count)) : count);
