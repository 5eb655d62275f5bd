/**
 * Somebody who changes things at random.
 */
import type { Random } from '@argosy/base';
import { DEPLOYMENTS, isApiError, JOBS, PODS, SERVICES, type KubeObject, type ResourceType } from '@argosy/kube';
import { ROLLOUTS } from '@argosy/rollouts';

import type { World } from './world.ts';

const NAMESPACE = 'default';
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

type Action = (world: World, name: string) => Promise<string>;

const pick = <T>(random: Random, items: readonly [T, ...T[]] | readonly T[]): T =>
  items[Math.floor(random.next() * items.length)] as T;
const upTo = (random: Random, most: number): number => Math.floor(random.next() * (most + 1));

const podTemplate = (app: string, random: Random, extra: object = {}) => ({
  metadata: {
    labels: { app },
    annotations: { 'argosy.dev/simulate-start-delay': `${upTo(random, 3)}s` },
  },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'main', image: `registry.example/${app}:${upTo(random, 5)}` }],
    ...extra,
  },
});

const patchSpec = async (
  world: World,
  of: { readonly resource: ResourceType; readonly name: string; readonly spec: object; readonly said: string },
): Promise<string> => {
  await world.client.patch(
    of.resource,
    { namespace: NAMESPACE, name: of.name },
    { kind: 'merge', patch: { spec: of.spec } },
  );
  return `${of.resource.kind} ${of.name}: ${of.said}`;
};

const create = async (world: World, resource: ResourceType, name: string, spec: object): Promise<string> => {
  const object = {
    apiVersion: resource.group === '' ? resource.version : `${resource.group}/${resource.version}`,
    kind: resource.kind,
    metadata: { name, namespace: NAMESPACE },
    spec,
  } as KubeObject;
  await world.client.create(resource, object);
  return `${resource.kind} ${name}: created`;
};

const remove = async (world: World, resource: ResourceType, name: string): Promise<string> => {
  const propagationPolicy = pick(world.random, ['Background', 'Foreground'] as const);
  await world.client.delete(resource, { namespace: NAMESPACE, name }, { propagationPolicy });
  return `${resource.kind} ${name}: deleted (${propagationPolicy})`;
};

const ACTIONS: readonly Action[] = [
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
