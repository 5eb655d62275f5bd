/**
 * Does what was decided for a StatefulSet, and tells its events.
 */
import { messageOf } from '@argosy/base';
import { PERSISTENT_VOLUME_CLAIMS, PODS, type Pod, type StatefulSet } from '@argosy/kube';

import { actOnHistory } from '../history/act-on-history.ts';
import { unlessGone, unlessThere } from '../idempotent-writes.ts';
import type { LoopDeps } from '../loop-deps.ts';
import type { StatefulSetAction } from './decide.ts';
import { eventOf } from './events.ts';

/** For whom something is done, and who notes pods as they are stored. */
export interface ActingFor {
  readonly set: StatefulSet;
  readonly note: (pod: Pod) => void;
}

/** Does one action; idempotent. A pod that is refused is told as an event, too. Throws when the API refuses. */
export const actOnStatefulSet = async (deps: LoopDeps, action: StatefulSetAction, of: ActingFor): Promise<void> => {
  const { set } = of;
  try {
    await write(deps, action, of);
  } catch (thrown) {
    if (action.kind === 'create-pod')
      deps.recorder.event(set, {
        type: 'Warning',
        reason: 'FailedCreate',
        message: `create Pod ${action.pod.metadata.name} in StatefulSet ${set.metadata.name} failed error: ${messageOf(thrown)}`,
      });
    throw thrown;
  }
  const event = eventOf(set, action);
  if (event) deps.recorder.event(set, event);
};

const write = async ({ client }: LoopDeps, action: StatefulSetAction, { set, note }: ActingFor): Promise<void> => {
  const namespace = set.metadata.namespace ?? '';
  switch (action.kind) {
    case 'create-claim':
      await unlessThere(() => client.create(PERSISTENT_VOLUME_CLAIMS, action.claim));
      return;
    case 'create-pod':
      // A pod of this name may still be going: its end wakes us.
      await unlessThere(async () => note(await client.create(PODS, action.pod)));
      return;
    case 'delete-pod': {
      const key = { namespace, name: action.name };
      await unlessGone(() => client.delete(PODS, key, { preconditions: { uid: action.uid } }));
      return;
    }
    case 'delete-claims':
      for (const name of action.names)
        await unlessGone(() => client.delete(PERSISTENT_VOLUME_CLAIMS, { namespace, name }));
      return;
    default:
      return actOnHistory(client, set, action);
  }
};
