/**
 * What upstream's init and wait containers do, done by the kubelet's side: place the script and input artifacts before
 * the main container starts, collect result, parameters and artifacts after it ended, and report them in a
 * WorkflowTaskResult before the pod is seen to have ended. @spec WF-EXEC, WF-TR-01, WF-OUT-01, WF-OUT-02, WF-ART-29
 */
import { randomUUID } from 'node:crypto';
import { chmod, cp, mkdir, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { Failure, messageOf, type Logger } from '@argosy/base';
import type { Client } from '@argosy/client';
import type { ContainerContext, ContainerOutcome, PodSupervisor } from '@argosy/cluster';
import { isApiError, SECRETS, type Pod } from '@argosy/kube';

import { WORKFLOW_TASK_RESULTS, type WorkflowTaskResult } from '../api/kinds.ts';
import { ANNOTATION_NODE_ID, LABEL_REPORT_OUTPUTS_COMPLETED, LABEL_WORKFLOW } from '../api/labels.ts';
import type { Artifact, Outputs, Parameter } from '../api/template-schema.ts';
import { toAnyText } from '../compile/any-string.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { fetchGit } from '../artifacts/fetch-git.ts';
import { SCRIPT_PATH } from '../pods/build-pod.ts';
import { podPlanOf, type PodPlan } from '../pods/pod-plan.ts';

/** Ports of the supervisor. */
export interface WorkflowSupervisorDeps {
  readonly client: Client;
  readonly artifacts: ArtifactStore;
  readonly log: Logger;
  /** Environment of the programs it starts (git). */
  readonly env: Readonly<Record<string, string>>;
}

/** Where it works. */
export interface WorkflowSupervisorOptions {
  /** For clones on their way into a container; made if absent. */
  readonly scratchDirectory: string;
}

/** Largest result; the last bytes are kept. @spec WF-OUT-01 */
const LONGEST_RESULT_BYTES = 256 * 1024;
/** Largest output parameter: it travels inside objects. */
const LONGEST_PARAMETER_BYTES = 1024 * 1024;
/** Largest artifact fetched over HTTP. */
const LARGEST_DOWNLOAD_BYTES = 1024 * 1024 * 1024;

/** Creates the supervisor of workflow pods. */
export const createWorkflowSupervisor = (
  deps: WorkflowSupervisorDeps,
  options: WorkflowSupervisorOptions,
): PodSupervisor => ({
  supervises: (pod) => pod.metadata.labels?.[LABEL_WORKFLOW] !== undefined && podPlanOf(pod) !== undefined,
  prepare: async (context) => {
    const plan = podPlanOf(context.pod);
    if (!plan || context.container !== 'main') return;
    if (plan.script !== undefined) await placeScript(context, plan.script);
    for (const artifact of plan.inputs ?? []) await placeArtifact(deps, options, context, artifact);
    for (const place of [
      ...(plan.parameters ?? []).map((one) => one.valueFrom?.path),
      ...(plan.artifacts ?? []).map((one) => one.path),
    ])
      if (place !== undefined) await prepareFolder(context, place);
  },
  collect: async (context, outcome) => {
    const plan = podPlanOf(context.pod);
    if (!plan || context.container !== 'main') return;
    const { outputs, problems } = await collectOutputs(deps, context, plan, outcome);
    if (Object.keys(outputs).length > 0 || plan.includeResult) await reportResult(deps.client, context.pod, outputs);
    // The container's own failure says more than what it did not write.
    if (problems.length > 0 && outcome.exitCode === 0)
      throw new Failure(problems.join('; '), { code: 'OutputMissing' });
  },
});

const placeScript = async (context: ContainerContext, script: string): Promise<void> => {
  const file = context.resolvePath(SCRIPT_PATH);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, script, { mode: 0o755 });
  await chmod(file, 0o755);
};

/** Programs expect the folder of their output to be there only if the image has it; /tmp always is. */
const prepareFolder = async (context: ContainerContext, place: string): Promise<void> => {
  if (path.posix.dirname(place) !== '/tmp') return;
  await mkdir(context.resolvePath('/tmp'), { recursive: true });
};

const placeArtifact = async (
  deps: WorkflowSupervisorDeps,
  options: WorkflowSupervisorOptions,
  context: ContainerContext,
  artifact: Artifact,
): Promise<void> => {
  if (artifact.path === undefined) return;
  const destination = context.resolvePath(artifact.path);
  const isPlaced = await fetchArtifact(deps, options, { context, artifact, destination });
  if (!isPlaced) {
    if (artifact.optional) return;
    throw new Failure(`artifact ${artifact.name} failed to load: there is nothing under its key`, {
      code: 'ArtifactMissing',
    });
  }
  if (artifact.mode !== undefined) await setMode(destination, artifact.mode, artifact.recurseMode === true);
};

interface ArtifactFetch {
  readonly context: ContainerContext;
  readonly artifact: Artifact;
  readonly destination: string;
}

const fetchArtifact = async (
  deps: WorkflowSupervisorDeps,
  options: WorkflowSupervisorOptions,
  { context, artifact, destination }: ArtifactFetch,
): Promise<boolean> => {
  if (artifact.raw) {
    await mkdir(path.dirname(destination), { recursive: true });
    await writeFile(destination, artifact.raw.data);
    return true;
  }
  if (artifact.s3?.key !== undefined) return deps.artifacts.load(artifact.s3.key, destination, artifact.subPath);
  if (artifact.http) return download(artifact, destination);
  if (artifact.git) {
    await cloneInto(deps, options, { context, artifact, destination });
    return true;
  }
  return false;
};

const cloneInto = async (
  deps: WorkflowSupervisorDeps,
  options: WorkflowSupervisorOptions,
  { context, artifact, destination }: ArtifactFetch,
): Promise<void> => {
  const { git } = artifact;
  if (!git) return;
  const namespace = context.pod.metadata.namespace ?? '';
  const scratch = path.join(options.scratchDirectory, randomUUID());
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  try {
    const credentials = {
      username: await readSecret(deps.client, namespace, git.usernameSecret),
      password: await readSecret(deps.client, namespace, git.passwordSecret),
      sshPrivateKey: await readSecret(deps.client, namespace, git.sshPrivateKeySecret),
    };
    const clone = path.join(scratch, 'clone');
    await fetchGit({ git, credentials, destination: clone, scratch, env: deps.env });
    await mkdir(destination, { recursive: true });
    await cp(clone, destination, { recursive: true, verbatimSymlinks: true });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

const readSecret = async (
  client: Client,
  namespace: string,
  reference: { readonly name?: string; readonly key: string; readonly optional?: boolean } | undefined,
): Promise<string | undefined> => {
  if (!reference) return undefined;
  const secret = await client.get(SECRETS, { namespace, name: reference.name ?? '' });
  const value = secret.data?.[reference.key];
  if (value === undefined && !reference.optional)
    throw new Failure(`secret ${reference.name ?? ''} has no key ${reference.key}`, { code: 'SecretMissing' });
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
};

const download = async ({ http, name }: Artifact, destination: string): Promise<boolean> => {
  if (!http) return false;
  const response = await fetch(http.url, {
    headers: (http.headers ?? []).map((header): [string, string] => [header.name, header.value]),
    signal: AbortSignal.timeout(300_000),
  });
  if (response.status === 404) return false;
  if (!response.ok || !response.body)
    throw new Failure(`artifact ${name}: ${http.url} answered ${response.status}`, {
      code: 'DownloadFailed',
      retryable: true,
    });
  await mkdir(path.dirname(destination), { recursive: true });
  const file = await open(destination, 'w');
  try {
    let total = 0;
    for await (const chunk of response.body) {
      total += chunk.byteLength;
      if (total > LARGEST_DOWNLOAD_BYTES)
        throw new Failure(`artifact ${name}: ${http.url} is larger than 1 GiB`, { code: 'DownloadTooLarge' });
      await file.write(chunk);
    }
  } finally {
    await file.close();
  }
  return true;
};

const setMode = async (file: string, mode: number, doRecurse: boolean): Promise<void> => {
  await chmod(file, mode);
  if (!doRecurse || !(await stat(file)).isDirectory()) return;
  for (const entry of await readdir(file, { withFileTypes: true }))
    if (!entry.isSymbolicLink()) await setMode(path.join(file, entry.name), mode, true);
};

const collectOutputs = async (
  deps: WorkflowSupervisorDeps,
  context: ContainerContext,
  plan: PodPlan,
  outcome: ContainerOutcome,
): Promise<{ readonly outputs: Outputs; readonly problems: readonly string[] }> => {
  const problems: string[] = [];
  const parameters: Parameter[] = [];
  for (const one of plan.parameters ?? []) {
    const value = await readParameter(context, one);
    if (value === undefined)
      problems.push(`cannot save parameter ${one.name}: ${one.valueFrom?.path ?? 'no path'} was not written`);
    else parameters.push({ ...one, value });
  }
  const artifacts: Artifact[] = [];
  for (const one of plan.artifacts ?? []) {
    try {
      const saved = await saveArtifact(deps, context, one);
      if (saved) artifacts.push(saved);
    } catch (thrown) {
      problems.push(`cannot save artifact ${one.name}: ${messageOf(thrown)}`);
    }
  }
  const result = plan.includeResult ? { result: resultOf(outcome.stdout) } : {};
  return {
    outputs: {
      ...result,
      ...(parameters.length > 0 ? { parameters } : {}),
      ...(artifacts.length > 0 ? { artifacts } : {}),
    },
    problems,
  };
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
  deps: WorkflowSupervisorDeps,
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
  await deps.artifacts.save(key, source, isPlain ? 'file' : 'tar');
  const { optional: _, ...rest } = artifact;
  return { ...rest, s3: { key } };
};

/** Creates or replaces the report of a pod. */
const reportResult = async (client: Client, pod: Pod, outputs: Outputs): Promise<void> => {
  const { metadata } = pod;
  const name = metadata.annotations?.[ANNOTATION_NODE_ID] ?? '';
  const owners = metadata.ownerReferences
    ?.filter((owner) => owner.kind === 'Workflow')
    .map(({ apiVersion, kind, name: owner, uid }) => ({ apiVersion, kind, name: owner, uid }));
  const result: WorkflowTaskResult = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'WorkflowTaskResult',
    metadata: {
      name,
      namespace: metadata.namespace,
      labels: { [LABEL_WORKFLOW]: metadata.labels?.[LABEL_WORKFLOW] ?? '', [LABEL_REPORT_OUTPUTS_COMPLETED]: 'true' },
      ...(owners ? { ownerReferences: owners } : {}),
    },
    outputs,
  };
  try {
    await client.create(WORKFLOW_TASK_RESULTS, result);
  } catch (thrown) {
    if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
    await client.patch(
      WORKFLOW_TASK_RESULTS,
      { namespace: metadata.namespace, name },
      { kind: 'merge', patch: { metadata: { labels: result.metadata.labels }, outputs } },
    );
  }
};
