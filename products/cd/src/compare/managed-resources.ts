/**
 * A comparison as the API gives it: the states of each object as JSON texts. @spec CD-DIFF-24
 * @upstream argo-cd pkg/apis/application/v1alpha1/types.go#ResourceDiff
 */
import { gvkOf, type KubeObject } from '@argosy/kube';

import type { ApplicationSpec } from '../api/application.ts';
import type { ApplicationComparison, ComparedResource } from './compare-application.ts';
import { comparableForms } from './compare-object.ts';
import { maskTogether } from './mask-secrets.ts';
import { normalizeManifest } from './normalize.ts';

/** One object. Absent states are the text `null`. */
export interface ManagedResource {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly targetState: string;
  readonly liveState: string;
  /** The live object as it is compared: without what only the server writes and without ignored fields. */
  readonly normalizedLiveState: string;
  /** What applying would make of it, in the same form. */
  readonly predictedLiveState: string;
  readonly resourceVersion?: string;
  /** Whether the two differ. */
  readonly modified: boolean;
  readonly requiresPruning?: boolean;
}

/** Every object of an application, secrets masked. */
export const toManagedResources = (
  comparison: ApplicationComparison,
  ignored: ApplicationSpec['ignoreDifferences'],
): readonly ManagedResource[] =>
  comparison.resources.flatMap((resource) => {
    const object = resource.desired ?? resource.live;
    return object ? [toManagedResource(resource, object, ignored)] : [];
  });

const toManagedResource = (
  resource: ComparedResource,
  object: KubeObject,
  ignored: ApplicationSpec['ignoreDifferences'],
): ManagedResource => {
  const { group, kind } = gvkOf(object);
  const { desired, live } = resource;
  const [target, current, predicted] = maskTogether([desired, live, resource.predicted ?? desired]);
  const forms = comparableForms({
    live: current,
    predicted: predicted && current ? predicted : predicted && normalizeManifest(predicted),
    ignored,
  });
  const resourceVersion = live?.metadata.resourceVersion;
  return {
    group,
    kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name ?? '',
    targetState: toText(target),
    liveState: toText(current),
    normalizedLiveState: toText(forms.live),
    predictedLiveState: toText(forms.predicted),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    modified: resource.status === 'OutOfSync',
    ...(resource.requiresPruning ? { requiresPruning: true } : {}),
  };
};

const toText = (state: unknown): string => JSON.stringify(state ?? null);
