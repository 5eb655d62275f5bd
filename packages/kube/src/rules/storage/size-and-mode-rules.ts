/**
 * What volumes and the claims on them say alike: how large, and who may use them how.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidateResourceQuantityValue, #ValidatePersistentVolumeClaimSpec
 */
import { parseQuantity } from '@argosy/base';

import {
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { textsAt, POSITIVE } from '../findings.ts';
import type { Draft } from '../../builtin/defaults/draft.ts';
import { isAmount, QUANTITY_RULE } from '../resources/resource-names.ts';

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** How a volume is given to a container. */
export const VOLUME_MODES = ['Block', 'Filesystem'];

/** Findings of a size: a quantity above zero. */
export const sizeFindings = (size: unknown, field: string): readonly FieldError[] => {
  const parsed = isAmount(size) ? parseQuantity(size) : undefined;
  if (parsed === undefined) return [invalidField(field, size, QUANTITY_RULE)];
  return parsed > 0n ? [] : [invalidField(field, String(size), POSITIVE)];
};

/** Findings of access modes of `spec` at `path`; `missing` is said where there are none. */
export const modeFindings = (spec: Draft, path: string, missing: string): readonly FieldError[] => {
  const modes = textsAt(spec, 'accessModes').map(([, mode]) => mode);
  const field = `${path}.accessModes`;
  if (modes.length === 0) return [requiredField(field, missing)];
  return [
    ...modes.flatMap((mode) => (ACCESS_MODES.includes(mode) ? [] : [unsupportedValue(field, mode, ACCESS_MODES)])),
    ...(modes.includes('ReadWriteOncePod') && modes.length > 1
      ? [forbiddenField(field, 'may not use ReadWriteOncePod with other access modes')]
      : []),
  ];
};
