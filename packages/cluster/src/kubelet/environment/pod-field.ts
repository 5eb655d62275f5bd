/**
 * Fields of a pod that the downward API offers. @spec https://kubernetes.io/docs/concepts/workloads/pods/downward-api/
 */
import { Failure } from '@argosy/base';
import type { Pod, StringMap } from '@argosy/kube';

import { HOST_IP } from '../status/compute-pod-status.ts';

const KEYED = /^metadata\.(labels|annotations)\['([^']+)'\]$/;

/** Reads a field as text. Throws a Failure for a path the downward API does not have. Pure. */
export const readPodField = (pod: Pod, fieldPath: string, podIP: string): string => {
  const { metadata, spec } = pod;
  const keyed = KEYED.exec(fieldPath);
  if (keyed) {
    const values = keyed[1] === 'labels' ? metadata.labels : metadata.annotations;
    const key = keyed[2] ?? '';
    return values && Object.hasOwn(values, key) ? (values[key] ?? '') : '';
  }
  const fields: StringMap = {
    'metadata.name': metadata.name ?? '',
    'metadata.namespace': metadata.namespace ?? '',
    'metadata.uid': metadata.uid ?? '',
    'metadata.labels': formatMap(metadata.labels),
    'metadata.annotations': formatMap(metadata.annotations),
    'spec.nodeName': spec?.nodeName ?? '',
    'spec.serviceAccountName': spec?.serviceAccountName ?? '',
    'status.hostIP': HOST_IP,
    'status.hostIPs': HOST_IP,
    'status.podIP': podIP,
    'status.podIPs': podIP,
  };
  const value = Object.hasOwn(fields, fieldPath) ? fields[fieldPath] : undefined;
  if (value !== undefined) return value;
  throw new Failure(`unsupported fieldPath: ${fieldPath}`, { code: 'CreateContainerConfigError' });
};

const formatMap = (values: StringMap | undefined): string =>
  Object.entries(values ?? {})
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
