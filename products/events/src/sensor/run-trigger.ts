/**
 * Works for one trigger: takes events from the bus, decides, executes. What is decided is durable before it is done, so
 * that a process that dies in between executes it when it is back.
 *
 * Deviates: upstream acknowledges first unless `atLeastOnce`, so a crash loses the action, and it then ignores
 * retryStrategy (EV-SE-01). Here every trigger survives a crash and retries; `atLeastOnce` decides only whether the next
 * event waits for the action.
 */
import { delay, isObject, messageOf, type Instant, type Json } from '@argosy/base';
import type { Recorder } from '@argosy/controller';

import type { Sensor } from '../api/sensor.ts';
import type { CloudEvent } from '../bus/cloud-event.ts';
import type { Subscription } from '../bus/event-bus.ts';
import type { FiringEvents } from '../parameters/resolve-parameter.ts';
import { executeTrigger } from '../triggers/execute-trigger.ts';
import type { TriggerDeps } from '../triggers/trigger-context.ts';
import { adaptRemembered, decideFirings, fingerprintsOf, type Firing } from './decide-firings.ts';
import * as reasons from './reasons.ts';
import type { TriggerPlan } from './sensor-plan.ts';

/** Ports of a trigger's worker. */
export interface TriggerWorkerDeps extends TriggerDeps {
  readonly recorder: Recorder;
}

/** Whose trigger it is, and where its events come from. */
export interface TriggerWork {
  readonly sensor: Sensor;
  readonly plan: TriggerPlan;
  readonly subscription: Subscription;
}

/** Actions of one trigger under way at the same time; more events wait on the bus. */
const MOST_AT_ONCE = 64;
/** Events decided and written in one go. */
const MOST_TAKEN = 128;

/** What a trigger keeps on the bus. */
interface TriggerState {
  readonly fingerprints: Readonly<Record<string, string>>;
  readonly remembered: FiringEvents;
  /** Fired, not yet executed to the end. */
  readonly firings: readonly Firing[];
}

type Attempted =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly thrown: unknown }
  /** Asked to stop before it came to an end. */
  | { readonly kind: 'stopped' };

/** Runs until the signal aborts; resolves when no action is under way. */
export const runTrigger = async (deps: TriggerWorkerDeps, work: TriggerWork, signal: AbortSignal): Promise<void> =>
  new TriggerWorker(deps, work, signal).run();

class TriggerWorker {
  readonly #deps: TriggerWorkerDeps;
  readonly #work: TriggerWork;
  readonly #signal: AbortSignal;
  readonly #underWay = new Set<Promise<void>>();
  #state: TriggerState;
  /** Everything up to here is decided. */
  #sequence: number | undefined;
  #lastWrite: Promise<void> | undefined;
  #nextWrite: Promise<void> | undefined;
  #allowedAt: Instant = 0;
  #previousAt: Instant | undefined;

  constructor(deps: TriggerWorkerDeps, work: TriggerWork, signal: AbortSignal) {
    this.#deps = deps;
    this.#work = work;
    this.#signal = signal;
    this.#state = restore(work);
  }

  async run(): Promise<void> {
    for (const firing of this.#state.firings) await this.#begin(firing);
    for (;;) {
      const deliveries = await this.#work.subscription.take(MOST_TAKEN, this.#signal);
      const last = deliveries.at(-1);
      if (!last) break;
      const firings = deliveries.flatMap(({ event }) => this.#decide(event));
      await this.#keep(last.sequence);
      for (const firing of firings) await this.#begin(firing);
    }
    await Promise.all(this.#underWay);
    await (this.#nextWrite ?? this.#lastWrite);
  }

  #decide(event: CloudEvent): readonly Firing[] {
    const decided = decideFirings(this.#work.plan, this.#state.remembered, event);
    for (const error of decided.filterErrors) this.#log().debug('a filter could not judge an event', { error });
    const firings = [...this.#state.firings, ...decided.firings];
    this.#state = { ...this.#state, remembered: decided.remembered, firings };
    return decided.firings;
  }

  /** Executes; returns when the next event may be taken. */
  async #begin(firing: Firing): Promise<void> {
    const running = this.#finish(firing).finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
    if (this.#work.plan.trigger.atLeastOnce === true) await running;
    else if (this.#underWay.size >= MOST_AT_ONCE) await Promise.race(this.#underWay);
  }

  async #finish(firing: Firing): Promise<void> {
    const isEnded = await this.#execute(firing);
    // Asked to stop in the middle: it stays fired, and is executed by whoever comes next.
    if (!isEnded) return;
    this.#state = { ...this.#state, firings: this.#state.firings.filter((one) => one.id !== firing.id) };
    this.#keep().catch((thrown: unknown) =>
      // It stays fired and is executed again after a restart.
      this.#log().error('the end of an action could not be kept', { error: messageOf(thrown) }),
    );
  }

  /** Whether it came to an end, good or bad. */
  async #execute(firing: Firing): Promise<boolean> {
    const { plan } = this.#work;
    const outcome = await this.#attempt(plan, firing);
    if (outcome.kind !== 'failed') return outcome.kind === 'done';
    this.#giveUp(plan, outcome.thrown);
    if (!plan.deadLetter) return true;
    const last = await this.#attempt(plan.deadLetter, firing);
    if (last.kind === 'failed') this.#giveUp(plan.deadLetter, last.thrown);
    return last.kind !== 'stopped';
  }

  async #attempt(plan: TriggerPlan, firing: Firing): Promise<Attempted> {
    const { sensor } = this.#work;
    let waitMs = plan.retry.durationMs;
    for (let attempt = 1; !this.#signal.aborted; attempt += 1) {
      await this.#pace(plan);
      if (this.#signal.aborted) break;
      try {
        const context = { sensor, plan, firing, signal: this.#signal, previousAt: this.#previousAt };
        const done = await executeTrigger(this.#deps, context);
        this.#previousAt = this.#deps.clock.now();
        this.#log().info('trigger executed', { event: firing.eventId, done });
        return { kind: 'done' };
      } catch (thrown) {
        if (this.#signal.aborted) break;
        const isLast = attempt >= plan.retry.attempts;
        this.#log().warn('trigger did not succeed', {
          event: firing.eventId,
          attempt,
          isLast,
          error: messageOf(thrown),
        });
        if (isLast) return { kind: 'failed', thrown };
        await delay(this.#deps.clock, waitMs * (1 + plan.retry.jitter * this.#deps.random.next()), this.#signal);
        waitMs *= plan.retry.factor;
      }
    }
    return { kind: 'stopped' };
  }

  #giveUp(plan: TriggerPlan, thrown: unknown): void {
    const times = plan.retry.attempts === 1 ? '' : ` after ${plan.retry.attempts} attempts`;
    this.#deps.recorder.event(this.#work.sensor, {
      type: 'Warning',
      reason: reasons.TRIGGER_FAILED,
      message: `trigger ${plan.name}${times}: ${messageOf(thrown)}`,
    });
  }

  /**
   * Deviates: upstream's limit lets ten more through after idling (EV-SE-32); here the time between two executions is
   * never shorter than asked for.
   */
  async #pace({ intervalMs }: TriggerPlan): Promise<void> {
    if (intervalMs === 0) return;
    const now = this.#deps.clock.now();
    const at = Math.max(now, this.#allowedAt);
    this.#allowedAt = at + intervalMs;
    await delay(this.#deps.clock, at - now, this.#signal);
  }

  /** Makes the state durable. While one write is under way the next gathers everything that comes. */
  #keep(sequence?: number): Promise<void> {
    if (sequence !== undefined) this.#sequence = sequence;
    if (this.#nextWrite) return this.#nextWrite;
    const write = async (): Promise<void> => {
      await this.#lastWrite?.catch(() => undefined);
      this.#nextWrite = undefined;
      const { subscription } = this.#work;
      this.#lastWrite = subscription.acknowledge(this.#state as unknown as Json, this.#sequence);
      return this.#lastWrite;
    };
    this.#nextWrite = write();
    return this.#nextWrite;
  }

  #log() {
    const { sensor, plan } = this.#work;
    return this.#deps.log.with({
      sensor: `${sensor.metadata.namespace ?? ''}/${sensor.metadata.name ?? ''}`,
      trigger: plan.name,
    });
  }
}

/** What was kept, as far as it still fits the spec. */
const restore = ({ plan, subscription }: TriggerWork): TriggerState => {
  const fingerprints = fingerprintsOf(plan);
  if (!isObject(subscription.state)) return { fingerprints, remembered: {}, firings: [] };
  // Written by `#keep`.
  const kept = subscription.state as unknown as TriggerState;
  return {
    fingerprints,
    remembered: adaptRemembered(kept.remembered, kept.fingerprints, fingerprints),
    firings: kept.firings,
  };
};
