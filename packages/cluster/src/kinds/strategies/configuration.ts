/**
 * Secrets and config maps, either of which may forbid that its data ever changes.
 * @upstream kubernetes pkg/registry/core/secret/strategy.go, pkg/registry/core/configmap/strategy.go
 */
import { isEqual } from '@argosy/base';
import { forbiddenField, type ConfigMap, type FieldError, type KubeObject, type Secret } from '@argosy/kube';

import type { KindStrategy } from '../served-kind.ts';

/** Encodes `stringData` into `data`; refuses to change what was declared immutable. */
export const secrets: KindStrategy = {
  default: (object) => {
    const secret = object as Secret;
    const { stringData, ...rest } = secret;
    const encoded = Object.entries(stringData ?? {}).map(([name, text]) => [name, encodeBase64(text)] as const);
    return {
      ...rest,
      type: secret.type ?? 'Opaque',
      ...(secret.data || encoded.length > 0 ? { data: { ...secret.data, ...Object.fromEntries(encoded) } } : {}),
    } as Secret;
  },
  validate: (object, previous) => immutableData(object as Secret, previous as Secret | undefined),
  selectableFields: (object) => ({ type: (object as Secret).type ?? '' }),
};

/** Refuses to change what was declared immutable. */
export const configMaps: KindStrategy = {
  validate: (object, previous) => immutableData(object as ConfigMap, previous as ConfigMap | undefined),
};

const immutableData = (
  object: (ConfigMap | Secret) & KubeObject,
  previous: (ConfigMap | Secret) | undefined,
): readonly FieldError[] => {
  if (previous?.immutable !== true) return [];
  const unchanged =
    object.immutable === true &&
    isEqual(object.data ?? {}, previous.data ?? {}) &&
    isEqual((object as ConfigMap).binaryData ?? {}, (previous as ConfigMap).binaryData ?? {});
  return unchanged ? [] : [forbiddenField('data', 'field is immutable when `immutable` is set')];
};

const encodeBase64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
