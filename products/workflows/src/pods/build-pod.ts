/**
 * The pod of a container or script template. Pure: the same template gives the same pod, so creating it again collides
 * by name and harms nothing. @spec WF-POD-04 … WF-POD-07, WF-META-01 … WF-META-08, WF-VOL-01
 */
import { fail, isObject, messageOf, ok, type Result } from '@argosy/base';
import {
  controllerReferenceTo,
  type Container,
  type Pod,
  type PodSpec,
  type Volume,
  type VolumeMount,
} from '@argosy/kube';
import { load } from 'js-yaml';

import type { Workflow } from '../api/kinds.ts';
import {
  ANNOTATION_CAUSE,
  ANNOTATION_NODE_ID,
  ANNOTATION_NODE_NAME,
  ANNOTATION_TRACEPARENT,
  LABEL_COMPLETED,
  LABEL_ON_EXIT,
  LABEL_WORKFLOW,
} from '../api/labels.ts';
import type { Template, WorkflowSpec } from '../api/template-schema.ts';
import { mergeOver } from '../compile/merge-spec.ts';
import { ANNOTATION_PLAN, type PodPlan } from './pod-plan.ts';

/** Everything a pod is made of. */
export interface PodRequest {
  readonly workflow: Workflow;
  readonly spec: WorkflowSpec;
  readonly template: Template;
  readonly nodeId: string;
  readonly nodeName: string;
  readonly podName: string;
  readonly isExit: boolean;
  readonly includeResult: boolean;
  readonly activeDeadlineSeconds: number | undefined;
}

/** Where a script lies in its container. */
export const SCRIPT_PATH = '/argo/staging/script';
/** Kubernetes refuses annotations beyond 256 KiB in all; the rest is left to people. */
const LONGEST_PLAN = 200 * 1024;

/** Builds the pod; the error says which field is at fault. */
export const buildPod = (request: PodRequest): Result<Pod> => {
  const { template, spec } = request;
  const main = mainContainer(request);
  if (!main.ok) return main;
  const plan = JSON.stringify(planOf(request));
  if (plan.length > LONGEST_PLAN)
    return fail(
      `template ${template.name ?? ''}: script, artifacts and outputs are ${plan.length} bytes together; at most ${LONGEST_PLAN} are supported`,
    );
  const containers = [main.value];
  // Deviates: sidecars are Kubernetes' own (init containers that are restarted), so that they are there before main
  // starts and end with it on any cluster, without anybody inside the pod to kill them. See conformance/inputs.test.ts.
  const sidecars = (template.sidecars ?? []).map((one): Container => ({
    ...withMounts(one, main.value),
    restartPolicy: 'Always',
  }));
  const initContainers = [...(template.initContainers ?? []).map((one) => withMounts(one, main.value)), ...sidecars];
  const podSpec: PodSpec = {
    restartPolicy: 'Never',
    containers,
    ...(initContainers.length > 0 ? { initContainers } : {}),
    ...volumesOf(request, [...containers, ...initContainers]),
    ...(request.activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds: request.activeDeadlineSeconds }),
    ...passThrough(spec, template),
  };
  const patched = applyPatches(podSpec, [spec.podSpecPatch, template.podSpecPatch]);
  if (!patched.ok) return patched;
  return ok({ apiVersion: 'v1', kind: 'Pod', metadata: metadataOf(request, plan), spec: patched.value });
};

const mainContainer = ({ template, nodeId, podName, workflow }: PodRequest): Result<Container> => {
  const source = (template.container ?? template.script ?? {}) as Readonly<Record<string, unknown>>;
  const { source: _script, name: _name, ...container } = source;
  if (typeof container['image'] !== 'string' || container['image'] === '')
    return fail(`templates.${template.name ?? ''}.${template.script ? 'script' : 'container'}.image may not be empty`);
  const given = container as unknown as Container;
  const isScript = template.script !== undefined;
  const env = [
    ...(given.env ?? []),
    { name: 'ARGO_CONTAINER_NAME', value: 'main' },
    { name: 'ARGO_NODE_ID', value: nodeId },
    { name: 'ARGO_POD_NAME', value: podName },
    { name: 'ARGO_WORKFLOW_NAME', value: workflow.metadata.name ?? '' },
  ];
  const mounts: readonly VolumeMount[] = [
    ...(given.volumeMounts ?? []),
    ...(isScript ? [{ name: 'argo-staging', mountPath: '/argo/staging' }] : []),
  ];
  return ok({
    ...given,
    name: 'main',
    env,
    ...(isScript ? { args: [...(given.args ?? []), SCRIPT_PATH] } : {}),
    ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
  });
};

const withMounts = (given: Readonly<Record<string, unknown>>, main: Container): Container => {
  const { mirrorVolumeMounts, ...container } = given;
  const own = container as unknown as Container;
  return mirrorVolumeMounts === true
    ? { ...own, volumeMounts: [...(own.volumeMounts ?? []), ...(main.volumeMounts ?? [])] }
    : own;
};

/** Only volumes that some container mounts. The template's win over the workflow's. */
const volumesOf = (
  { spec, template }: PodRequest,
  containers: readonly Container[],
): { readonly volumes?: readonly Volume[] } => {
  const mounted = new Set(containers.flatMap((container) => (container.volumeMounts ?? []).map((mount) => mount.name)));
  const declared = new Map<string, Volume>();
  for (const volume of [...(spec.volumes ?? []), ...(template.volumes ?? [])] as unknown as readonly Volume[])
    declared.set(volume.name, volume);
  if (template.script) declared.set('argo-staging', { name: 'argo-staging', emptyDir: {} });
  const volumes = [...declared.values()].filter((volume) => mounted.has(volume.name));
  return volumes.length > 0 ? { volumes } : {};
};

const passThrough = (spec: WorkflowSpec, template: Template): Readonly<Record<string, unknown>> => {
  const fields: Readonly<Record<string, unknown>> = {
    serviceAccountName: template.serviceAccountName ?? spec.serviceAccountName,
    automountServiceAccountToken: template.automountServiceAccountToken ?? spec.automountServiceAccountToken,
    nodeSelector: template.nodeSelector ?? spec.nodeSelector,
    affinity: template.affinity ?? spec.affinity,
    tolerations: template.tolerations ?? spec.tolerations,
    schedulerName: template.schedulerName ?? spec.schedulerName,
    priorityClassName: template.priorityClassName ?? spec.podPriorityClassName,
    securityContext: template.securityContext ?? spec.securityContext,
    hostAliases: template.hostAliases ?? spec.hostAliases,
    imagePullSecrets: spec.imagePullSecrets,
    hostNetwork: spec.hostNetwork,
    dnsPolicy: spec.dnsPolicy,
    dnsConfig: spec.dnsConfig,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
};

const applyPatches = (spec: PodSpec, patches: readonly (string | undefined)[]): Result<PodSpec> => {
  let patched = spec;
  for (const text of patches) {
    if (text === undefined || text === '') continue;
    let patch: unknown;
    try {
      patch = load(text);
    } catch (thrown) {
      return fail(`podSpecPatch is neither JSON nor YAML: ${messageOf(thrown)}`);
    }
    if (!isObject(patch)) return fail('podSpecPatch must be an object');
    patched = mergeOver(patch as unknown as PodSpec, patched);
  }
  return ok(patched);
};

const planOf = ({ template, includeResult }: PodRequest): PodPlan => ({
  ...(template.inputs?.artifacts ? { inputs: template.inputs.artifacts } : {}),
  ...(template.outputs?.parameters ? { parameters: template.outputs.parameters } : {}),
  ...(template.outputs?.artifacts ? { artifacts: template.outputs.artifacts } : {}),
  ...(typeof template.script?.['source'] === 'string' ? { script: template.script['source'] } : {}),
  includeResult,
});

const metadataOf = (request: PodRequest, plan: string): Pod['metadata'] => {
  const { workflow, spec, template } = request;
  const inherited = Object.fromEntries(
    [ANNOTATION_CAUSE, ANNOTATION_TRACEPARENT].flatMap((name) =>
      workflow.metadata.annotations?.[name] === undefined ? [] : [[name, workflow.metadata.annotations[name]]],
    ),
  );
  return {
    name: request.podName,
    namespace: workflow.metadata.namespace,
    labels: {
      ...spec.podMetadata?.labels,
      ...template.metadata?.labels,
      [LABEL_WORKFLOW]: workflow.metadata.name ?? '',
      [LABEL_COMPLETED]: 'false',
      ...(request.isExit ? { [LABEL_ON_EXIT]: 'true' } : {}),
    },
    annotations: {
      [ANNOTATION_CAUSE]: JSON.stringify({
        kind: 'Workflow',
        namespace: workflow.metadata.namespace,
        name: workflow.metadata.name,
        uid: workflow.metadata.uid,
      }),
      ...(inherited[ANNOTATION_TRACEPARENT] === undefined
        ? {}
        : { [ANNOTATION_TRACEPARENT]: inherited[ANNOTATION_TRACEPARENT] }),
      ...spec.podMetadata?.annotations,
      ...template.metadata?.annotations,
      [ANNOTATION_NODE_ID]: request.nodeId,
      [ANNOTATION_NODE_NAME]: request.nodeName,
      'kubectl.kubernetes.io/default-container': 'main',
      [ANNOTATION_PLAN]: plan,
    },
    ownerReferences: [controllerReferenceTo(workflow)],
  };
};
