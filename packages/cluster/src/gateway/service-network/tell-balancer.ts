/**
 * Writes what was decided about a load balancer.
 */
import { messageOf, type Logger } from '@argosy/base';
import type { Writer } from '@argosy/client';
import type { Recorder } from '@argosy/controller';
import { isApiError, keyOf, SERVICES, type Service } from '@argosy/kube';

import type { BalancerDecision } from './decide-balancer.ts';

/** Ports. */
export interface BalancerDeps {
  readonly client: Writer;
  readonly recorder: Recorder;
  readonly log: Logger;
}

/** Never rejects: who wrote meanwhile changed the service, which is then looked at again. */
export const tellBalancer = async (
  deps: BalancerDeps,
  service: Service,
  { status, events }: BalancerDecision,
): Promise<void> => {
  try {
    if (status !== undefined) await deps.client.update(SERVICES, { ...service, status }, { subresource: 'status' });
  } catch (thrown) {
    if (!isApiError(thrown, 'Conflict', 'NotFound'))
      deps.log.warn('load balancer not told', { service: keyOf(service), error: messageOf(thrown) });
    return;
  }
  for (const event of events) deps.recorder.event(service, event);
};
