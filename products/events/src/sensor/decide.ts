/**
 * Whether a sensor is to run, and what its status says. Pure: what runs is part of what is observed.
 */
import { isEqual, type Instant } from '@argosy/base';

import type { Sensor } from '../api/sensor.ts';
import type { ConditionsStatus } from '../api/shared-schema.ts';
import { deployed, withoutBus } from '../conditions/bus-condition.ts';
import { statusWith, type ConditionDraft } from '../conditions/status-conditions.ts';
import type { BusState } from '../event-bus/resolve-bus.ts';
import { compileSensor } from './compile-sensor.ts';
import * as reasons from './reasons.ts';
import type { SensorFinding, SensorPlan } from './sensor-plan.ts';

/** A sensor as it runs. */
export interface RunningSensor {
  readonly uid: string | undefined;
  readonly spec: Sensor['spec'];
  readonly busName: string;
}

/** What a decision is made from. */
export interface ObservedSensor {
  readonly object: Sensor;
  readonly bus: BusState;
  readonly running: RunningSensor | undefined;
  readonly now: Instant;
}

/** Something to do. `run` replaces what runs. */
export type SensorAction =
  | { readonly kind: 'stop' }
  | { readonly kind: 'run'; readonly plan: SensorPlan; readonly busName: string };

/** What is to be done, and the complete next status. */
export interface SensorDecision {
  readonly actions: readonly SensorAction[];
  readonly status: ConditionsStatus;
}

/** Decides. */
export const decideSensor = ({ object, bus, running, now }: ObservedSensor): SensorDecision => {
  const stop: readonly SensorAction[] = running ? [{ kind: 'stop' }] : [];
  const status = (drafts: readonly ConditionDraft[]): ConditionsStatus => statusWith(object.status, drafts, now);
  const plan = compileSensor(object);
  if (!plan.ok) return { actions: stop, status: status(refused(plan.error)) };
  if (bus.kind !== 'ready') return { actions: stop, status: status([...PROVIDED, withoutBus(bus)]) };
  const wanted: RunningSensor = { uid: object.metadata.uid, spec: object.spec, busName: bus.name };
  return {
    actions: isEqual(wanted, running) ? [] : [{ kind: 'run', plan: plan.value, busName: bus.name }],
    status: status([...PROVIDED, deployed(object.spec, bus, ['template', 'replicas', 'revisionHistoryLimit'])]),
  };
};

const PROVIDED: readonly ConditionDraft[] = [
  { type: reasons.DEPENDENCIES_PROVIDED, status: 'True' },
  { type: reasons.TRIGGERS_PROVIDED, status: 'True' },
];

const refused = (findings: readonly SensorFinding[]): readonly ConditionDraft[] => {
  const messageOf = (part: SensorFinding['part']): string =>
    findings
      .filter((finding) => finding.part === part)
      .map(({ message }) => message)
      .join('; ');
  const draft = (type: string, reason: string, message: string): ConditionDraft =>
    message === '' ? { type, status: 'True' } : { type, status: 'False', reason, message };
  const [dependencies, triggers] = [messageOf('dependencies'), messageOf('triggers')];
  return [
    draft(reasons.DEPENDENCIES_PROVIDED, reasons.INVALID_DEPENDENCIES, dependencies),
    draft(reasons.TRIGGERS_PROVIDED, reasons.INVALID_TRIGGERS, triggers),
    {
      type: reasons.DEPLOYED,
      status: 'False',
      reason: dependencies === '' ? reasons.INVALID_TRIGGERS : reasons.INVALID_DEPENDENCIES,
      message: dependencies === '' ? triggers : dependencies,
    },
  ];
};
