/**
 * What the actions of the random user are made of.
 */
import type { Random } from '@argosy/base';
import type { KubeObject, ResourceType } from '@argosy/kube';

import type { World } from './world.ts';

/** Where everything happens. */
export const NAMESPACE = 'default';

/** Does one thing to what has the name; says what. */
export type Action = (world: World, name: string) => Promise<string>;

/** One of them by chance. */
export const pick = <T>(random: Random, items: readonly [T, ...T[]] | readonly T[]): T =>
  items[Math.floor(random.next() * items.length)] as T;
/** From 0 up to and with the most. */
export const upTo = (random: Random, most: number): number => Math.floor(random.next() * (most + 1));

/** A template of simulated pods; `extra` is for their spec. */
export const podTemplate = (app: string, random: Random, extra: object = {}) => ({
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

/** Changes fields of a spec. */
export const patchSpec = async (
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

/** Creates an object. */
export const create = async (world: World, resource: ResourceType, name: string, spec: object): Promise<string> => {
  const object = {
    apiVersion: resource.group === '' ? resource.version : `${resource.group}/${resource.version}`,
    kind: resource.kind,
    metadata: { name, namespace: NAMESPACE },
    spec,
  } as KubeObject;
  await world.client.create(resource, object);
  return `${resource.kind} ${name}: created`;
};

/** Deletes an object, in the background or in the foreground. */
export const remove = async (world: World, resource: ResourceType, name: string): Promise<string> => {
  const propagationPolicy = pick(world.random, ['Background', 'Foreground'] as const);
  await world.client.delete(resource, { namespace: NAMESPACE, name }, { propagationPolicy });
  return `${resource.kind} ${name}: deleted (${propagationPolicy})`;
};
