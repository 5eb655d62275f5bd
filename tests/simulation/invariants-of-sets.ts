/**
 * What must hold of sets that keep names and disks, of pods of every node and of jobs by the clock.
 */
import type { Client } from '@argosy/client';
import {
  controllerOf,
  CRON_JOBS,
  DAEMON_SETS,
  isConditionTrue,
  JOBS,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  POD_DISRUPTION_BUDGETS,
  PODS,
  STATEFUL_SETS,
  type CronJob,
  type DaemonSet,
  type Job,
  type KubeObject,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  type PodDisruptionBudget,
  type StatefulSet,
} from '@argosy/kube';

/** Finds what does not hold, as sentences. */
export const findSetViolations = async (client: Client): Promise<readonly string[]> => {
  const pods = (await client.list(PODS)).items;
  const claims = (await client.list(PERSISTENT_VOLUME_CLAIMS)).items;
  const volumes = (await client.list(PERSISTENT_VOLUMES)).items;
  const jobs = (await client.list(JOBS)).items;
  const sets = (await client.list(STATEFUL_SETS)).items;
  const daemons = (await client.list(DAEMON_SETS)).items;
  const crons = (await client.list(CRON_JOBS)).items;
  const budgets = (await client.list(POD_DISRUPTION_BUDGETS)).items;
  return [
    ...[...sets, ...daemons, ...crons, ...claims.filter((claim) => !isUsed(claim, pods)), ...volumes].flatMap(
      (object) => check(object.metadata.deletionTimestamp === undefined, `${nameOf(object)} is never gone`),
    ),
    ...sets.flatMap((set) => ofSet(set, { pods, claims })),
    ...daemons.flatMap((set) => ofDaemonSet(set, pods)),
    ...crons.flatMap((cron) => ofCronJob(cron, jobs)),
    ...jobs.flatMap(ofFailedJob),
    ...claims.flatMap((claim) => check(claim.status?.phase === 'Bound', `${nameOf(claim)} is ${claim.status?.phase}`)),
    ...volumes.flatMap((volume) => ofVolume(volume, claims)),
    ...budgets.flatMap((budget) => ofBudget(budget, pods)),
  ];
};

const nameOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.name ?? ''}`;
const check = (holds: boolean, said: string): readonly string[] => (holds ? [] : [said]);
const isReady = ({ status }: Pod): boolean => isConditionTrue(status?.conditions, 'Ready');
const isOf = (owner: KubeObject) => (object: KubeObject) => controllerOf(object)?.uid === owner.metadata.uid;
const namesOf = (objects: readonly KubeObject[]): readonly string[] =>
  objects.map(({ metadata }) => metadata.name ?? '').toSorted();

/** Whoever uses a claim keeps it. */
const isUsed = (claim: PersistentVolumeClaim, pods: readonly Pod[]): boolean =>
  pods.some(({ spec }) =>
    spec?.volumes?.some(({ persistentVolumeClaim: of }) => of?.claimName === claim.metadata.name),
  );

const ofSet = (
  set: StatefulSet,
  world: { readonly pods: readonly Pod[]; readonly claims: readonly PersistentVolumeClaim[] },
): readonly string[] => {
  const { name = '' } = set.metadata;
  const wanted = Array.from({ length: set.spec?.replicas ?? 1 }, (_, at) => `${name}-${at}`);
  const own = world.pods.filter(isOf(set));
  const claimed = new Set(namesOf(world.claims));
  const { status } = set;
  return [
    ...check(namesOf(own).join() === wanted.toSorted().join(), `${nameOf(set)} has ${namesOf(own).join()}`),
    ...check(own.every(isReady), `${nameOf(set)} has pods that are not ready`),
    ...check(
      own.every((pod) => pod.metadata.labels?.['controller-revision-hash'] === status?.updateRevision),
      `${nameOf(set)} has pods of an older revision`,
    ),
    ...check(
      status?.readyReplicas === wanted.length || wanted.length === 0,
      `${nameOf(set)} tells ${status?.readyReplicas} ready`,
    ),
    ...check(status?.observedGeneration === set.metadata.generation, `${nameOf(set)} is not observed`),
    ...wanted.flatMap((pod) => check(claimed.has(`data-${pod}`), `${nameOf(set)} has no claim data-${pod}`)),
  ];
};

const ofDaemonSet = (set: DaemonSet, pods: readonly Pod[]): readonly string[] => {
  const own = pods.filter(isOf(set));
  const { status } = set;
  return [
    ...check(own.length === 1 && own.every(isReady), `${nameOf(set)} has ${namesOf(own).join() || 'no pods'}`),
    ...check(status?.updatedNumberScheduled === 1, `${nameOf(set)} tells ${status?.updatedNumberScheduled} updated`),
    ...check(status?.observedGeneration === set.metadata.generation, `${nameOf(set)} is not observed`),
  ];
};

const ofCronJob = (cron: CronJob, jobs: readonly Job[]): readonly string[] => {
  const own = jobs.filter(isOf(cron));
  const complete = own.filter(({ status }) => isConditionTrue(status?.conditions, 'Complete'));
  const failed = own.filter(({ status }) => isConditionTrue(status?.conditions, 'Failed'));
  return [
    ...check(complete.length <= 3 && failed.length <= 1, `${nameOf(cron)} keeps ${namesOf(own).join()}`),
    ...check((cron.status?.active ?? []).length === 0, `${nameOf(cron)} tells of jobs that have ended`),
  ];
};

const ofFailedJob = (job: Job): readonly string[] =>
  (job.metadata.name ?? '').startsWith('fail-')
    ? [
        ...check(isConditionTrue(job.status?.conditions, 'Failed'), `${nameOf(job)} has not failed`),
        ...check((job.status?.active ?? 0) === 0, `${nameOf(job)} tells of active pods`),
        ...check((job.status?.failed ?? 0) > 0, `${nameOf(job)} counts no failure`),
      ]
    : [];

const ofVolume = (volume: PersistentVolume, claims: readonly PersistentVolumeClaim[]): readonly string[] =>
  check(
    claims.some(
      ({ metadata, spec }) => metadata.uid === volume.spec?.claimRef?.uid && spec?.volumeName === volume.metadata.name,
    ),
    `${nameOf(volume)} has lost its claim`,
  );

const ofBudget = (budget: PodDisruptionBudget, pods: readonly Pod[]): readonly string[] => {
  const { app } = budget.spec?.selector?.matchLabels ?? {};
  const healthy = pods.filter((pod) => pod.metadata.labels?.['app'] === app && isReady(pod)).length;
  return check(
    budget.status?.currentHealthy === healthy,
    `${nameOf(budget)} counts ${budget.status?.currentHealthy} healthy instead of ${healthy}`,
  );
};
