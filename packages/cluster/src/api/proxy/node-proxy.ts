/**
 * `nodes/NAME/proxy/…`: what the kubelet of a node tells of it. @upstream kubernetes pkg/registry/core/node/rest/proxy.go
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

import { ApiStatusError, notFound } from '@argosy/kube';

import type { PodAccess } from '../../kubelet/pod-runtime.ts';
import type { Store } from '../../store/store.ts';

const NODE_PATH = /\/nodes\/[^/]+\/proxy(\/[^?]*)?/;

/**
 * Answers with the node's document. Throws NotFound for a node or a document there is not, MethodNotAllowed for anything
 * but reading, and ServiceUnavailable for nodes this kubelet does not run.
 */
export const proxyToNode = async (
  { store, podAccess }: { readonly store: Pick<Store, 'get'>; readonly podAccess: PodAccess | undefined },
  call: { readonly request: IncomingMessage; readonly response: ServerResponse; readonly name: string },
): Promise<void> => {
  const { request, response } = call;
  const name = nodeName(call.name);
  if (!store.get('/nodes', { name })) throw notFound({ group: '', resource: 'nodes' }, name);
  const node = podAccess?.node;
  if (node?.name !== name)
    throw new ApiStatusError(
      'ServiceUnavailable',
      `error trying to reach service: no kubelet of node ${JSON.stringify(name)} runs beside this server`,
    );
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw new ApiStatusError('MethodNotAllowed', 'the server does not allow this method on the requested resource');
  const path = NODE_PATH.exec(request.url ?? '')?.[1] ?? '/';
  const document = await node.read(path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path);
  if (!document)
    throw new ApiStatusError('NotFound', `not supported yet: ${path} of a node; there are ${node.paths.join(', ')}`);
  response.writeHead(200, { 'content-type': document.contentType, 'cache-control': 'no-cache, private' });
  response.end(document.text);
};

/** A node may be named with a scheme before and a port after it; there is but one server to mean. */
const nodeName = (text: string): string => {
  const parts = text.split(':');
  const [scheme, name = ''] = parts.length === 3 ? parts : ['', ...parts];
  if (parts.length > 3 || name === '' || !['', 'http', 'https'].includes(scheme ?? ''))
    throw new ApiStatusError('BadRequest', `invalid node request ${JSON.stringify(text)}`);
  return name;
};
