/**
 * Ends a pod that takes longer than its author allows. The deadline may be set or brought nearer while it runs.
 * @spec https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup
 */
import { parseTimestamp } from '@argosy/base';
import type { Pod } from '@argosy/kube';

import type { PodScope } from './pod-scope.ts';

/** The deadline of one pod. */
export interface PodDeadline {
  /** Begins to watch it. */
  begin(): void;
  /** Minds what a newer state of the pod says. */
  update(pod: Pod): void;
  /** Calls it off for good. */
  cancel(): void;
}

/** Creates the deadline; `stopAll` ends the containers. */
export const createPodDeadline = (scope: PodScope, stopAll: () => Promise<void>): PodDeadline => {
  const { clock } = scope.deps;
  let seconds = scope.spec.activeDeadlineSeconds;
  let begun: number | undefined;
  let cancel = (): void => undefined;

  const arm = (): void => {
    cancel();
    if (seconds === undefined || begun === undefined) return;
    cancel = clock.setTimer(Math.max(0, begun + seconds * 1000 - clock.now()), () => {
      const message = 'Pod was active on the node longer than the specified deadline';
      scope.record.fail({ reason: 'DeadlineExceeded', message });
      scope.tell('Normal', 'DeadlineExceeded', message);
      void stopAll();
    });
  };
  return {
    begin: () => {
      begun = parseTimestamp(scope.pod.status?.startTime) ?? clock.now();
      arm();
    },
    update: (pod) => {
      if (pod.spec?.activeDeadlineSeconds === seconds) return;
      seconds = pod.spec?.activeDeadlineSeconds;
      arm();
    },
    cancel: () => {
      begun = undefined;
      cancel();
    },
  };
};
