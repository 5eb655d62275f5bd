/**
 * What keeps a namespace that is to go, as its conditions tell it. Pure.
 * @upstream kubernetes pkg/controller/namespace/deletion/status_condition_utils.go
 */
import { withCondition, type Condition, type KubeObject } from '@argosy/kube';

/** What is left of one resource; `name` as kubectl writes it, e.g. `deployments.apps`. */
export interface Remainder {
  readonly name: string;
  readonly objects: readonly KubeObject[];
}

/** The conditions of a namespace with these objects in it, which all have been told to go. */
export const deletionConditions = (
  before: readonly Condition[] | undefined,
  left: readonly Remainder[],
  now: number,
): readonly Condition[] => {
  const counts = left.filter(({ objects }) => objects.length > 0).map(({ name, objects }) => [name, objects.length]);
  const finalizers = new Map<string, number>();
  for (const { metadata } of left.flatMap(({ objects }) => objects))
    for (const finalizer of metadata.finalizers ?? []) finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
  const states: readonly Omit<Condition, 'lastTransitionTime'>[] = [
    state('NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'every served resource is looked at'),
    state(
      'NamespaceDeletionGroupVersionParsingFailure',
      'ParsedGroupVersions',
      'every group and version was understood',
    ),
    state('NamespaceDeletionContentFailure', 'ContentDeleted', 'everything found was told to go'),
    counts.length > 0
      ? {
          ...state('NamespaceContentRemaining', 'SomeResourcesRemain', `still there: ${listOf(counts)}`),
          status: 'True',
        }
      : state('NamespaceContentRemaining', 'ContentRemoved', 'nothing is left'),
    finalizers.size > 0
      ? {
          ...state('NamespaceFinalizersRemaining', 'SomeFinalizersRemain', `waiting for: ${listOf([...finalizers])}`),
          status: 'True',
        }
      : state('NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'nothing waits for a finalizer'),
  ];
  return states.reduce<readonly Condition[]>((all, one) => withCondition(all, one, now), before ?? []);
};

const state = (type: string, reason: string, message: string) => ({ type, status: 'False' as const, reason, message });

const listOf = (counts: readonly (readonly (string | number)[])[]): string =>
  counts
    .map(([name = '', count = 0]) => `${name} (${count})`)
    .toSorted()
    .join(', ');
