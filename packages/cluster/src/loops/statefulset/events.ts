/**
 * What is told of what was done for a StatefulSet.
 */
import type { EventDraft } from '@argosy/controller';
import type { StatefulSet } from '@argosy/kube';

import type { StatefulSetAction } from './decide.ts';

/** What is told about an action that was done. Pure. */
export const eventOf = (set: StatefulSet, action: StatefulSetAction): EventDraft | undefined => {
  const name = set.metadata.name ?? '';
  switch (action.kind) {
    case 'create-pod':
      return {
        type: 'Normal',
        reason: 'SuccessfulCreate',
        message: `create Pod ${action.pod.metadata.name} in StatefulSet ${name} successful`,
      };
    case 'delete-pod':
      return {
        type: 'Normal',
        reason: 'SuccessfulDelete',
        message: `delete Pod ${action.name} in StatefulSet ${name} successful`,
      };
    case 'create-claim':
      return {
        type: 'Normal',
        reason: 'SuccessfulCreate',
        message: `create Claim ${action.claim.metadata.name} Pod ${action.pod} in StatefulSet ${name} success`,
      };
    default:
      return undefined;
  }
};
