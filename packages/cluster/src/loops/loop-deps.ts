/**
 * What every built-in loop is made of.
 */
import type { Clock, Logger, Random } from '@argosy/base';
import type { Client, Informer, InformerSet } from '@argosy/client';
import type { Recorder } from '@argosy/controller';
import { PODS, controllerOf, type KubeObject, type Pod } from '@argosy/kube';

/** Ports of the built-in loops. */
export interface LoopDeps {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Index of pods by the uid of their controller. */
export const BY_CONTROLLER = 'controller-uid';

/** An index function: an object's controller, by uid. */
export const byController = (object: KubeObject): readonly string[] => {
  const uid = controllerOf(object)?.uid;
  return uid === undefined ? [] : [uid];
};

/** The pods of the cluster, found by their controller's uid. */
export const podsByController = (informers: InformerSet): Informer<Pod> =>
  informers.of({
    resource: PODS,
    indexes: {
      [BY_CONTROLLER]: byController,
    },
  });
