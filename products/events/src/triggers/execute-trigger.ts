/**
 * One execution of a trigger: parameters into the template, then what its kind does. @spec EV-TRG-02, EV-KND-14
 */
import { assertNever, type Json } from '@argosy/base';

import type { TriggerTemplate } from '../api/trigger-schema.ts';
import { contextOf } from '../bus/cloud-event.ts';
import { applyParameters } from '../parameters/apply-parameters.ts';
import { validateTriggerKind } from '../sensor/validate-trigger.ts';
import { awaitLabels } from './await-labels.ts';
import { executeHttp } from './http-trigger.ts';
import { executeKubernetes } from './kubernetes-trigger.ts';
import { invalid } from './resource-source.ts';
import type { Executed, TriggerContext, TriggerDeps } from './trigger-context.ts';
import { executeWorkflow } from './workflow-trigger.ts';

/** Executes, and waits for what the policy asks for; the text says what was done. Throws what was in the way. */
export const executeTrigger = async (deps: TriggerDeps, context: TriggerContext): Promise<string> => {
  const executed = await executeKind(deps, context, templateOf(context));
  const policy = context.plan.trigger.policy?.k8s;
  if (policy && executed.object) await awaitLabels(deps, context, { policy, ...executed.object });
  return executed.done;
};

const executeKind = (deps: TriggerDeps, context: TriggerContext, template: TriggerTemplate): Promise<Executed> => {
  const { kind, trigger } = context.plan;
  switch (kind) {
    case 'k8s':
      return executeKubernetes(deps, context, template.k8s ?? {});
    case 'argoWorkflow':
      return executeWorkflow(deps, context, template.argoWorkflow ?? {});
    case 'http':
      return executeHttp(deps, context, { spec: template.http ?? {}, policy: trigger.policy });
    case 'log':
      return Promise.resolve({ done: logEvents(deps, context, template.log?.intervalSeconds ?? 0) });
    default:
      return assertNever(kind);
  }
};

/** The template with the trigger's own parameters; what they wrote is judged again. */
const templateOf = ({ plan, firing }: TriggerContext): TriggerTemplate => {
  const template = plan.trigger.template ?? {};
  const parameters = plan.trigger.parameters ?? [];
  if (parameters.length === 0) return template;
  const applied = applyParameters(template as unknown as Json, parameters, firing.events);
  if (!applied.ok) throw invalid(applied.error);
  // Same shape as before but for what the parameters wrote, which the kind's own checks look at.
  const written = applied.value as unknown as TriggerTemplate;
  const [found] = validateTriggerKind(written, plan.kind, 'template');
  if (found) throw invalid(found.message);
  return written;
};

/** Data of an event in a log line is cut here, in characters. */
const LONGEST_LOGGED = 10_000;

/** Deviates: upstream accepts an interval and does nothing with it (EV-SE-22); here events within it are not printed. */
const logEvents = (deps: TriggerDeps, context: TriggerContext, intervalSeconds: number): string => {
  const { sensor, plan, firing, previousAt } = context;
  if (previousAt !== undefined && deps.clock.now() - previousAt < intervalSeconds * 1000)
    return `logged nothing within ${intervalSeconds} s`;
  for (const [dependency, event] of Object.entries(firing.events))
    deps.log.info('event', {
      sensor: `${sensor.metadata.namespace ?? ''}/${sensor.metadata.name ?? ''}`,
      trigger: plan.name,
      dependency,
      context: contextOf(event),
      data: event.data?.slice(0, LONGEST_LOGGED),
    });
  return `logged ${Object.keys(firing.events).length} events`;
};
