/**
 * The rollout loop: watches rollouts and all they own or name. Wiring only.
 */
import { messageOf, type Clock, type Logger, type Random } from '@argosy/base';
import type { Client, Informer, InformerSet } from '@argosy/client';
import {
  createController,
  createReconcile,
  watchMapped,
  watchObjects,
  watchOwned,
  writeStatus,
  type Controller,
  type Recorder,
  type Source,
} from '@argosy/controller';
import { formatKey, keyOf, type KubeObject, type ObjectKey } from '@argosy/kube';

import { ROLLOUTS, type Rollout, type RolloutStatus } from '../api/rollout.ts';
import { actOnRollout, type ActOutcome } from './act.ts';
import { decideRollout } from './decide.ts';
import { BY_NAMED, openCaches, referenceKey, worldOf, type RolloutCaches } from './observe.ts';
import type { RolloutAction } from './plan.ts';
import { EVENTS } from './reasons.ts';
import type { RolloutWorld } from './world.ts';

/** Ports of the loop. */
export interface RolloutLoopDeps {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Creates the loop. */
export const createRolloutLoop = (deps: RolloutLoopDeps): Controller => {
  const caches = openCaches(deps.informers);
  const written = createMemory(caches);
  const reconcile = createReconcile<Rollout, RolloutWorld, RolloutStatus, RolloutAction, ActOutcome>({
    observe: async (key, signal) => {
      await written.caughtUp(formatKey(key), signal);
      const object = caches.rollouts.get(key);
      return object && { object, world: worldOf(caches, object), now: deps.clock.now() };
    },
    decide: decideRollout,
    act: async (action, { object }) => {
      try {
        const outcome = await actOnRollout(deps.client, action, object);
        written.note(formatKey(keyOf(object)), outcome);
        return outcome;
      } catch (thrown) {
        if (action.kind === 'write-ingress' || action.kind === 'write-route')
          deps.recorder.event(object, { type: 'Warning', reason: EVENTS.routingError, message: messageOf(thrown) });
        throw thrown;
      }
    },
    report: async ({ object }, decision, outcomes) => {
      // A status says what was done: after a failed action nothing is told, and the pass is made again.
      if (outcomes.length < decision.actions.length) return;
      for (const event of decision.events) deps.recorder.event(object, event);
      const isMoved = decision.actions.some(({ kind }) => kind === 'annotate' || kind === 'write-replicas');
      if (isMoved) return;
      // Absent and undefined are one in JSON.
      const status = JSON.parse(JSON.stringify(decision.status)) as RolloutStatus;
      const stored = await writeStatus(deps.client, ROLLOUTS, object, status, 'subresource');
      if (stored !== object) written.note(formatKey(keyOf(object)), { kind: 'annotate', written: stored });
    },
  });
  return createController(deps, { name: 'rollout', sources: sourcesOf(caches), reconcile });
};

/** Remembers what was written for a key until the caches have it, so that no step is taken twice. */
const createMemory = (caches: RolloutCaches) => {
  const cacheOf: Readonly<Record<string, Informer>> = {
    Rollout: caches.rollouts as unknown as Informer,
    ReplicaSet: caches.sets as unknown as Informer,
    Service: caches.services as unknown as Informer,
    Ingress: caches.ingresses as unknown as Informer,
    HTTPRoute: caches.routes as unknown as Informer,
    AnalysisRun: caches.runs as unknown as Informer,
  };
  const versions = new Map<string, ReadonlyMap<string, string>>();
  return {
    note: (key: string, { written }: ActOutcome): void => {
      const version = written?.metadata.resourceVersion;
      if (written && version) versions.set(key, new Map([...(versions.get(key) ?? []), [written.kind, version]]));
    },
    caughtUp: async (key: string, signal: AbortSignal): Promise<void> => {
      const wanted = [...(versions.get(key) ?? [])];
      await Promise.all(wanted.map(async ([kind, version]) => cacheOf[kind]?.whenSeen(version, signal)));
      versions.delete(key);
    },
  };
};

const sourcesOf = (caches: RolloutCaches): readonly Source[] => {
  const naming = <T extends KubeObject>(informer: Informer<T>): Source =>
    watchMapped(informer, ({ object }) => keysNaming(caches, object));
  return [
    watchObjects(caches.rollouts),
    watchOwned(caches.sets, { kind: 'Rollout' }),
    watchOwned(caches.runs, { kind: 'Rollout' }),
    watchOwned(caches.ingresses, { kind: 'Rollout' }),
    naming(caches.services),
    naming(caches.ingresses),
    naming(caches.routes),
    naming(caches.templates),
    naming(caches.clusterTemplates),
  ];
};

/** Rollouts that name an object, also through templates that name templates. */
const keysNaming = (caches: RolloutCaches, object: KubeObject): readonly ObjectKey[] => {
  const seen = new Set<string>();
  const open = [referenceKey(object.kind, object.metadata)];
  for (let key = open.shift(); key !== undefined; key = open.shift()) {
    if (seen.has(key)) continue;
    seen.add(key);
    for (const cache of [caches.templates, caches.clusterTemplates])
      for (const template of cache.byIndex(BY_NAMED, key)) open.push(referenceKey(template.kind, template.metadata));
  }
  return [...seen].flatMap((key) => caches.rollouts.byIndex(BY_NAMED, key)).map((rollout) => keyOf(rollout));
};
