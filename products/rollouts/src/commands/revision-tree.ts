/**
 * A rollout's revisions as a tree: their sets with pods, their analysis runs with jobs. @spec RO-CLI-03
 */
import { formatAge, parseTimestamp, type Instant } from '@argosy/base';
import { controllerOf, type Job, type KubeObject, type Pod, type ReplicaSet } from '@argosy/kube';

import type { AnalysisRun } from '../api/analysis.ts';
import { shownPhaseOf } from '../rollout/phase.ts';
import { revisionOf } from '../rollout/revisions.ts';
import { deadlineOf } from '../rollout/view.ts';
import { REVISION } from '../rollout/names.ts';
import { withIcon } from './status-icons.ts';
import { tagsOf } from './revision-tags.ts';
import type { RolloutFamily } from './describe-rollout.ts';

/** The rows below the heading: name, kind, status, age and more. */
export const treeOf = (family: RolloutFamily, now: Instant): readonly (readonly string[])[] => {
  const { rollout } = family;
  const revisions = [...new Set([...family.sets.map(revisionOf), ...family.runs.map(runRevision)])]
    .filter((revision) => revision > 0)
    .sort((left, right) => right - left);
  const row = (name: string, object: KubeObject, of: { readonly status: string; readonly info: string }) => [
    name,
    object.kind,
    withIcon(of.status),
    ageOf(object, now),
    of.info,
  ];
  const rows: (readonly string[])[] = [
    row(`⟳ ${rollout.metadata.name ?? ''}`, rollout, { status: shownPhaseOf(rollout).phase, info: '' }),
  ];
  for (const [index, revision] of revisions.entries()) {
    const isLast = index === revisions.length - 1;
    rows.push([`${isLast ? '└' : '├'}──# revision:${revision}`, '', '', '', '']);
    rows.push(...revisionRows(family, { revision, indent: isLast ? '   ' : '│  ', now }));
  }
  return rows;
};

const revisionRows = (
  family: RolloutFamily,
  of: { readonly revision: number; readonly indent: string; readonly now: Instant },
): readonly (readonly string[])[] => {
  const sets = family.sets.filter((set) => revisionOf(set) === of.revision);
  const runs = family.runs.filter((run) => runRevision(run) === of.revision);
  const items = [...sets, ...runs];
  return items.flatMap((item, index) => {
    const isLast = index === items.length - 1;
    const deeper = `${of.indent}${isLast ? '   ' : '│  '}`;
    const branch = `${of.indent}${isLast ? '└' : '├'}──`;
    return item.kind === 'AnalysisRun'
      ? runRows(family, item as AnalysisRun, { branch, deeper, now: of.now })
      : setRows(family, item as ReplicaSet, { branch, deeper, now: of.now });
  });
};

interface Place {
  readonly branch: string;
  readonly deeper: string;
  readonly now: Instant;
}

const setRows = (family: RolloutFamily, set: ReplicaSet, place: Place): readonly (readonly string[])[] => {
  const deadline = deadlineOf(set);
  const wanted = set.spec?.replicas ?? 0;
  const delay =
    deadline !== undefined && deadline > place.now && wanted > 0 ? `delay:${formatAge(deadline - place.now)}` : '';
  const info = [...tagsOf(family.rollout, set), delay].filter((part) => part !== '').join(',');
  const isScaledDown = wanted === 0 && (set.status?.replicas ?? 0) === 0;
  const isWhole = (set.status?.availableReplicas ?? 0) >= wanted;
  const status = isScaledDown ? 'ScaledDown' : isWhole ? 'Healthy' : 'Progressing';
  const pods = family.pods.filter((pod) => controllerOf(pod)?.uid === set.metadata.uid);
  return [
    [`${place.branch}⧉ ${set.metadata.name ?? ''}`, 'ReplicaSet', withIcon(status), ageOf(set, place.now), info],
    ...pods.map((pod, index) => [
      `${place.deeper}${index === pods.length - 1 ? '└' : '├'}──□ ${pod.metadata.name ?? ''}`,
      'Pod',
      withIcon(podStatus(pod)),
      ageOf(pod, place.now),
      podInfo(pod),
    ]),
  ];
};

const runRows = (family: RolloutFamily, run: AnalysisRun, place: Place): readonly (readonly string[])[] => {
  const jobs = family.jobs.filter((job) => controllerOf(job)?.uid === run.metadata.uid);
  return [
    [
      `${place.branch}α ${run.metadata.name ?? ''}`,
      'AnalysisRun',
      withIcon(run.status?.phase ?? 'Pending'),
      ageOf(run, place.now),
      runInfo(run),
    ],
    ...jobs.map((job, index) => [
      `${place.deeper}${index === jobs.length - 1 ? '└' : '├'}──⊞ ${job.metadata.name ?? ''}`,
      'Job',
      withIcon(jobStatus(job)),
      ageOf(job, place.now),
      '',
    ]),
  ];
};

const runInfo = (run: AnalysisRun): string => {
  const total = (of: 'successful' | 'failed' | 'inconclusive' | 'error'): number =>
    (run.status?.metricResults ?? []).reduce((sum, result) => sum + (result[of] ?? 0), 0);
  const counts: readonly (readonly [string, number])[] = [
    ['✔', total('successful')],
    ['✖', total('failed')],
    ['?', total('inconclusive')],
    ['⚠', total('error')],
  ];
  return counts
    .filter(([, count]) => count > 0)
    .map(([icon, count]) => `${icon} ${count}`)
    .join(',');
};

const podStatus = (pod: Pod): string => {
  const waiting = (pod.status?.containerStatuses ?? []).find((status) => status.state?.waiting)?.state?.waiting?.reason;
  if (pod.metadata.deletionTimestamp) return 'Terminating';
  return waiting ?? pod.status?.phase ?? 'Pending';
};

const podInfo = (pod: Pod): string => {
  const statuses = pod.status?.containerStatuses ?? [];
  const ready = statuses.filter((status) => status.ready).length;
  const restarts = statuses.reduce((sum, status) => sum + (status.restartCount ?? 0), 0);
  return `ready:${ready}/${pod.spec?.containers.length ?? 0}${restarts > 0 ? `,restarts:${restarts}` : ''}`;
};

const jobStatus = (job: Job): string => {
  const ended = job.status?.conditions?.find(({ status }) => status === 'True');
  if (ended?.type === 'Complete') return 'Successful';
  return ended?.type === 'Failed' ? 'Failed' : 'Running';
};

const runRevision = (run: AnalysisRun): number => Number(run.metadata.annotations?.[REVISION] ?? 0);

const ageOf = (object: KubeObject, now: Instant): string => {
  const created = parseTimestamp(object.metadata.creationTimestamp ?? '');
  return created === undefined ? '' : formatAge(now - created);
};
