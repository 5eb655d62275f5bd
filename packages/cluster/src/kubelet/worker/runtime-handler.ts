/**
 * The runtime a pod asks for by its RuntimeClass. Here there is one, under its usual names; a pod that wants another waits
 * with a message, as it does where a node has none.
 * @upstream kubernetes pkg/kubelet/kuberuntime/kuberuntime_sandbox.go, containerd's CRI plugin
 */
import { delay } from '@argosy/base';
import { isApiError, RUNTIME_CLASSES } from '@argosy/kube';

import type { PodScope } from './pod-scope.ts';

/** What containers are run by, as clusters elsewhere name it. */
const USUAL_HANDLER = 'runc';
/** How often it is looked whether there is such a runtime by now, in milliseconds: about as often as a kubelet tries. */
const RETRY_MS = 12_000;

/** Resolves when the pod may be run; false when it is to end before. Tells why it waits, each time it looks. */
export const awaitRuntimeHandler = async (scope: PodScope): Promise<boolean> => {
  const name = scope.spec['runtimeClassName'];
  // Where nothing runs, any runtime is as good.
  if (typeof name !== 'string' || name === '' || scope.isSimulated) return true;
  while (!scope.stopping.aborted) {
    const problem = await problemWith(scope, name);
    if (problem === undefined) return true;
    scope.tell('Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${problem}`);
    await delay(scope.deps.clock, RETRY_MS, scope.stopping);
  }
  return false;
};

const problemWith = async ({ deps }: PodScope, name: string): Promise<string | undefined> => {
  try {
    const { handler } = await deps.client.get(RUNTIME_CLASSES, { name });
    if (handler === USUAL_HANDLER || handler === deps.runtime.name) return undefined;
    return `rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for ${JSON.stringify(handler)} is configured`;
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound')) return `RuntimeClass ${JSON.stringify(name)} not found`;
    throw thrown;
  }
};
