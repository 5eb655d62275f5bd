/**
 * Whether an engine sees what is mounted on this machine: one in a container or a machine of its own may not.
 */
import { messageOf } from '@argosy/base';

import { LABELS, type InstanceLabels } from './container-labels.ts';
import { removeContainer } from './engine-containers.ts';
import { EngineFailure, type Engine } from './engine.ts';

/** Why it does not see a folder; `undefined` when it does. A container with the folder is made and never started. Throws when the engine does not answer. */
export const findBlindness = async (
  engine: Engine,
  of: { readonly folder: string; readonly image: () => Promise<string>; readonly instance: InstanceLabels },
): Promise<string | undefined> => {
  const mount = { Type: 'bind', Source: of.folder, Target: '/seen', ReadOnly: true };
  // Should it be left by a crash, it counts as a pod's that is gone.
  const labels = { ...of.instance, [LABELS.podUid]: 'sight' };
  const body = { Image: await of.image(), Labels: labels, HostConfig: { Mounts: [mount] } };
  try {
    const made = await engine.call({ method: 'POST', path: '/containers/create', body });
    await removeContainer(engine, (made as { readonly Id: string }).Id);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof EngineFailure && thrown.status > 0)
      return `the engine does not see mounts of this machine: ${messageOf(thrown)}`;
    throw thrown;
  }
};
