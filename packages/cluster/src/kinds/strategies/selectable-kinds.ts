/**
 * Kinds that differ from the others only in what field selectors may ask of them.
 * @upstream kubernetes pkg/apis/core/v1/conversion.go
 */
import type { CoreEvent, Node } from '@argosy/kube';

import type { KindStrategy } from '../served-kind.ts';

/** Events are looked for by what they are about, and by who says so. */
export const events: KindStrategy = {
  selectableFields: (object) => {
    const event = object as CoreEvent;
    const about = event.involvedObject ?? {};
    return {
      'involvedObject.kind': about.kind ?? '',
      'involvedObject.namespace': about.namespace ?? '',
      'involvedObject.name': about.name ?? '',
      'involvedObject.uid': about.uid ?? '',
      'involvedObject.apiVersion': about.apiVersion ?? '',
      'involvedObject.resourceVersion': about.resourceVersion ?? '',
      'involvedObject.fieldPath': about.fieldPath ?? '',
      reason: event.reason ?? '',
      reportingComponent: event.reportingComponent ?? '',
      source: event.source?.component ?? event.reportingComponent ?? '',
      type: event.type ?? '',
    };
  },
};

/** Nodes are looked for by whether they take pods. */
export const nodes: KindStrategy = {
  selectableFields: (object) => ({ 'spec.unschedulable': String((object as Node).spec?.unschedulable === true) }),
};

/** Replication controllers are looked for by how many pods they have. */
export const replicationControllers: KindStrategy = {
  selectableFields: (object) => ({
    'status.replicas': String((object.status as { readonly replicas?: number } | undefined)?.replicas ?? 0),
  }),
};
