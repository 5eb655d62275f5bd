/**
 * Fields of an object that its kind does not declare, as strict clients want to be told of them.
 */
import { OBJECT_PROPERTIES, unknownFields, type KubeObject } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';

/** Paths, e.g. `metadata.label` and `spec.replica`; none for a kind without a schema. Pure. */
export const undeclaredFields = (kind: ServedKind, object: KubeObject): readonly string[] =>
  kind.schema
    ? [
        // Every object's metadata is the same, also where a kind's schema says nothing of it.
        ...unknownFields(OBJECT_PROPERTIES.metadata, object.metadata).map((field) => `metadata.${field}`),
        ...unknownFields(kind.schema, object),
      ]
    : [];
