/**
 * Containers from before which nobody will ask for again.
 */
import { isOwnerGone } from '../platform-owner.ts';
import { LABELS } from './container-labels.ts';
import { listContainers, removeContainer } from './engine-containers.ts';
import type { Engine } from './engine.ts';

/** Removes what platforms left whose pods were lost with them. */
export const removeOrphans = async (engine: Engine): Promise<void> => {
  const owned = await listContainers(engine, [LABELS.owner]);
  const orphans = owned.filter(({ Labels: labels }) => isOwnerGone(labels[LABELS.owner] ?? ''));
  await Promise.all(orphans.map((container) => removeContainer(engine, container.Id)));
};
