/**
 * Streams into pods are asked of webhooks and policies as well: as CONNECT to `pods/exec` and its like, with the options of the
 * request as the object. @upstream kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/rest.go#ConnectResource
 */
import type { Caller, KubeObject, Pod } from '@argosy/kube';

import { kindOf, type ApiContext } from '../api-context.ts';
import { commandOptions } from './remote-command.ts';

/** What a stream is for. */
export type StreamSubresource = 'exec' | 'attach' | 'portforward';

const OPTIONS = { exec: 'PodExecOptions', attach: 'PodAttachOptions', portforward: 'PodPortForwardOptions' } as const;

/** Throws what who judges the connection says against it. What a webhook would change of the options stays as it was. */
export const admitConnection = async (
  context: ApiContext,
  of: {
    readonly pod: Pod;
    readonly subresource: StreamSubresource;
    readonly query: URLSearchParams;
    readonly caller: Caller;
  },
): Promise<void> => {
  const { pod, subresource, query, caller } = of;
  const target = {
    kind: kindOf(context, { group: '', version: 'v1', resource: 'pods' }),
    operation: 'CONNECT' as const,
    object: connectionObject(pod, subresource, query),
    before: undefined,
    subresource,
  };
  if (!context.webhooks.concern(target)) return;
  const occasion = { dryRun: false, caller };
  await context.webhooks.mutate(target, occasion);
  await context.webhooks.validate(target, occasion);
};

const connectionObject = (pod: Pod, subresource: StreamSubresource, query: URLSearchParams): KubeObject => {
  const { name = '', namespace = '' } = pod.metadata;
  const { command, ...streams } = commandOptions(query);
  const ports = query.getAll('ports').flatMap((text) => text.split(',').map(Number));
  const options = { exec: { ...streams, command }, attach: streams, portforward: { ports } }[subresource];
  return { apiVersion: 'v1', kind: OPTIONS[subresource], metadata: { name, namespace }, ...options };
};
