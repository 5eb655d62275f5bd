/**
 * Whether an engine sees what is mounted on this machine: one in a container or a machine of its own may not.
 */
import path from 'node:path';

import { messageOf } from '@argosy/base';

import { LABELS, type InstanceLabels } from './container-labels.ts';
import { removeContainer } from './engine-containers.ts';
import { EngineFailure, type Engine } from './engine.ts';

const PLACE = '/seen';

/**
 * Why it does not see a file; `undefined` when it does. A container with the file's folder is made, looked into and never started;
 * an engine that lacks the folder refuses, or makes an empty one. Throws when the engine does not answer.
 */
export const findBlindness = async (
  engine: Engine,
  of: { readonly file: string; readonly image: () => Promise<string>; readonly instance: InstanceLabels },
): Promise<string | undefined> => {
  const mount = { Type: 'bind', Source: path.dirname(of.file), Target: PLACE, ReadOnly: true };
  // Should it be left by a crash, it counts as a pod's that is gone.
  const labels = { ...of.instance, [LABELS.podUid]: 'sight' };
  const body = { Image: await of.image(), Labels: labels, HostConfig: { Mounts: [mount] } };
  try {
    const made = (await engine.call({ method: 'POST', path: '/containers/create', body })) as { readonly Id: string };
    try {
      const query = { path: path.posix.join(PLACE, path.basename(of.file)) };
      await engine.call({ method: 'HEAD', path: `/containers/${made.Id}/archive`, query });
      return undefined;
    } finally {
      await removeContainer(engine, made.Id);
    }
  } catch (thrown) {
    if (!(thrown instanceof EngineFailure) || thrown.status === 0) throw thrown;
    return `the engine does not see mounts of this machine: ${messageOf(thrown)}`;
  }
};
