/**
 * Writing parameters into an object, one after the other. @spec EV-TRG-08, EV-TRG-13
 * @upstream argoproj/argo-events pkg/sensors/triggers/params.go#ApplyParams
 */
import { fail, ok, type Json, type Result } from '@argosy/base';
import { getPathOf, setPath } from '@argosy/expressions';

import type { TriggerParameter } from '../api/trigger-schema.ts';
import { resolveParameter, type FiringEvents, type ResolvedValue } from './resolve-parameter.ts';

/** Gives a changed copy of `target`; the target itself is not touched. Fails at the first parameter that cannot be written. */
export const applyParameters = (
  target: Json,
  parameters: readonly TriggerParameter[],
  events: FiringEvents,
): Result<Json> => {
  let current = target;
  for (const [index, parameter] of parameters.entries()) {
    const next = applyOne(current, parameter, events);
    if (!next.ok) return fail(`parameters[${index}]: ${next.error}`);
    current = next.value;
  }
  return ok(current);
};

const applyOne = (target: Json, parameter: TriggerParameter, events: FiringEvents): Result<Json> => {
  const resolved = resolveParameter(parameter.src ?? {}, events);
  if (!resolved.ok) return resolved;
  // The event is absent, as happens when alternatives fire a trigger.
  if (!resolved.value) return ok(target);
  const { dest = '', operation = '' } = parameter;
  const existing = (): string | undefined => getPathOf(target, dest)?.string;
  switch (operation) {
    case '':
    case 'overwrite':
      return setPath(target, dest, resolved.value.value);
    case 'append':
    case 'prepend':
      return setPath(target, dest, joined(resolved.value, existing(), operation));
    default:
      return fail(`operation ${JSON.stringify(operation)} is not one of overwrite, append, prepend`);
  }
};

const joined = (added: ResolvedValue, existing: string | undefined, operation: 'append' | 'prepend'): Json => {
  if (existing === undefined) return added.value;
  return operation === 'append' ? `${existing}${added.text}` : `${added.text}${existing}`;
};
