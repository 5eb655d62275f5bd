/**
 * Collects what a container has left behind when it ended: its result, parameters and artifacts.
 * @spec WF-OUT-01, WF-OUT-02
 */
import { open, stat } from 'node:fs/promises';
import path from 'node:path';

import { Failure, messageOf } from '@argosy/base';
import type { ContainerContext, ContainerOutcome } from '@argosy/cluster';

import { LABEL_WORKFLOW } from '../api/labels.ts';
import type { Artifact, Outputs, Parameter } from '../api/template-schema.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { toAnyText } from '../compile/any-string.ts';
import type { PodPlan } from '../pods/pod-plan.ts';

/** What there was, and a sentence for each thing that was not. */
export interface CollectedOutputs {
  readonly outputs: Outputs;
  readonly problems: readonly string[];
}

/** Largest result; the last bytes are kept. @spec WF-OUT-01 */
const LONGEST_RESULT_BYTES = 256 * 1024;
/** Largest output parameter: it travels inside objects. */
const LONGEST_PARAMETER_BYTES = 1024 * 1024;

/** Collects it; artifacts go to the store. */
export const collectOutputs = async (
  store: ArtifactStore,
  of: { readonly context: ContainerContext; readonly plan: PodPlan; readonly outcome: ContainerOutcome },
): Promise<CollectedOutputs> => {
  const { context, plan, outcome } = of;
  const parameters = await collectParameters(context, plan.parameters ?? []);
  const artifacts = await collectArtifacts(store, context, plan.artifacts ?? []);
  const result = plan.includeResult ? { result: resultOf(outcome.stdout) } : {};
  return {
    outputs: {
      ...result,
      ...(parameters.found.length > 0 ? { parameters: parameters.found } : {}),
      ...(artifacts.found.length > 0 ? { artifacts: artifacts.found } : {}),
    },
    problems: [...parameters.problems, ...artifacts.problems],
  };
};

interface Collected<T> {
  // The types of the schema are not readonly.
  readonly found: T[];
  readonly problems: readonly string[];
}

const collectParameters = async (
  context: ContainerContext,
  wanted: readonly Parameter[],
): Promise<Collected<Parameter>> => {
  const found: Parameter[] = [];
  const problems: string[] = [];
  for (const one of wanted) {
    const value = await readParameter(context, one);
    if (value === undefined)
      problems.push(`cannot save parameter ${one.name}: ${one.valueFrom?.path ?? 'no path'} was not written`);
    else found.push({ ...one, value });
  }
  return { found, problems };
};

const collectArtifacts = async (
  store: ArtifactStore,
  context: ContainerContext,
  wanted: readonly Artifact[],
): Promise<Collected<Artifact>> => {
  const found: Artifact[] = [];
  const problems: string[] = [];
  for (const one of wanted) {
    try {
      const saved = await saveArtifact(store, context, one);
      if (saved) found.push(saved);
    } catch (thrown) {
      problems.push(`cannot save artifact ${one.name}: ${messageOf(thrown)}`);
    }
  }
  return { found, problems };
};

const resultOf = (stdout: string): string => {
  const bytes = Buffer.from(stdout);
  const kept =
    bytes.byteLength > LONGEST_RESULT_BYTES
      ? bytes.subarray(bytes.byteLength - LONGEST_RESULT_BYTES).toString('utf8')
      : stdout;
  return kept.replace(/\r?\n$/, '');
};

/** Content of a parameter's file without one trailing newline, or its default; `undefined` when there is neither. */
const readParameter = async (context: ContainerContext, parameter: Parameter): Promise<string | undefined> => {
  const fallback = parameter.valueFrom?.default === undefined ? undefined : toAnyText(parameter.valueFrom.default);
  const place = parameter.valueFrom?.path;
  if (place === undefined) return parameter.value === undefined ? fallback : toAnyText(parameter.value);
  try {
    const file = await open(context.resolvePath(place), 'r');
    try {
      const { size } = await file.stat();
      if (size > LONGEST_PARAMETER_BYTES)
        throw new Failure(`parameter ${parameter.name}: ${place} is larger than 1 MiB; pass it as an artifact`, {
          code: 'ParameterTooLarge',
        });
      return (await file.readFile('utf8')).replace(/\r?\n$/, '');
    } finally {
      await file.close();
    }
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return fallback;
    throw thrown;
  }
};

/** Saves what lies at an artifact's path under `<workflow>/<pod>/<name>`; `undefined` for an optional one that is absent. */
const saveArtifact = async (
  store: ArtifactStore,
  context: ContainerContext,
  artifact: Artifact,
): Promise<Artifact | undefined> => {
  const place = artifact.path;
  if (place === undefined) return undefined;
  const source = context.resolvePath(place);
  try {
    await stat(source);
  } catch {
    if (artifact.optional) return undefined;
    throw new Failure(`path ${place} does not exist (or is empty) in the container`, { code: 'OutputMissing' });
  }
  const { metadata } = context.pod;
  const isPlain = artifact.archive?.none !== undefined;
  const key =
    artifact.s3?.key ??
    `${metadata.labels?.[LABEL_WORKFLOW] ?? ''}/${metadata.name ?? ''}/${isPlain ? path.posix.basename(place) : `${artifact.name}.tgz`}`;
  await store.save(key, source, isPlain ? 'file' : 'tar');
  const { optional: _, ...rest } = artifact;
  return { ...rest, s3: { key } };
};
