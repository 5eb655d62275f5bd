/**
 * From a rule to the endpoints of one service: canary, weights, and what to answer when there is nobody. Pure but for
 * the directory it asks.
 */
import type { BackendDirectory } from '../backends/backend-directory.ts';
import type { BackendEndpoint } from '../backends/resolve-endpoints.ts';
import { canaryBackend, isForCanary, pickWeighted, type CanaryRequest } from '../routes/pick-backend.ts';
import type { RouteAction, WeightedBackend } from '../routes/route.ts';

/** A rule that forwards. */
export type ForwardAction = Extract<RouteAction, { kind: 'forward' }>;

/** Whom to ask, or the one line to answer with. */
export type Target =
  | { readonly kind: 'endpoints'; readonly backend: WeightedBackend; readonly endpoints: readonly BackendEndpoint[] }
  | { readonly kind: 'nobody'; readonly backend?: WeightedBackend; readonly code: number; readonly message: string };

/** Chooses; `point` is the request's place in the rule's sequence. */
export const chooseTarget = (
  action: ForwardAction,
  request: CanaryRequest,
  { point, directory }: { readonly point: number; readonly directory: Pick<BackendDirectory, 'resolve'> },
): Target => {
  const { canary } = action;
  if (canary && isForCanary(canary, request, point)) {
    const target = resolveBackend(action, canaryBackend(canary), directory);
    // A canary without anybody leaves its requests to the stable version. @upstream balancer.lua: peers of an empty backend
    if (target.kind === 'endpoints') return target;
  }
  const backend = pickWeighted(action.backends, point);
  if (!backend) return { kind: 'nobody', code: 500, message: 'no backend with a weight above 0' };
  return resolveBackend(action, backend, directory);
};

const resolveBackend = (
  action: ForwardAction,
  backend: WeightedBackend,
  directory: Pick<BackendDirectory, 'resolve'>,
): Target => {
  const resolved = directory.resolve(backend.service);
  if (resolved.kind === 'ready') return { kind: 'endpoints', backend, endpoints: resolved.endpoints };
  const code = resolved.kind === 'empty' ? 503 : action.unknownServiceCode;
  return { kind: 'nobody', backend, code, message: resolved.message };
};
