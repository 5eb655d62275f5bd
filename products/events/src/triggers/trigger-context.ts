/**
 * What executing a trigger needs to know and to reach.
 */
import type { Clock, Instant, Logger, Random } from '@argosy/base';
import type { Client, ServedResource } from '@argosy/client';
import type { KubeObject } from '@argosy/kube';

import type { Sensor } from '../api/sensor.ts';
import type { Firing } from '../sensor/decide-firings.ts';
import type { TriggerPlan } from '../sensor/sensor-plan.ts';

/** A request a trigger sends. */
export interface TriggerRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The network as triggers see it. */
export interface HttpRequests {
  /** Sends a request and throws the answer's body away. Throws a Failure when there is no answer. */
  send(request: TriggerRequest): Promise<{ readonly status: number }>;
}

/** Finds the resource of a kind on the cluster. */
export interface ResourceFinder {
  /** `undefined` when the cluster does not serve the kind. */
  find(apiVersion: string, kind: string): Promise<ServedResource | undefined>;
}

/** Ports of triggers. */
export interface TriggerDeps {
  readonly client: Client;
  readonly resources: ResourceFinder;
  readonly requests: HttpRequests;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** What executing a trigger came to. */
export interface Executed {
  /** What was done, in one sentence. */
  readonly done: string;
  /** The object that was created or changed, for a policy to look at. */
  readonly object?: { readonly resource: ServedResource; readonly live: KubeObject };
}

/** One firing of one trigger of one sensor. */
export interface TriggerContext {
  readonly sensor: Sensor;
  readonly plan: TriggerPlan;
  readonly firing: Firing;
  /** When the trigger was last executed by this process. */
  readonly previousAt: Instant | undefined;
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal;
}
