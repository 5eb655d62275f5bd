/**
 * Puts a pod on a node, once. @upstream kubernetes pkg/registry/core/pod/storage/storage.go (BindingREST)
 */
import type { WriteOptions } from '@argosy/client';
import {
  ApiStatusError,
  conflict,
  PODS,
  withCondition,
  type Binding,
  type KubeObject,
  type ObjectKey,
  type Pod,
} from '@argosy/kube';

import { kindOf, type ApiContext } from '../api-context.ts';
import { admitBody } from '../webhooks/admit-body.ts';
import { changeAlone } from './change-object.ts';

/** The way a binding took: below its pod, or, as long ago, in a collection of bindings. */
export type BindingRoute = 'pods/binding' | 'bindings';

/**
 * Binds the pod of this address. Throws InternalError for a binding that names no node, NotFound, and Conflict for a pod
 * that has a node, is at a gate, is on its way out, or is not the one meant.
 */
export const bindPod = async (
  context: ApiContext,
  key: ObjectKey,
  {
    binding: given,
    options = {},
    route = 'pods/binding',
  }: { readonly binding: Binding; readonly options?: WriteOptions; readonly route?: BindingRoute },
): Promise<void> => {
  const kind = kindOf(context, PODS);
  const { metadata } = given;
  const object = { ...given, metadata: { ...metadata, ...(key.namespace ? { namespace: key.namespace } : {}) } };
  const binding =
    route === 'bindings'
      ? await admitBody(context, kindOf(context, BINDINGS), { object, options })
      : await admitBody(context, kind, { object, subresource: 'binding', options });
  const node = targetOf(binding);
  const change = (current: KubeObject): KubeObject => {
    const pod = current as Pod;
    const reason = refusal(pod);
    if (reason !== undefined) throw conflict({ group: '', resource: 'pods/binding' }, key.name, reason);
    return boundPod(pod, { binding, node, now: context.clock.now() });
  };
  await changeAlone(context, kind, { key, options: { ...options, subresource: 'binding' }, change });
};

const BINDINGS = { group: '', version: 'v1', resource: 'bindings' } as const;

const targetOf = ({ target }: Partial<Binding>): string => {
  const { kind = '', name = '' } = target ?? {};
  const problems = [
    ...(kind === '' || kind === 'Node'
      ? []
      : [`target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`]),
    ...(typeof name === 'string' && name !== '' ? [] : ['target.name: Required value']),
  ];
  // Upstream takes this for a fault of its own, and clients know it as that.
  if (problems.length > 0)
    throw new ApiStatusError('InternalError', problems.length > 1 ? `[${problems.join(', ')}]` : problems.join());
  return name;
};

const refusal = ({ metadata, spec }: Pod): string | undefined => {
  const { name } = metadata;
  if (metadata.deletionTimestamp) return `pod ${name} is being deleted, cannot be assigned to a host`;
  if (spec?.nodeName) return `pod ${name} is already assigned to node ${JSON.stringify(spec.nodeName)}`;
  const gates = spec?.['schedulingGates'];
  return Array.isArray(gates) && gates.length > 0 ? `pod ${name} has non-empty .spec.schedulingGates` : undefined;
};

/** What a binding says of the pod's version and uid is held against the pod by the write itself. */
const boundPod = (
  pod: Pod,
  { binding, node, now }: { readonly binding: Binding; readonly node: string; readonly now: number },
): Pod => {
  const { uid, resourceVersion, annotations } = binding.metadata;
  const metadata = {
    ...pod.metadata,
    uid,
    resourceVersion,
    ...(annotations ? { annotations: { ...pod.metadata.annotations, ...annotations } } : {}),
  };
  const conditions = withCondition(pod.status?.conditions, { type: 'PodScheduled', status: 'True' }, now);
  return {
    ...pod,
    metadata,
    spec: { ...(pod.spec ?? { containers: [] }), nodeName: node },
    status: { ...pod.status, conditions },
  };
};
