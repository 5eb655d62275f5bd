/**
 * What upstream's init and wait containers do, done by the kubelet's side: place the script and input artifacts before
 * the main container starts, collect result, parameters and artifacts after it ended, and report them in a
 * WorkflowTaskResult before the pod is seen to have ended. @spec WF-EXEC, WF-TR-01, WF-OUT-01, WF-OUT-02, WF-ART-29
 */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { Failure } from '@argosy/base';
import type { ContainerContext, PodSupervisor } from '@argosy/cluster';

import { LABEL_WORKFLOW } from '../api/labels.ts';
import { SCRIPT_PATH } from '../pods/build-pod.ts';
import { podPlanOf } from '../pods/pod-plan.ts';
import { collectOutputs } from './collect-outputs.ts';
import { placeArtifact, type ArtifactSources } from './place-artifact.ts';
import { reportResult } from './report-result.ts';

/** Ports of the supervisor. */
export type WorkflowSupervisorDeps = Omit<ArtifactSources, 'scratchDirectory'>;

/** Where it works. */
export type WorkflowSupervisorOptions = Pick<ArtifactSources, 'scratchDirectory'>;

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
    for (const artifact of plan.inputs ?? []) await placeArtifact({ ...deps, ...options }, context, artifact);
    for (const place of [
      ...(plan.parameters ?? []).map((one) => one.valueFrom?.path),
      ...(plan.artifacts ?? []).map((one) => one.path),
    ])
      if (place !== undefined) await prepareFolder(context, place);
  },
  collect: async (context, outcome) => {
    const plan = podPlanOf(context.pod);
    if (!plan || context.container !== 'main') return;
    const { outputs, problems } = await collectOutputs(deps.artifacts, { context, plan, outcome });
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
