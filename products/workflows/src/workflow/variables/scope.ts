/**
 * What steps and tasks may read of each other, and how an argument is resolved against it.
 * @spec WF-VAR-09, WF-VAR-16, WF-PARAM-08, WF-ART-05, WF-ART-06
 */
import { fail, ok, type Json, type Result } from '@argosy/base';
import {
  evaluateExpression,
  splitTags,
  substituteTags,
  workflowEnvironment,
  type TagFailure,
  type TagValues,
} from '@argosy/expressions';

import type { NodeStatus } from '../../api/kinds.ts';
import type { Arguments, Artifact, Step, Template } from '../../api/template-schema.ts';
import { toAnyText } from '../../compile/any-string.ts';
import { aggregateOutputs } from '../../nodes/aggregate.ts';
import { scopeWithGlobals, type Run } from '../run.ts';

/** Names visible inside a steps or dag template. */
export interface Scope {
  readonly values: Record<string, Json>;
  /** `null`: known, but its producer made none. */
  readonly artifacts: Map<string, Artifact | null>;
}

/** The scope a template starts with: its own inputs. */
export const scopeOfInputs = (inputs: NodeStatus['inputs']): Scope => {
  const scope: Scope = { values: {}, artifacts: new Map() };
  for (const parameter of inputs?.parameters ?? [])
    if (parameter.value !== undefined) scope.values[`inputs.parameters.${parameter.name}`] = toAnyText(parameter.value);
  for (const artifact of inputs?.artifacts ?? []) scope.artifacts.set(`inputs.artifacts.${artifact.name}`, artifact);
  return scope;
};

/** Adds what a step or task (`steps.x`, `tasks.x`) has to offer. `template`: what it runs, for outputs it never made. */
export const addNodeToScope = (
  scope: Scope,
  prefix: string,
  node: NodeStatus,
  template: Template | undefined,
): void => {
  const { values } = scope;
  values[`${prefix}.id`] = node.id;
  values[`${prefix}.status`] = node.phase;
  values[`${prefix}.name`] = node.displayName;
  if (node.podIP) values[`${prefix}.ip`] = node.podIP;
  if (node.startedAt) values[`${prefix}.startedAt`] = node.startedAt;
  if (node.finishedAt) values[`${prefix}.finishedAt`] = node.finishedAt;
  if (node.hostNodeName) values[`${prefix}.hostNodeName`] = node.hostNodeName;
  const { outputs } = node;
  if (outputs?.exitCode !== undefined) values[`${prefix}.exitCode`] = outputs.exitCode;
  if (outputs?.result !== undefined) values[`${prefix}.outputs.result`] = outputs.result;
  for (const parameter of outputs?.parameters ?? [])
    if (parameter.value !== undefined)
      values[`${prefix}.outputs.parameters.${parameter.name}`] = toAnyText(parameter.value);
  for (const artifact of outputs?.artifacts ?? [])
    scope.artifacts.set(`${prefix}.outputs.artifacts.${artifact.name}`, artifact);
  if (node.phase === 'Skipped' || node.phase === 'Omitted') addAbsentOutputs(scope, prefix, template);
};

const addAbsentOutputs = (scope: Scope, prefix: string, template: Template | undefined): void => {
  scope.values[`${prefix}.outputs.result`] ??= null;
  for (const parameter of template?.outputs?.parameters ?? []) {
    const fallback = parameter.valueFrom?.default ?? parameter.default;
    scope.values[`${prefix}.outputs.parameters.${parameter.name}`] =
      fallback === undefined ? null : toAnyText(fallback);
  }
  for (const artifact of template?.outputs?.artifacts ?? [])
    scope.artifacts.set(`${prefix}.outputs.artifacts.${artifact.name}`, null);
};

/** Adds the outputs of a loop as a whole. An empty loop offers nothing, which references see as absent. */
export const addLoopToScope = (
  scope: Scope,
  prefix: string,
  children: readonly NodeStatus[],
  template: Template | undefined,
): void => {
  Object.assign(scope.values, aggregateOutputs(prefix, children));
  if (children.some((child) => child.phase === 'Succeeded')) return;
  addAbsentOutputs(scope, prefix, template);
};

/** Whether an argument is nothing but a reference to an output that was never made: it counts as not given. */
export const isAbsentReference = (argument: string, values: TagValues): boolean => {
  const parts = splitTags(argument);
  const only = parts.ok && parts.value.length === 1 ? parts.value[0] : undefined;
  if (only?.kind !== 'tag' || only.content.startsWith('=')) return false;
  const name = only.content.trim();
  return Object.hasOwn(values, name) && values[name] === null;
};

/** Resolves a step or task: its artifacts, then the tags of its body. Tags of `item` stay for the loop. */
export const resolveStep = <T extends Step>(run: Run, scope: Scope, step: T): Result<T, TagFailure> => {
  const values = scopeWithGlobals(run, scope.values);
  const parameters = (step.arguments?.parameters ?? []).filter(
    (one) => typeof one.value !== 'string' || !isAbsentReference(one.value, values),
  );
  const artifacts = resolveArtifacts(run, scope, step.arguments?.artifacts ?? []);
  if (!artifacts.ok) return fail({ message: artifacts.error, missingVariable: false });
  const { arguments: given, hooks, ...body } = step;
  const resolved = substituteTags({ ...body, parameters }, values, {
    unresolved: { kind: 'strict', prefixes: ['steps', 'tasks'] },
    now: run.now,
  });
  if (!resolved.ok) return resolved;
  const { parameters: done, ...rest } = resolved.value;
  const whole = {
    ...rest,
    ...(hooks ? { hooks } : {}),
    ...(given ? { arguments: { parameters: done, artifacts: artifacts.value } } : {}),
  };
  return ok(whole as unknown as T);
};

/** Resolves `from` and `fromExpression` of arguments. What an optional argument refers to may be absent. */
export const resolveArtifacts = (
  run: Run,
  scope: Scope,
  artifacts: readonly Artifact[],
): Result<readonly Artifact[]> => {
  const resolved: Artifact[] = [];
  for (const artifact of artifacts) {
    const found = resolveArtifact(run, scope, artifact);
    if (!found.ok) return found;
    if (found.value) resolved.push(found.value);
  }
  return ok(resolved);
};

const resolveArtifact = (run: Run, scope: Scope, artifact: Artifact): Result<Artifact | undefined> => {
  if (artifact.from === undefined && artifact.fromExpression === undefined) {
    const values = substituteTags(artifact, scopeWithGlobals(run, scope.values), { unresolved: { kind: 'allow' } });
    return values.ok ? values : fail(values.error.message);
  }
  const found =
    artifact.from === undefined
      ? evaluateArtifact(run, scope, artifact.fromExpression ?? '')
      : lookUpArtifact(run, scope, artifact.from);
  if (!found.ok) return artifact.optional ? ok(undefined) : found;
  if (!found.value) return ok(undefined);
  const source = found.value;
  if (artifact.subPath === undefined || artifact.subPath === '')
    return ok({ ...source, name: artifact.name, ...(artifact.optional ? { optional: true } : {}) });
  const subPath = substituteTags(artifact.subPath, scopeWithGlobals(run, scope.values), {
    unresolved: { kind: 'allow' },
  });
  if (!subPath.ok) return fail(subPath.error.message);
  return ok({
    ...source,
    name: artifact.name,
    subPath: source.subPath ? `${source.subPath}/${subPath.value}` : subPath.value,
  });
};

const lookUpArtifact = (run: Run, scope: Scope, from: string): Result<Artifact | undefined> => {
  const name = /^\{\{\s*(.+?)\s*\}\}$/.exec(from.trim())?.[1] ?? from.trim();
  if (name.startsWith('workflow.outputs.artifacts.')) {
    const global = run.globalArtifacts.get(name.slice('workflow.outputs.artifacts.'.length));
    return global ? ok(global) : fail(`unable to resolve artifact ${name}`);
  }
  const found = scope.artifacts.get(name);
  if (found) return ok(found);
  // An input that is not there was optional and not given; whoever needs it says so.
  const isAbsent = found === null || name.startsWith('inputs.artifacts.');
  return isAbsent ? ok(undefined) : fail(`unable to resolve artifact ${name}`);
};

/** Artifacts are values of the expression, so that it can pick one. */
const evaluateArtifact = (run: Run, scope: Scope, expression: string): Result<Artifact | undefined> => {
  const artifacts = Object.fromEntries([...scope.artifacts].map(([name, artifact]) => [name, artifact as Json]));
  const result = evaluateExpression(
    expression,
    workflowEnvironment({ ...scopeWithGlobals(run, scope.values), ...artifacts }),
    { now: run.now },
  );
  if (!result.ok) return fail(`fromExpression: ${result.error.message}`);
  return result.value === null ? ok(undefined) : ok(result.value as unknown as Artifact);
};

/** Arguments of a hook: they may read the outputs of the node the hook belongs to. */
export const resolveHookArguments = (run: Run, scope: Scope, given: Arguments | undefined): Result<Arguments> => {
  const step = resolveStep(run, scope, { arguments: given ?? {} });
  return step.ok ? ok(step.value.arguments ?? {}) : fail(step.error.message);
};
