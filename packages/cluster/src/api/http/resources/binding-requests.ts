/**
 * Bindings that are sent to a collection of their own, as before pods had them below: the body names its pod.
 * @upstream kubernetes pkg/registry/core/pod/storage/storage.go (LegacyBindingREST)
 */
import { ApiStatusError, type Binding } from '@argosy/kube';

import { bindPod } from '../../writes/bind-pod.ts';
import { checkWriteOptions } from '../request-options.ts';
import { notAllowed, writeOptions, type Call, type ResourceAnswer } from '../resource-call.ts';
import { subresourceBody } from '../bodies/subresource-body.ts';

/** What the store would keep bindings under. */
export const BINDINGS_STORAGE = '/bindings';

/** The kind of a binding's body. */
export const BINDING = { group: '', version: 'v1', kind: 'Binding' };

/** What who bound a pod is told. */
export const BOUND: ResourceAnswer = {
  kind: 'json',
  status: 201,
  value: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
};

/** Binds the pod the body names. Throws NotFound, MethodNotAllowed, BadRequest, and what a binding throws. */
export const answerBindings = async (call: Call): Promise<ResourceAnswer> => {
  const { context, request } = call;
  const { namespace, name: inPath } = request.path;
  if (inPath !== undefined || !namespace)
    throw new ApiStatusError('NotFound', 'the server could not find the requested resource');
  if (request.method !== 'POST') throw notAllowed();
  checkWriteOptions(request);
  const binding = subresourceBody(call, BINDING) as Binding;
  const { name } = binding.metadata;
  if (!name) throw new ApiStatusError('BadRequest', 'Name parameter required.');
  await bindPod(context, { namespace, name }, { binding, options: writeOptions(call), route: 'bindings' });
  return BOUND;
};
