/** How the kinds that make pods over time, by node or by order are printed. @upstream printStatefulSet and its neighbours */
import { parseTimestamp } from '@argosy/base';

import type { ControllerRevision, CronJob, DaemonSet, StatefulSet } from '../core/index.ts';
import { controllerOf } from '../objects/ownership.ts';
import type { KubeObject, StringMap } from '../objects/object.ts';
import type { PodTemplateSpec } from '../core/workloads.ts';
import {
  age,
  ageOf,
  imagesOf,
  mapText,
  nameOf,
  none,
  selectorText,
  table,
  type TableDefinition,
} from './table-words.ts';

type ReplicationController = KubeObject<
  { readonly replicas?: number; readonly selector?: StringMap; readonly template?: PodTemplateSpec },
  { readonly replicas?: number; readonly readyReplicas?: number }
>;

type PodTemplate = KubeObject & { readonly template?: PodTemplateSpec };

/** Tables by `group/Kind`. */
export const SET_TABLES: Readonly<Record<string, TableDefinition>> = {
  'apps/StatefulSet': table<StatefulSet>(['Name', 'Ready', 'Age', '+Containers', '+Images'], (set, now) => [
    nameOf(set),
    `${set.status?.readyReplicas ?? 0}/${set.spec?.replicas ?? 1}`,
    age(set, now),
    ...imagesOf(set.spec?.template.spec.containers),
  ]),
  'apps/DaemonSet': table<DaemonSet>(
    [
      'Name',
      'Desired#integer',
      'Current#integer',
      'Ready#integer',
      'Up-to-date#integer',
      'Available#integer',
      'Node Selector',
      'Age',
      '+Containers',
      '+Images',
      '+Selector',
    ],
    (set, now) => [
      nameOf(set),
      set.status?.desiredNumberScheduled ?? 0,
      set.status?.currentNumberScheduled ?? 0,
      set.status?.numberReady ?? 0,
      set.status?.updatedNumberScheduled ?? 0,
      set.status?.numberAvailable ?? 0,
      mapText(set.spec?.template.spec.nodeSelector),
      age(set, now),
      ...imagesOf(set.spec?.template.spec.containers),
      selectorText(set.spec?.selector),
    ],
  ),
  'apps/ControllerRevision': table<ControllerRevision>(['Name', 'Controller', 'Revision', 'Age'], (record, now) => {
    const owner = controllerOf(record);
    const group = owner?.apiVersion.split('/')[0] ?? '';
    return [
      nameOf(record),
      owner ? `${owner.kind.toLowerCase()}.${group}/${owner.name}` : '<none>',
      record.revision,
      age(record, now),
    ];
  }),
  'batch/CronJob': table<CronJob>(
    [
      'Name',
      'Schedule',
      'Timezone',
      'Suspend#boolean',
      'Active#integer',
      'Last Schedule',
      'Age',
      '+Containers',
      '+Images',
      '+Selector',
    ],
    (job, now) => [
      nameOf(job),
      job.spec?.schedule ?? '',
      none(job.spec?.timeZone),
      job.spec?.suspend === true ? 'True' : 'False',
      (job.status?.active ?? []).length,
      parseTimestamp(job.status?.lastScheduleTime) === undefined ? '<none>' : ageOf(job.status?.lastScheduleTime, now),
      age(job, now),
      ...imagesOf(job.spec?.jobTemplate.spec.template.spec.containers),
      selectorText(job.spec?.jobTemplate.spec.selector),
    ],
  ),
  'autoscaling/Scale': table<KubeObject<{ readonly replicas?: number }, { readonly replicas?: number }>>(
    ['Name', 'Desired#integer', 'Available#integer', 'Age'],
    (scale, now) => [nameOf(scale), scale.spec?.replicas ?? 0, scale.status?.replicas ?? 0, age(scale, now)],
  ),
  '/PodTemplate': table<PodTemplate>(['Name', 'Containers', 'Images', 'Pod Labels'], ({ metadata, template }) => [
    metadata.name ?? '',
    ...imagesOf(template?.spec.containers),
    mapText(template?.metadata?.labels),
  ]),
  '/ReplicationController': table<ReplicationController>(
    ['Name', 'Desired#integer', 'Current#integer', 'Ready#integer', 'Age', '+Containers', '+Images', '+Selector'],
    (controller, now) => [
      nameOf(controller),
      controller.spec?.replicas ?? 1,
      controller.status?.replicas ?? 0,
      controller.status?.readyReplicas ?? 0,
      age(controller, now),
      ...imagesOf(controller.spec?.template?.spec.containers),
      mapText(controller.spec?.selector),
    ],
  ),
};
