/**
 * Outputs of steps and dag templates, and outputs that are exported to the whole workflow.
 * @spec WF-OUT-04, WF-PARAM-07, WF-PARAM-09
 */
import { fail, ok, type Result } from '@argosy/base';
import {
  evaluateExpression,
  formatGoValue,
  substituteTags,
  toJsonText,
  workflowEnvironment,
  type TagValues,
} from '@argosy/expressions';

import type { NodeStatus } from '../../api/kinds.ts';
import type { Artifact, Outputs, Parameter, Template, ValueFrom } from '../../api/template-schema.ts';
import { toAnyText } from '../../compile/any-string.ts';
import { scopeWithGlobals, type Run } from '../run.ts';
import { setPhase, updateNode } from '../run-nodes.ts';
import { isAbsentReference, resolveArtifacts, type Scope } from './scope.ts';

/** Value of an output parameter of a steps or dag template. */
export const resolveOutputParameter = (valueFrom: ValueFrom, values: TagValues, now: number): Result<string> => {
  const fallback = valueFrom.default === undefined ? undefined : toAnyText(valueFrom.default);
  const orFallback = (message: string): Result<string> => (fallback === undefined ? fail(message) : ok(fallback));
  if (valueFrom.parameter !== undefined) {
    if (isAbsentReference(valueFrom.parameter, values))
      return orFallback(`${valueFrom.parameter} has no value: its producer was skipped and there is no default`);
    const resolved = substituteTags(valueFrom.parameter, values, { unresolved: { kind: 'refuse' }, now });
    return resolved.ok ? resolved : orFallback(resolved.error.message);
  }
  if (valueFrom.expression !== undefined) {
    const result = evaluateExpression(valueFrom.expression, workflowEnvironment(values), { now });
    if (!result.ok) return orFallback(result.error.message);
    if (result.value === null || result.value === undefined)
      return orFallback(`expression ${JSON.stringify(valueFrom.expression)} evaluated to nil and there is no default`);
    return ok(typeof result.value === 'object' ? toJsonText(result.value) : formatGoValue(result.value));
  }
  return orFallback('valueFrom has neither parameter nor expression');
};

/** Ends a node of a steps or dag template after all its children are done: with its outputs, or the reason it has none. */
export const succeedWithOutputs = (run: Run, node: NodeStatus, template: Template, scope: Scope): NodeStatus => {
  const outputs = resolveCompositeOutputs(run, template, scope);
  if (!outputs.ok) return setPhase(run, node, 'Error', outputs.error);
  if (outputs.value && Object.keys(outputs.value).length > 0) updateNode(run, node, { outputs: outputs.value });
  return setPhase(run, node, 'Succeeded', '');
};

/** Outputs of a steps or dag template after all its children are done. */
const resolveCompositeOutputs = (run: Run, template: Template, scope: Scope): Result<Outputs | undefined> => {
  const declared = template.outputs;
  if (!declared) return ok(undefined);
  const values = scopeWithGlobals(run, scope.values);
  const parameters: Parameter[] = [];
  for (const one of declared.parameters ?? []) {
    const value =
      one.value === undefined ? resolveOutputParameter(one.valueFrom ?? {}, values, run.now) : ok(toAnyText(one.value));
    if (!value.ok) return fail(`failed to resolve outputs.parameters.${one.name}: ${value.error}`);
    parameters.push({ ...one, value: value.value });
  }
  const artifacts: Artifact[] = [];
  for (const one of declared.artifacts ?? []) {
    const found = resolveArtifacts(run, scope, [one]);
    if (!found.ok && !one.optional) return fail(`unable to resolve outputs.artifacts.${one.name}: ${found.error}`);
    const [artifact] = found.ok ? found.value : [];
    if (artifact)
      artifacts.push({
        ...artifact,
        name: one.name,
        ...(one.globalName === undefined ? {} : { globalName: one.globalName }),
      });
    else if (!one.optional) return fail(`unable to resolve outputs.artifacts.${one.name}: its producer made none`);
  }
  return ok({ ...(parameters.length > 0 ? { parameters } : {}), ...(artifacts.length > 0 ? { artifacts } : {}) });
};

/** Exports the outputs of a succeeded node that carry a global name. A later writer overwrites. */
export const exportGlobalOutputs = (run: Run, node: NodeStatus): void => {
  if (node.phase !== 'Succeeded') return;
  for (const one of node.outputs?.parameters ?? []) {
    if (!one.globalName || one.value === undefined) continue;
    const value = toAnyText(one.value);
    run.globals[`workflow.outputs.parameters.${one.globalName}`] = value;
    run.outputs.parameters = [
      ...run.outputs.parameters.filter((other) => other.name !== one.globalName),
      { name: one.globalName, value },
    ];
  }
  for (const one of node.outputs?.artifacts ?? []) {
    if (!one.globalName) continue;
    const { globalName, path: _, ...artifact } = one;
    run.globalArtifacts.set(globalName, { ...artifact, name: globalName });
    run.outputs.artifacts = [
      ...run.outputs.artifacts.filter((other) => other.name !== globalName),
      { ...artifact, name: globalName },
    ];
  }
};
