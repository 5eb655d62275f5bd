/**
 * The containers of a pod, of all three kinds. Pure.
 */
import type { Container, ContainerStatus, Pod, PodSpec } from '@argosy/kube';

/** A container that was put into a running pod, to look at it. */
export interface EphemeralContainer extends Container {
  /** Whose processes it sees. */
  readonly targetContainerName?: string;
}

/** Those that were put into it while it ran. */
export const ephemeralContainersOf = (spec: PodSpec | undefined): readonly EphemeralContainer[] =>
  (spec?.['ephemeralContainers'] ?? []) as readonly EphemeralContainer[];

/** All of them: the common ones first, as names that are given mean them. */
export const allContainersOf = ({ spec }: Pod): readonly Container[] => [
  ...(spec?.containers ?? []),
  ...(spec?.initContainers ?? []),
  ...ephemeralContainersOf(spec),
];

/** What is told of all containers of a pod. */
export const containerStatusesOf = ({ status }: Pod): readonly ContainerStatus[] => {
  const ephemeral = (status as { readonly ephemeralContainerStatuses?: readonly ContainerStatus[] } | undefined)
    ?.ephemeralContainerStatuses;
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? []), ...(ephemeral ?? [])];
};
