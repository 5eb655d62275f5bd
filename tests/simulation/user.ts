/**
 * Somebody who changes things at random.
 */
import { DEPLOYMENTS, isApiError, JOBS, PODS, SERVICES } from '@argosy/kube';
import { ROLLOUTS } from '@argosy/rollouts';

import { create, NAMESPACE, patchSpec, pick, podTemplate, remove, upTo, type Action } from './user-actions.ts';
import { SET_ACTIONS } from './user-of-sets.ts';
import type { World } from './world.ts';

const NAMES = ['a', 'b', 'c', 'd'];

/** Does one thing; says what, for the trace. What cannot be done now is no fault. */
export const actAtRandom = async (world: World): Promise<string> => {
  const name = pick(world.random, NAMES);
  const action = pick(world.random, ACTIONS);
  try {
    return await action(world, name);
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound', 'AlreadyExists', 'Conflict', 'Invalid')) return `${name}: not possible now`;
    throw thrown;
  }
};

const ACTIONS: readonly Action[] = [
  ...SET_ACTIONS,
  (world, name) =>
    create(world, DEPLOYMENTS, name, {
      replicas: upTo(world.random, 6),
      selector: { matchLabels: { app: name } },
      template: podTemplate(name, world.random),
    }),
  (world, name) => {
    const replicas = upTo(world.random, 8);
    return patchSpec(world, { resource: DEPLOYMENTS, name, spec: { replicas }, said: `scaled to ${replicas}` });
  },
  (world, name) =>
    patchSpec(world, {
      resource: DEPLOYMENTS,
      name,
      spec: { template: podTemplate(name, world.random) },
      said: 'new template',
    }),
  (world, name) => remove(world, DEPLOYMENTS, name),
  (world, name) => create(world, SERVICES, name, { selector: { app: name }, ports: [{ port: 80 }] }),
  (world, name) =>
    create(world, JOBS, `job-${name}`, {
      completions: 1 + upTo(world.random, 5),
      parallelism: 1 + upTo(world.random, 3),
      backoffLimit: 3,
      template: podTemplate(`job-${name}`, world.random, { restartPolicy: 'Never' }),
    }),
  (world, name) => remove(world, JOBS, `job-${name}`),
  (world, name) =>
    create(world, ROLLOUTS, `roll-${name}`, {
      replicas: 1 + upTo(world.random, 4),
      selector: { matchLabels: { app: `roll-${name}` } },
      template: podTemplate(`roll-${name}`, world.random),
      strategy: { canary: { steps: [{ setWeight: 30 }, { pause: { duration: 20 } }, { setWeight: 60 }] } },
    }),
  (world, name) =>
    patchSpec(world, {
      resource: ROLLOUTS,
      name: `roll-${name}`,
      spec: { template: podTemplate(`roll-${name}`, world.random) },
      said: 'new template',
    }),
  (world, name) => {
    const replicas = 1 + upTo(world.random, 5);
    return patchSpec(world, {
      resource: ROLLOUTS,
      name: `roll-${name}`,
      spec: { replicas },
      said: `scaled to ${replicas}`,
    });
  },
  async (world) => {
    const { items } = await world.client.list(PODS, { namespace: NAMESPACE });
    const names = items.map(({ metadata }) => metadata.name ?? '').toSorted();
    if (names.length === 0) return 'no pod to delete';
    return remove(world, PODS, pick(world.random, names));
  },
];
