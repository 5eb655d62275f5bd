/**
 * What somebody does at random with sets that keep names and disks, pods of every node, and jobs by the clock.
 */
import type { Random } from '@argosy/base';
import {
  CRON_JOBS,
  DAEMON_SETS,
  JOBS,
  PERSISTENT_VOLUME_CLAIMS,
  POD_DISRUPTION_BUDGETS,
  STATEFUL_SETS,
} from '@argosy/kube';

import { create, NAMESPACE, patchSpec, pick, podTemplate, remove, upTo, type Action } from './user-actions.ts';
import type { World } from './world.ts';

const setTemplate = (app: string, random: Random) =>
  podTemplate(app, random, { containers: [{ name: 'main', image: `registry.example/${app}:${upTo(random, 5)}` }] });

/** The actions. */
export const SET_ACTIONS: readonly Action[] = [
  (world, name) =>
    create(world, STATEFUL_SETS, `set-${name}`, {
      serviceName: name,
      replicas: upTo(world.random, 4),
      podManagementPolicy: pick(world.random, ['OrderedReady', 'Parallel']),
      selector: { matchLabels: { app: `set-${name}` } },
      template: setTemplate(`set-${name}`, world.random),
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
      ...pick(world.random, [
        {},
        { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' } },
      ]),
    }),
  (world, name) => {
    const replicas = upTo(world.random, 5);
    const said = `scaled to ${replicas}`;
    return patchSpec(world, { resource: STATEFUL_SETS, name: `set-${name}`, spec: { replicas }, said });
  },
  (world, name) => {
    const template = setTemplate(`set-${name}`, world.random);
    return patchSpec(world, { resource: STATEFUL_SETS, name: `set-${name}`, spec: { template }, said: 'new template' });
  },
  (world, name) => remove(world, STATEFUL_SETS, `set-${name}`),
  (world, name) =>
    create(world, DAEMON_SETS, `every-${name}`, {
      selector: { matchLabels: { app: `every-${name}` } },
      template: podTemplate(`every-${name}`, world.random),
    }),
  (world, name) => {
    const template = podTemplate(`every-${name}`, world.random);
    return patchSpec(world, { resource: DAEMON_SETS, name: `every-${name}`, spec: { template }, said: 'new template' });
  },
  (world, name) => remove(world, DAEMON_SETS, `every-${name}`),
  (world, name) =>
    create(world, CRON_JOBS, `cron-${name}`, {
      schedule: pick(world.random, ['*/2 * * * *', '*/5 * * * *']),
      concurrencyPolicy: pick(world.random, ['Allow', 'Forbid', 'Replace']),
      jobTemplate: {
        spec: {
          backoffLimit: 1,
          template: podTemplate(`cron-${name}`, world.random, { restartPolicy: 'Never' }),
        },
      },
    }),
  (world, name) => {
    const suspend = world.random.next() < 0.5;
    const said = suspend ? 'suspended' : 'resumed';
    return patchSpec(world, { resource: CRON_JOBS, name: `cron-${name}`, spec: { suspend }, said });
  },
  (world, name) => remove(world, CRON_JOBS, `cron-${name}`),
  (world, name) => {
    const template = podTemplate(`fail-${name}`, world.random, { restartPolicy: 'Never' });
    const annotations = { ...template.metadata.annotations, 'argosy.dev/simulate-exit-code': '3' };
    return create(world, JOBS, `fail-${name}`, {
      completions: 3,
      parallelism: 2,
      completionMode: pick(world.random, ['Indexed', 'NonIndexed']),
      backoffLimit: upTo(world.random, 2),
      template: { ...template, metadata: { ...template.metadata, annotations } },
    });
  },
  (world, name) => remove(world, JOBS, `fail-${name}`),
  (world, name) =>
    create(world, POD_DISRUPTION_BUDGETS, `budget-${name}`, {
      maxUnavailable: 1,
      selector: { matchLabels: { app: `set-${name}` } },
    }),
  async (world) => {
    const { items } = await world.client.list(PERSISTENT_VOLUME_CLAIMS, { namespace: NAMESPACE });
    const names = items.map(({ metadata }) => metadata.name ?? '').toSorted();
    return names.length === 0
      ? 'no claim to delete'
      : remove(world, PERSISTENT_VOLUME_CLAIMS, pick(world.random, names));
  },
];

/** Stops what goes on by the clock, so that an end can be waited for. */
export const stopClockwork = async (world: World): Promise<void> => {
  for (const { metadata } of (await world.client.list(CRON_JOBS)).items) {
    const key = { namespace: metadata.namespace ?? '', name: metadata.name ?? '' };
    await world.client.patch(CRON_JOBS, key, { kind: 'merge', patch: { spec: { suspend: true } } });
  }
};
