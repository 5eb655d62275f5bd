/**
 * The one node of an embedded cluster: the network of its services, and the kubelet.
 */
import {
  createKubelet,
  createServiceNetwork,
  type ApiServer,
  type Kubelet,
  type PodSupervisor,
  type ServiceNetwork,
} from '@argosy/cluster';

import type { Lifetime } from '../machine/lifetime.ts';
import type { PlatformOptions } from '../platform-options.ts';
import type { ProductDeps } from '../products/products.ts';
import { createRuntime } from './pod-runtime.ts';

/** The node; both run until they are told to stop. */
export interface OpenNode {
  readonly network: ServiceNetwork;
  readonly kubelet: Kubelet;
}

const NODE_NAME = 'argosy';

/** Opens it. Throws a Failure when what shall run the pods is not there. */
export const openNode = async (
  deps: ProductDeps,
  of: {
    readonly server: ApiServer;
    /** Where this machine reaches the API server. */
    readonly apiServer: { readonly address: string; readonly port: number };
    readonly supervisors: readonly PodSupervisor[];
    readonly folder: string;
    readonly options: PlatformOptions;
  },
  lifetime: Lifetime,
): Promise<OpenNode> => {
  const { server, apiServer, supervisors, folder, options } = of;
  const network = createServiceNetwork(deps, { apiServer });
  await network.open();
  lifetime.onEnd(() => network.close());
  const runtime = await createRuntime(deps, { folder, options, network });
  const recorder = deps.recorder.as('kubelet');
  const kubelet = createKubelet(
    { ...deps, client: deps.clientOf('kubelet'), recorder, supervisors, runtime, network, tokens: server.tokens },
    { nodeName: NODE_NAME },
  );
  server.setPodAccess(kubelet);
  return { network, kubelet };
};
