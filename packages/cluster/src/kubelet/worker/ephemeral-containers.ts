/**
 * Containers put into a running pod (`kubectl debug`): started as they appear, never again, and ended with the pod.
 * @spec https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
 */
import type { Pod } from '@argosy/kube';

import { ephemeralContainersOf } from '../pod-containers.ts';
import type { PodVolumes } from '../volumes/prepare-volumes.ts';
import type { PodScope } from './pod-scope.ts';
import { runContainer } from './run-container.ts';

/** Runs a pod's ephemeral containers. */
export interface EphemeralContainers {
  /** Starts those that are new in this state of the pod. */
  update(pod: Pod): void;
  /** Says that the pod's volumes are there; before, nothing is started. */
  begin(volumes: PodVolumes): void;
  /** Resolves when none runs. */
  readonly ended: Promise<unknown>;
}

/** Creates it for one pod. */
export const createEphemeralContainers = (scope: PodScope): EphemeralContainers => {
  const begun = new Set<string>();
  const runs: Promise<void>[] = [];
  let latest = scope.pod;
  let mounted: PodVolumes | undefined;
  const startNew = (): void => {
    if (!mounted || scope.stopping.aborted) return;
    for (const container of ephemeralContainersOf(latest.spec)) {
      if (begun.has(container.name)) continue;
      begun.add(container.name);
      // Whatever looks a container up in its pod must find this one.
      const own = { ...scope, pod: latest, spec: latest.spec ?? scope.spec };
      runs.push(runContainer(own, container, { volumes: mounted, isInit: false, isEphemeral: true }));
    }
  };
  return {
    update: (pod) => {
      latest = pod;
      startNew();
    },
    begin: (volumes) => {
      mounted = volumes;
      startNew();
    },
    get ended() {
      return Promise.all(runs);
    },
  };
};
