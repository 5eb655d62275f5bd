/**
 * Fields of an object that its kind does not declare, as strict clients want to be told of them.
 */
import { BUILTIN_SCHEMAS, unknownFields, type KubeObject } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';

/** Every object's metadata is the same, also where a kind's schema says nothing of it. */
const METADATA = BUILTIN_SCHEMAS['/ConfigMap']?.properties?.['metadata'] ?? {};

/** Paths, e.g. `metadata.label` and `spec.replica`; none for a kind without a schema. Pure. */
export const undeclaredFields = (kind: ServedKind, object: KubeObject): readonly string[] =>
  kind.schema
    ? [
        ...unknownFields(METADATA, object.metadata).map((field) => `metadata.${field}`),
        ...unknownFields(kind.schema, object),
      ]
    : [];
