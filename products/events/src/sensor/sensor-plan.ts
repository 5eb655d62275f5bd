/**
 * A Sensor compiled: everything its triggers need, once per version of its spec. Validation is compilation.
 */
import type { CronSchedule } from '@argosy/base';

import type { EventDependency } from '../api/sensor.ts';
import type { Trigger } from '../api/trigger-schema.ts';
import type { Conditions } from '../conditions/parse-conditions.ts';

/** The kinds of trigger this version has, in the order upstream looks for them. */
export const TRIGGER_KINDS = ['k8s', 'argoWorkflow', 'http', 'log'] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

/** Attempts of a trigger, and the waits between them. */
export interface RetryPlan {
  /** At least 1. */
  readonly attempts: number;
  readonly durationMs: number;
  readonly factor: number;
  /** Share of a wait that is added at random, 0 to this. */
  readonly jitter: number;
}

/** One trigger. */
export interface TriggerPlan {
  readonly name: string;
  readonly kind: TriggerKind;
  readonly trigger: Trigger;
  readonly conditions: Conditions;
  /** Those the conditions name, in the order of the spec. */
  readonly dependencies: readonly NamedDependency[];
  /** At each tick of one of these, what was remembered is forgotten. */
  readonly resets: readonly CronSchedule[];
  readonly retry: RetryPlan;
  /** Shortest time between two executions; 0 without a limit. */
  readonly intervalMs: number;
  /** Executed with the same events when every attempt failed. */
  readonly deadLetter?: TriggerPlan;
}

/** A dependency whose names are known to be there. */
export interface NamedDependency extends EventDependency {
  readonly name: string;
  readonly eventSourceName: string;
  readonly eventName: string;
}

/** A sensor's triggers. */
export interface SensorPlan {
  readonly triggers: readonly TriggerPlan[];
}

/** One thing that is wrong with a sensor. `subject` and `reason` are tags. */
export interface SensorFinding {
  readonly part: 'dependencies' | 'triggers';
  readonly subject: string;
  readonly reason: string;
  /** A sentence that names the field and the remedy. */
  readonly message: string;
}
