/**
 * Brings manifests to the form the API stores, so that writing style is no difference. @spec CD-DIFF-13, CD-DIFF-15
 */
import { compareQuantities, isObject } from '@argosy/base';
import { messageNameOf, MESSAGES, withoutZeros, type KubeObject } from '@argosy/kube';

/** Annotation with the manifest as it was last applied. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** A manifest as it will be stored: no status, nothing empty that the API drops, a Secret's texts encoded. */
export const normalizeManifest = (object: KubeObject): KubeObject => {
  const { status: _status, ...rest } = object;
  const normalized = dropNulls(rest) as KubeObject;
  const isSecret = normalized.kind === 'Secret' && normalized.apiVersion === 'v1';
  return asTyped(isSecret ? foldStringData(normalized) : normalized);
};

/** A live object as it is compared: without what only the server writes. */
export const normalizeLive = (object: KubeObject): KubeObject => {
  const { status: _status, ...rest } = object;
  const {
    managedFields: _fields,
    resourceVersion: _version,
    uid: _uid,
    generation: _generation,
    creationTimestamp: _created,
    annotations,
    ...metadata
  } = object.metadata;
  const { [LAST_APPLIED]: _applied, ...kept } = annotations ?? {};
  return asTyped({
    ...rest,
    metadata: { ...metadata, ...(Object.keys(kept).length > 0 ? { annotations: kept } : {}) },
  });
};

/**
 * Objects of Kubernetes' own kinds as their types write them: `data: {}` or `paused: false` are nothing there, `1000m` is `1`.
 * @upstream gitops-engine pkg/diff/diff.go#remarshal
 */
const asTyped = (object: KubeObject): KubeObject => {
  const message = MESSAGES.find(messageNameOf(object.apiVersion, object.kind));
  return message ? withoutZeros(MESSAGES, message, object) : object;
};

/** Whether two values mean the same to Kubernetes although they are written differently. */
export const meanSame = (left: unknown, right: unknown, path: readonly string[] = []): boolean => {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((part, at) => meanSame(part, right[at], path));
  if (isObject(left) && isObject(right)) {
    const names = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...names].every((name) => meanSame(left[name], right[name], [...path, name]));
  }
  return isQuantityPath(path) && isScalar(left) && isScalar(right) && compareQuantities(left, right) === 0;
};

/** Only below these fields are texts quantities: elsewhere "1" and "1000m" differ. */
const isQuantityPath = (path: readonly string[]): boolean =>
  path.some((name) => name === 'limits' || name === 'requests' || name === 'hard' || name === 'capacity');

const isScalar = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

const dropNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(dropNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null && part !== undefined)
      .map(([name, part]) => [name, dropNulls(part)] as const),
  );
};

const foldStringData = (object: KubeObject): KubeObject => {
  const { stringData, data, ...rest } = object as KubeObject & {
    readonly stringData?: unknown;
    readonly data?: unknown;
  };
  if (!isObject(stringData)) return object;
  const encoded = Object.entries(stringData).map(
    ([name, text]) => [name, Buffer.from(String(text), 'utf8').toString('base64')] as const,
  );
  return { ...rest, data: { ...(isObject(data) ? data : {}), ...Object.fromEntries(encoded) } } as KubeObject;
};
