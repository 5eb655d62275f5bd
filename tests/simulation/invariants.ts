/**
 * What must hold once faults have stopped and time has passed.
 */
import type { Client } from '@argosy/client';
import {
  controllerOf,
  DAEMON_SETS,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  isConditionTrue,
  JOBS,
  PODS,
  REPLICA_SETS,
  SERVICES,
  STATEFUL_SETS,
  type KubeObject,
  type Pod,
} from '@argosy/kube';
import { ROLLOUTS } from '@argosy/rollouts';

/** Finds what does not hold, as sentences. */
export const findViolations = async (client: Client): Promise<readonly string[]> => {
  const list = async <T extends KubeObject>(resource: Parameters<Client['list']>[0]): Promise<readonly T[]> =>
    (await client.list(resource)).items as unknown as readonly T[];
  const pods = await list<Pod>(PODS);
  const sets = (await client.list(REPLICA_SETS)).items;
  const deployments = (await client.list(DEPLOYMENTS)).items;
  const rollouts = (await client.list(ROLLOUTS)).items;
  const jobs = (await client.list(JOBS)).items;
  const services = (await client.list(SERVICES)).items;
  const slices = (await client.list(ENDPOINT_SLICES)).items;
  const others = [...(await client.list(STATEFUL_SETS)).items, ...(await client.list(DAEMON_SETS)).items];
  const owners = [...sets, ...deployments, ...rollouts, ...jobs, ...others];
  const uids = new Set(owners.map(({ metadata }) => metadata.uid));
  const podsOf = (owner: KubeObject): readonly Pod[] =>
    pods.filter((pod) => controllerOf(pod)?.uid === owner.metadata.uid);
  const nameOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.name ?? ''}`;
  const check = (holds: boolean, said: string): readonly string[] => (holds ? [] : [said]);
  return [
    ...[...pods, ...sets].flatMap((object) => {
      const owner = controllerOf(object);
      return check(
        owner === undefined || uids.has(owner.uid),
        `${nameOf(object)} is an orphan of ${owner?.kind ?? ''} ${owner?.name ?? ''}`,
      );
    }),
    ...[...deployments, ...rollouts, ...sets, ...jobs, ...pods].flatMap((object) =>
      check(object.metadata.deletionTimestamp === undefined, `${nameOf(object)} is never gone`),
    ),
    ...sets.flatMap((set) =>
      check(
        podsOf(set).length === (set.spec?.replicas ?? 0),
        `${nameOf(set)} has ${podsOf(set).map(describePod).join(', ') || 'no pods'} instead of ${set.spec?.replicas ?? 0}`,
      ),
    ),
    ...deployments.flatMap((deployment) => {
      const owned = sets.filter((set) => controllerOf(set)?.uid === deployment.metadata.uid);
      const active = owned.filter((set) => (set.spec?.replicas ?? 0) > 0);
      const wanted = deployment.spec?.replicas ?? 1;
      return [
        ...check(
          (deployment.status?.availableReplicas ?? 0) === wanted,
          `${nameOf(deployment)} has ${deployment.status?.availableReplicas ?? 0} available instead of ${wanted}`,
        ),
        ...check(active.length <= 1, `${nameOf(deployment)} has ${active.length} active sets`),
        ...check(
          deployment.status?.observedGeneration === deployment.metadata.generation,
          `${nameOf(deployment)} is not observed`,
        ),
      ];
    }),
    ...rollouts.flatMap((rollout) => [
      ...check(
        rollout.status?.phase === 'Healthy',
        `${nameOf(rollout)} is ${rollout.status?.phase ?? 'without a phase'}: ${rollout.status?.message ?? ''}`,
      ),
      ...check(
        (rollout.status?.replicas ?? 0) === (rollout.spec?.replicas ?? 1),
        `${nameOf(rollout)} has ${rollout.status?.replicas ?? 0} pods instead of ${rollout.spec?.replicas ?? 1}`,
      ),
    ]),
    ...jobs.flatMap((job) => {
      const isComplete = isConditionTrue(job.status?.conditions, 'Complete');
      const isFailed = isConditionTrue(job.status?.conditions, 'Failed');
      return [
        ...check(isComplete || isFailed, `${nameOf(job)} has not ended`),
        ...check(
          !isComplete || job.status?.succeeded === (job.spec?.completions ?? 1),
          `${nameOf(job)} counts ${job.status?.succeeded ?? 0} of ${job.spec?.completions ?? 1}`,
        ),
      ];
    }),
    ...services
      .filter(({ spec }) => spec?.selector !== undefined)
      .flatMap((service) => {
        const ready = pods
          .filter((pod) =>
            Object.entries(service.spec?.selector ?? {}).every(([key, value]) => pod.metadata.labels?.[key] === value),
          )
          .filter((pod) => isConditionTrue(pod.status?.conditions, 'Ready'))
          .map((pod) => pod.status?.podIP ?? '')
          .toSorted();
        const listed = slices
          .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name)
          .flatMap((slice) => slice.endpoints ?? [])
          .filter((endpoint) => endpoint.conditions?.ready !== false)
          .flatMap(({ addresses }) => addresses)
          .toSorted();
        return check(
          ready.join() === listed.join(),
          `${nameOf(service)} lists ${listed.join()} instead of ${ready.join()}`,
        );
      }),
  ];
};

const describePod = ({ metadata, status }: Pod): string => {
  const why = status?.reason === undefined ? '' : `: ${status.reason}, ${status.message ?? ''}`;
  return `${metadata.name ?? ''} (${metadata.deletionTimestamp ? 'going' : (status?.phase ?? 'new')}${why})`;
};
