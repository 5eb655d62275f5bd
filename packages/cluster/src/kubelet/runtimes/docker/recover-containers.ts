/**
 * What of a platform's containers is taken over after a restart: sandboxes, and of each container the newest attempt.
 */
import type { PodRuntime } from '../../pod-runtime.ts';
import { LABELS, type ListedContainer } from './container-labels.ts';
import type { ContainerStarter } from './container-starter.ts';
import { removeContainer } from './engine-containers.ts';
import type { Engine } from './engine.ts';
import type { PodSandboxes } from './pod-sandboxes.ts';

/** Takes over; containers that ended meanwhile are among them, with their end. Older attempts and what never started are removed. */
export const recoverContainers = async (
  to: { readonly starter: ContainerStarter; readonly sandboxes: PodSandboxes; readonly engine: Engine },
  found: readonly ListedContainer[],
): ReturnType<PodRuntime['recover']> => {
  const [sandboxes, containers] = [found.filter(isSandbox), found.filter((one) => !isSandbox(one))];
  for (const sandbox of sandboxes) to.sandboxes.recover(sandbox);
  const wanted = new Set(newestByKey(containers.filter(({ State: state }) => state !== 'created')).values());
  const recovered = await Promise.all(
    containers.map((container) =>
      wanted.has(container) ? to.starter.recover(container) : removeContainer(to.engine, container.Id),
    ),
  );
  return recovered.filter((one) => one !== undefined);
};

const isSandbox = ({ Labels: labels }: ListedContainer): boolean => labels[LABELS.container] === undefined;

const newestByKey = (containers: readonly ListedContainer[]): ReadonlyMap<string, ListedContainer> => {
  const countOf = ({ Labels: labels }: ListedContainer): number => Number(labels[LABELS.restartCount]);
  const ordered = containers.toSorted((one, other) => countOf(one) - countOf(other));
  return new Map(ordered.map((one) => [`${one.Labels[LABELS.podUid]}/${one.Labels[LABELS.container]}`, one]));
};
