/**
 * Compiles a Sensor, or says everything that is wrong with it. @spec EV-TRG-01, EV-SEN-08, EV-ES-12
 */
import { fail, ok, parseCron, type CronSchedule, type Result } from '@argosy/base';

import type { EventDependency, Sensor } from '../api/sensor.ts';
import type { Trigger, TriggerParameter } from '../api/trigger-schema.ts';
import { namedIn, parseConditions } from '../conditions/parse-conditions.ts';
import { compileBackoff } from './compile-backoff.ts';
import {
  TRIGGER_KINDS,
  type NamedDependency,
  type RetryPlan,
  type SensorFinding,
  type SensorPlan,
  type TriggerKind,
  type TriggerPlan,
} from './sensor-plan.ts';
import { validateDependencies } from './validate-dependencies.ts';
import { validateTriggerKind } from './validate-trigger.ts';

/** Compiles; the error lists findings of dependencies first. */
export const compileSensor = (sensor: Sensor): Result<SensorPlan, readonly SensorFinding[]> => {
  const dependencies = sensor.spec?.dependencies ?? [];
  const triggers = sensor.spec?.triggers ?? [];
  const findings = [...validateDependencies(dependencies)];
  if (triggers.length === 0) findings.push(finding('triggers', 'empty', 'spec.triggers: at least one must be given'));
  const plans: TriggerPlan[] = [];
  const names = new Set<string>();
  for (const [index, trigger] of triggers.entries()) {
    const place = `spec.triggers[${index}]`;
    const name = trigger.template?.name ?? '';
    if (names.has(name))
      findings.push(finding('name', 'twice', `${place}.template.name: ${name} is used twice; rename one`));
    names.add(name);
    const plan = compileTrigger(trigger, dependencies, place);
    if (plan.ok) plans.push(plan.value);
    else findings.push(...plan.error);
  }
  return findings.length > 0 ? fail(findings) : ok({ triggers: plans });
};

const finding = (subject: string, reason: string, message: string): SensorFinding => ({
  part: 'triggers',
  subject,
  reason,
  message,
});

const compileTrigger = (
  trigger: Trigger,
  dependencies: readonly EventDependency[],
  place: string,
): Result<TriggerPlan, readonly SensorFinding[]> => {
  const { template } = trigger;
  const kind = TRIGGER_KINDS.find((one) => template?.[one] !== undefined);
  const unnamed =
    (template?.name ?? '') === '' ? [finding('name', 'missing', `${place}.template.name: must be given`)] : [];
  // Deviates: upstream lets a trigger without a kind pass and fails when an event arrives (EV-SE-39).
  if (!template || !kind)
    return fail([
      ...unnamed,
      finding('kind', 'missing', `${place}.template: one of ${TRIGGER_KINDS.join(', ')} must be given`),
    ]);
  const ofKind = validateTriggerKind(template, kind, `${place}.template`).map(({ subject, reason, message }) =>
    finding(subject, reason, message),
  );
  const findings = [...unnamed, ...ofKind, ...validateParameters(trigger, kind, place)];
  const conditions = conditionsOf(trigger, dependencies, place);
  const resets = compileResets(trigger, place);
  const retry = compileRetry(trigger, place);
  const intervalMs = compileRateLimit(trigger, place);
  for (const part of [conditions, resets, retry, intervalMs]) if (!part.ok) findings.push(part.error);
  const deadLetter = compileDeadLetter(trigger, dependencies, place);
  if (!deadLetter.ok) findings.push(...deadLetter.error);
  if (findings.length > 0 || !deadLetter.ok || !conditions.ok || !resets.ok || !retry.ok || !intervalMs.ok)
    return fail(findings);
  const named = new Set(namedIn(conditions.value));
  return ok({
    name: template.name ?? '',
    kind,
    trigger,
    conditions: conditions.value,
    dependencies: dependencies.filter((one): one is NamedDependency => named.has(one.name ?? '')),
    resets: resets.value,
    retry: retry.value,
    intervalMs: intervalMs.value,
    ...(deadLetter.value ? { deadLetter: deadLetter.value } : {}),
  });
};

const conditionsOf = ({ template }: Trigger, dependencies: readonly EventDependency[], place: string) => {
  const names = dependencies.map(({ name = '' }) => name);
  const parsed = parseConditions(template?.conditions ?? '', names);
  return parsed.ok ? parsed : fail(finding('conditions', 'invalid', `${place}.template.${parsed.error}`));
};

/** @spec EV-TRG-06 */
const compileDeadLetter = (
  trigger: Trigger,
  dependencies: readonly EventDependency[],
  place: string,
): Result<TriggerPlan | undefined, readonly SensorFinding[]> => {
  const { dlqTrigger } = trigger;
  if (!dlqTrigger) return ok(undefined);
  if (trigger.atLeastOnce !== true || dlqTrigger.atLeastOnce !== true)
    return fail([finding('dlqTrigger', 'at-least-once', `${place}: atLeastOnce must be true here and in dlqTrigger`)]);
  return compileTrigger(dlqTrigger, dependencies, `${place}.dlqTrigger`);
};

const validateParameters = (trigger: Trigger, kind: TriggerKind, place: string): readonly SensorFinding[] => {
  const { template } = trigger;
  const ofKind: { readonly parameters?: readonly TriggerParameter[] } = kind === 'log' ? {} : (template?.[kind] ?? {});
  const payload = kind === 'http' ? (template?.http?.payload ?? []) : [];
  const headers = kind === 'http' ? (template?.http?.dynamicHeaders ?? []) : [];
  return [
    ...checkParameters(trigger.parameters ?? [], `${place}.parameters`, false),
    ...checkParameters(ofKind.parameters ?? [], `${place}.template.${kind}.parameters`, false),
    ...checkParameters(payload, `${place}.template.http.payload`, true),
    ...checkParameters(headers, `${place}.template.http.dynamicHeaders`, false),
  ];
};

const checkParameters = (
  parameters: readonly TriggerParameter[],
  place: string,
  isDestOptional: boolean,
): readonly SensorFinding[] =>
  parameters.flatMap(({ src, dest = '', operation = '' }, index) => {
    const at = `${place}[${index}]`;
    if (!src) return [finding('parameters', 'src-missing', `${at}.src: must be given`)];
    if ((src.dependencyName ?? '') === '')
      return [finding('parameters', 'dependency-missing', `${at}.src.dependencyName: must be given`)];
    if (dest === '' && !isDestOptional) return [finding('parameters', 'dest-missing', `${at}.dest: must be given`)];
    return ['', 'append', 'prepend', 'overwrite'].includes(operation)
      ? []
      : [
          finding(
            'parameters.operation',
            'unknown-value',
            `${at}.operation: ${JSON.stringify(operation)} is not one of append, prepend, overwrite`,
          ),
        ];
  });

const compileResets = (trigger: Trigger, place: string): Result<readonly CronSchedule[], SensorFinding> => {
  const schedules: CronSchedule[] = [];
  for (const [index, { byTime }] of (trigger.template?.conditionsReset ?? []).entries()) {
    const at = `${place}.template.conditionsReset[${index}].byTime`;
    const schedule = parseCron(byTime?.cron ?? '', { zone: byTime?.timezone ?? '' });
    if (!schedule.ok) return fail(finding('conditionsReset', 'invalid', `${at}.cron: ${schedule.error}`));
    if (schedule.value.kind === 'every')
      return fail(finding('conditionsReset', 'invalid', `${at}.cron: @every has no fixed ticks; write five fields`));
    schedules.push(schedule.value);
  }
  return ok(schedules);
};

/** Nothing given: one attempt. @spec EV-TRG-05 */
const compileRetry = (trigger: Trigger, place: string): Result<RetryPlan, SensorFinding> => {
  if (!trigger.retryStrategy) return ok({ attempts: 1, durationMs: 0, factor: 1, jitter: 0 });
  const backoff = compileBackoff(trigger.retryStrategy, `${place}.retryStrategy`);
  return backoff.ok ? backoff : fail(finding('retryStrategy', 'invalid', backoff.error));
};

const UNITS_MS: Readonly<Record<string, number>> = { '': 1000, Second: 1000, Minute: 60_000, Hour: 3_600_000 };

const compileRateLimit = (trigger: Trigger, place: string): Result<number, SensorFinding> => {
  const { rateLimit } = trigger;
  if (!rateLimit) return ok(0);
  const unitMs = Object.hasOwn(UNITS_MS, rateLimit.unit ?? '') ? UNITS_MS[rateLimit.unit ?? ''] : undefined;
  if (unitMs === undefined)
    return fail(
      finding(
        'rateLimit.unit',
        'unknown-value',
        `${place}.rateLimit.unit: ${JSON.stringify(rateLimit.unit)} is not one of Second, Minute, Hour`,
      ),
    );
  const requests = rateLimit.requestsPerUnit ?? 0;
  return ok(requests > 0 ? unitMs / requests : 0);
};
