/**
 * Carries out what was decided about a history.
 */
import { canonicalText } from '@argosy/base';
import type { Client } from '@argosy/client';
import {
  CONTROLLER_REVISIONS,
  isApiError,
  isControlledBy,
  keyOf,
  type ControllerRevision,
  type KubeObject,
} from '@argosy/kube';

import { unlessGone } from '../idempotent-writes.ts';
import type { RevisionAction } from './revisions.ts';

/**
 * Does one action; idempotent. Throws AlreadyExists when somebody else's revision has the name: the owner's collision count
 * must then grow.
 */
export const actOnHistory = async (client: Client, owner: KubeObject, action: RevisionAction): Promise<void> => {
  const namespace = owner.metadata.namespace ?? '';
  switch (action.kind) {
    case 'create-revision':
      return createRevision(client, owner, action.revision);
    case 'renumber-revision': {
      const patch = { revision: action.revision };
      await client.patch(CONTROLLER_REVISIONS, { namespace, name: action.name }, { kind: 'merge', patch });
      return;
    }
    case 'delete-revision':
      await unlessGone(() =>
        client.delete(CONTROLLER_REVISIONS, { namespace, name: action.name }, { preconditions: { uid: action.uid } }),
      );
  }
};

const createRevision = async (client: Client, owner: KubeObject, revision: ControllerRevision): Promise<void> => {
  try {
    await client.create(CONTROLLER_REVISIONS, revision);
  } catch (thrown) {
    if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
    const existing = await client.get(CONTROLLER_REVISIONS, keyOf(revision));
    const isSame = isControlledBy(existing, owner) && canonicalText(existing.data) === canonicalText(revision.data);
    if (!isSame) throw thrown;
  }
};
