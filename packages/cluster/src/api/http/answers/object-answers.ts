/**
 * Objects as answers: whole, as tables, or their metadata alone, whichever the client likes best.
 */
import type { KubeObject } from '@argosy/kube';

import { textOf } from '../../../store/object-text.ts';
import type { Call, ResourceAnswer, ResourceRequest } from '../resource-call.ts';
import { toTable, type IncludeObject } from './table.ts';

/** One object. */
export const one = (call: Call, status: number, object: KubeObject): ResourceAnswer => {
  const include = tableAsked(call.request);
  if (include)
    return {
      kind: 'json',
      status,
      value: toTable(call.kind, [object], {
        now: call.context.clock.now(),
        include,
        metadata: { resourceVersion: object.metadata.resourceVersion },
      }),
    };
  return { kind: 'json', status, value: isMetadataAsked(call.request) ? toPartial(object) : textOf(object) };
};

/** An object's metadata, as a kind of its own. */
export const toPartial = (object: KubeObject): unknown => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: object.metadata,
});

/** The first media type a client accepts decides, as clients list what they like best first. */
export const tableAsked = (request: ResourceRequest): IncludeObject | undefined => {
  if (!AS_TABLE.test(request.accept)) return undefined;
  const include = request.query.get('includeObject');
  return include === 'None' || include === 'Object' ? include : 'Metadata';
};

/** Whether the client wants no more than metadata. */
export const isMetadataAsked = (request: ResourceRequest): boolean => AS_METADATA.test(request.accept);

/** Of the media type that is named first. */
const AS_TABLE = /^[^,]*as=Table/;
const AS_METADATA = /^[^,]*as=PartialObjectMetadata/;
