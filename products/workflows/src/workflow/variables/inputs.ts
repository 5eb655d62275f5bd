/**
 * Inputs of a template for one call, and the template with its tags replaced. @spec WF-PARAM-01, WF-VAR-01, WF-VAR-12
 * @upstream argo-workflows workflow/common/util.go#ProcessArgs
 */
import { fail, ok, type Json, type Result } from '@argosy/base';
import { substituteTags, type TagValues } from '@argosy/expressions';

import type { Arguments, Artifact, Inputs, Parameter, Template } from '../../api/template-schema.ts';
import { toAnyText } from '../../compile/any-string.ts';
import type { Run } from '../run.ts';

/**
 * Resolves the inputs of a template. Arguments it does not declare are ignored. Values of the declaration itself may
 * read the workflow and other inputs; what a caller gives is data and read no further.
 */
export const resolveInputs = (run: Run, template: Template, call: InputCall): Result<Inputs> => {
  const { given, place } = call;
  const parameters: Parameter[] = [];
  const declaredOnes = new Set<string>();
  for (const declared of template.inputs?.parameters ?? []) {
    const argument = given.parameters?.find((one) => one.name === declared.name);
    const resolved = resolveParameter(run, declared, argument);
    if (!resolved.ok) return resolved;
    const { value, isDeclared } = resolved.value;
    const read = isDeclared ? substituteText(run, value, { ...run.globals, ...place }) : ok(value);
    if (!read.ok) return read;
    if (isDeclared) declaredOnes.add(declared.name);
    parameters.push({ ...declared, value: read.value });
  }
  const scope = inputScope(template, { parameters });
  for (const [index, one] of parameters.entries()) {
    if (!declaredOnes.has(one.name)) continue;
    const read = substituteText(run, toAnyText(one.value), scope);
    if (!read.ok) return read;
    parameters[index] = { ...one, value: read.value };
  }
  const artifacts: Artifact[] = [];
  for (const declared of template.inputs?.artifacts ?? []) {
    const artifact = resolveInputArtifact(
      declared,
      given.artifacts?.find((one) => one.name === declared.name),
    );
    if (!artifact.ok) return artifact;
    if (artifact.value) artifacts.push(artifact.value);
  }
  return ok({ ...(parameters.length > 0 ? { parameters } : {}), ...(artifacts.length > 0 ? { artifacts } : {}) });
};

/** What a call gives, and where it stands. */
export interface InputCall {
  readonly given: Arguments;
  readonly place: TagValues;
}

const substituteText = (run: Run, text: string, values: TagValues): Result<string> => {
  if (!text.includes('{{')) return ok(text);
  const replaced = substituteTags(text, values, { unresolved: { kind: 'allow' }, now: run.now });
  return replaced.ok ? replaced : fail(replaced.error.message);
};

/** A value and whether the template says it itself. */
interface ResolvedValue {
  readonly value: string;
  readonly isDeclared: boolean;
}

const resolveParameter = (run: Run, declared: Parameter, argument: Parameter | undefined): Result<ResolvedValue> => {
  const isGiven = argument !== undefined && (argument.value !== undefined || argument.valueFrom !== undefined);
  const source = isGiven ? argument : declared;
  if (source.value !== undefined) return ok({ value: toAnyText(source.value), isDeclared: !isGiven });
  const own = declared.default ?? declared.valueFrom?.default;
  const fallback = source.valueFrom?.default ?? own ?? argument?.default;
  const reference = source.valueFrom?.configMapKeyRef;
  if (reference) {
    const names = substituteTags({ name: reference.name ?? '', key: reference.key }, run.globals, {
      unresolved: { kind: 'allow' },
    });
    if (!names.ok) return fail(names.error.message);
    const found = run.facts.configMapValue(names.value.name, names.value.key);
    if (found.kind === 'found') return ok({ value: found.value, isDeclared: false });
    if (found.kind === 'refused') return fail(found.message);
    if (fallback === undefined)
      return fail(
        `unable to retrieve inputs.parameters.${declared.name} from ConfigMap ${names.value.name}: key ${names.value.key} not found`,
      );
  }
  return fallback === undefined
    ? fail(`inputs.parameters.${declared.name} was not supplied`)
    : ok({ value: toAnyText(fallback), isDeclared: fallback === own });
};

const resolveInputArtifact = (declared: Artifact, argument: Artifact | undefined): Result<Artifact | undefined> => {
  // Where it goes is the template's business, where it comes from the caller's.
  const { name, path, mode, recurseMode, optional } = declared;
  const place = {
    name,
    ...(path === undefined ? {} : { path }),
    ...(mode === undefined ? {} : { mode }),
    ...(recurseMode === undefined ? {} : { recurseMode }),
    ...(optional === undefined ? {} : { optional }),
  };
  if (argument && hasLocation(argument)) {
    const {
      path: _path,
      globalName: _global,
      mode: _mode,
      recurseMode: _recurse,
      optional: _optional,
      ...location
    } = argument;
    return ok({ ...location, ...place });
  }
  if (hasLocation(declared)) return ok(declared);
  return optional ? ok(undefined) : fail(`inputs.artifacts.${name} was not supplied`);
};

/** Whether an artifact says where its content is. @spec WF-ART-26 */
const hasLocation = (artifact: Artifact): boolean =>
  artifact.raw !== undefined ||
  (artifact.git?.repo ?? '') !== '' ||
  (artifact.http?.url ?? '') !== '' ||
  (artifact.s3?.key ?? '') !== '';

/** Names the inputs offer inside the template. */
export const inputScope = (template: Template, inputs: Inputs): TagValues => {
  const scope: Record<string, Json> = {};
  for (const one of inputs.parameters ?? []) scope[`inputs.parameters.${one.name}`] = toAnyText(one.value);
  if (inputs.parameters)
    scope['inputs.parameters'] = JSON.stringify(
      inputs.parameters.map((one) => ({ ...one, value: toAnyText(one.value) })),
    );
  for (const one of template.inputs?.artifacts ?? [])
    if (one.path !== undefined) scope[`inputs.artifacts.${one.name}.path`] = one.path;
  for (const one of template.outputs?.artifacts ?? [])
    if (one.path !== undefined) scope[`outputs.artifacts.${one.name}.path`] = one.path;
  for (const one of template.outputs?.parameters ?? [])
    if (one.valueFrom?.path !== undefined) scope[`outputs.parameters.${one.name}.path`] = one.valueFrom.path;
  return scope;
};

/** Two passes: what is known of the workflow and the place, then the inputs. Names that are not known stay as text. */
export const processTemplate = (run: Run, template: Template, inputs: Inputs, place: TagValues): Result<Template> => {
  const unresolved = { kind: 'allow' } as const;
  // Where input artifacts come from is written with tags as well; the values of parameters are data and stay as given.
  const body: Template = { ...template, inputs: inputs.artifacts ? { artifacts: inputs.artifacts } : undefined };
  const first = substituteTags(body, { ...run.globals, ...place }, { unresolved, now: run.now });
  if (!first.ok) return fail(first.error.message);
  const second = substituteTags(first.value, inputScope({ ...first.value, inputs: template.inputs }, inputs), {
    unresolved,
    now: run.now,
  });
  if (!second.ok) return fail(second.error.message);
  const artifacts = second.value.inputs?.artifacts;
  return ok({ ...second.value, inputs: { ...inputs, ...(artifacts ? { artifacts } : {}) } });
};
