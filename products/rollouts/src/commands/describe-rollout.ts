/**
 * A rollout as `rollout get` shows it: a header and a tree of revisions. Pure. @spec RO-CLI-02, RO-CLI-03
 */
import { formatAge, parseTimestamp, type Instant } from '@argosy/base';
import { controllerOf, type Job, type KubeObject, type Pod, type ReplicaSet } from '@argosy/kube';

import type { AnalysisRun } from '../api/analysis.ts';
import { isRouted, maxWeightOf, replicasOf } from '../api/defaults.ts';
import type { Rollout } from '../api/rollout.ts';
import { currentWeightOf, stepsOf } from '../replicas/canary-steps.ts';
import { shownPhaseOf } from '../rollout/phase.ts';
import { hashOf, revisionOf } from '../rollout/revisions.ts';
import { deadlineOf } from '../rollout/view.ts';
import { REVISION } from '../rollout/names.ts';

/** A rollout and all it owns. */
export interface RolloutFamily {
  readonly rollout: Rollout;
  readonly sets: readonly ReplicaSet[];
  readonly runs: readonly AnalysisRun[];
  readonly pods: readonly Pod[];
  readonly jobs: readonly Job[];
}

/** Status icons, as users of the plugin know them. */
const ICONS: Readonly<Record<string, string>> = {
  Healthy: '✔',
  Successful: '✔',
  Running: '✔',
  Succeeded: '✔',
  Completed: '✔',
  Paused: '॥',
  Degraded: '✖',
  Failed: '✖',
  Error: '⚠',
  Inconclusive: '?',
  Progressing: '◌',
  Pending: '◌',
  ScaledDown: '•',
};

/** The lines to print. */
export const describeRollout = (family: RolloutFamily, now: Instant): readonly string[] => [
  ...headerOf(family),
  '',
  ...inColumns([['NAME', 'KIND', 'STATUS', 'AGE', 'INFO'], ...treeOf(family, now)]),
];

/** Icon and name of a status. */
const withIcon = (status: string): string => `${ICONS[status] ?? '◌'} ${status}`;

/** Rows as columns, two spaces apart. */
export const inColumns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length))
      .join('  ')
      .trimEnd(),
  );
};

/** The weight by pods for a basic canary, by the router otherwise; what `ActualWeight` shows. */
const actualWeightOf = (rollout: Rollout, canaryAvailable: number): number => {
  const { status } = rollout;
  if (status?.stableRS && status.stableRS === status.currentPodHash) return 100;
  if (isRouted(rollout)) return status?.canary?.weights?.canary.weight ?? 0;
  const available = status?.availableReplicas ?? 0;
  return available === 0 ? 0 : Math.floor((canaryAvailable * 100) / available);
};

/** The weight the step in force wants; all of it once nothing is left to do. */
export const wantedWeightOf = (rollout: Rollout): number =>
  rollout.status?.stableRS && rollout.status.stableRS === rollout.status.currentPodHash
    ? maxWeightOf(rollout.spec?.strategy?.canary?.trafficRouting)
    : currentWeightOf(rollout);

/** `2/5`, or nothing for blue-green and canaries without steps. */
export const stepText = (rollout: Rollout): string => {
  const count = stepsOf(rollout.spec).length;
  return count === 0 ? '' : `${rollout.status?.currentStepIndex ?? 0}/${count}`;
};

const headerOf = (family: RolloutFamily): readonly string[] => {
  const { rollout, sets } = family;
  const { phase, message } = shownPhaseOf(rollout);
  const field = (name: string, value: string | number): string => `${`${name}:`.padEnd(17)}${value}`;
  const canary = rollout.spec?.strategy?.canary;
  const newSet = sets.find((set) => hashOf(set) === rollout.status?.currentPodHash);
  const canaryLines = canary
    ? [
        ...(stepText(rollout) ? [field('  Step', stepText(rollout))] : []),
        field('  SetWeight', wantedWeightOf(rollout)),
        field('  ActualWeight', actualWeightOf(rollout, newSet?.status?.availableReplicas ?? 0)),
      ]
    : [];
  const status = rollout.status ?? {};
  return [
    field('Name', rollout.metadata.name ?? ''),
    field('Namespace', rollout.metadata.namespace ?? ''),
    field('Status', withIcon(phase)),
    ...(message ? [field('Message', message)] : []),
    field('Strategy', canary ? 'Canary' : 'BlueGreen'),
    ...canaryLines,
    ...imagesOf(family).map((image, index) => field(index === 0 ? 'Images' : '', image).replace(/^:/, ' ')),
    'Replicas:',
    field('  Desired', replicasOf(rollout.spec)),
    field('  Current', status.replicas ?? 0),
    field('  Updated', status.updatedReplicas ?? 0),
    field('  Ready', status.readyReplicas ?? 0),
    field('  Available', status.availableReplicas ?? 0),
  ];
};

const imagesOf = ({ rollout, sets }: RolloutFamily): readonly string[] => {
  const tags = new Map<string, Set<string>>();
  for (const set of sets.filter((one) => (one.status?.replicas ?? 0) > 0)) {
    for (const { image } of set.spec?.template.spec.containers ?? []) {
      const known = tags.get(image ?? '') ?? new Set<string>();
      for (const tag of tagsOf(rollout, set)) known.add(tag);
      tags.set(image ?? '', known);
    }
  }
  return [...tags].map(([image, of]) => (of.size > 0 ? `${image} (${[...of].join(', ')})` : image));
};

const tagsOf = (rollout: Rollout, set: ReplicaSet): readonly string[] => {
  const hash = hashOf(set);
  const { status } = rollout;
  if (rollout.spec?.strategy?.blueGreen) {
    return [
      ...(hash === status?.stableRS ? ['stable'] : []),
      ...(hash === status?.blueGreen?.activeSelector ? ['active'] : []),
      ...(hash === status?.blueGreen?.previewSelector && hash !== status?.blueGreen?.activeSelector ? ['preview'] : []),
    ];
  }
  if (hash === status?.stableRS) return ['stable'];
  return hash === status?.currentPodHash ? ['canary'] : [];
};

const treeOf = (family: RolloutFamily, now: Instant): readonly (readonly string[])[] => {
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
