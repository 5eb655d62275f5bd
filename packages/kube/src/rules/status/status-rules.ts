/** Which rules the statuses of built-in kinds have; a pod's are beside those of its other parts. */
import type { FieldError } from '../../objects/field-error.ts';
import { objectAt, type Draft } from '../../builtin/defaults/draft.ts';
import { quotaAmountFindings } from '../resources/resource-names.ts';
import { conditionFindings } from './condition-rules.ts';
import { counterFindings, type Counters } from './counter-rules.ts';
import { jobStatusFindings } from './job-status-rules.ts';
import { ingressStatusFindings, serviceStatusFindings } from './load-balancer-rules.ts';

/** Findings of a status that takes the place of another; `object` is whose it is. */
type StatusRules = (status: Draft, before: Draft, object: Draft) => readonly FieldError[];

type Validate = (object: Draft, previous?: Draft) => readonly FieldError[];

/**
 * The rules of a kind with those of its status. A spec that is the stored one itself was judged when it was stored, and a
 * status that stays is not looked at: writes are of the one or of the other.
 */
export const withStatusRules =
  (rules: StatusRules, validate: Validate = () => []): Validate =>
  (object, previous) => {
    if (!previous || object['status'] === previous['status']) return validate(object, previous);
    const found = rules(objectAt(object, 'status'), objectAt(previous, 'status'), object);
    return object['spec'] === previous['spec'] ? found : [...found, ...validate(object, previous)];
  };

const counted =
  (counters: Counters): StatusRules =>
  (status, before) =>
    counterFindings(counters, status, before);

const REPLICA_SETS: Counters = {
  names: ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
  parts: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
  readyAs: 'readyReplicas',
};

const DEPLOYMENTS: Counters = {
  names: [
    'observedGeneration',
    'replicas',
    'updatedReplicas',
    'readyReplicas',
    'availableReplicas',
    'unavailableReplicas',
    'collisionCount',
  ],
  parts: ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
  readyAs: 'readyReplicas',
  remembersCollisions: true,
};

const STATEFUL_SETS: Counters = {
  names: [
    'replicas',
    'readyReplicas',
    'currentReplicas',
    'updatedReplicas',
    'availableReplicas',
    'observedGeneration',
    'collisionCount',
  ],
  parts: ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
  readyAs: 'status.readyReplicas',
  remembersCollisions: true,
};

const DAEMON_SETS: Counters = {
  names: [
    'currentNumberScheduled',
    'numberMisscheduled',
    'desiredNumberScheduled',
    'numberReady',
    'observedGeneration',
    'updatedNumberScheduled',
    'numberAvailable',
    'numberUnavailable',
    'collisionCount',
  ],
  remembersCollisions: true,
};

const BUDGETS: Counters = { names: ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] };

/** Rules by `group/Kind`; kinds without a row have none. */
export const STATUS_RULES = {
  '/ReplicationController': counted(REPLICA_SETS),
  '/Service': (status, _before, service) => serviceStatusFindings(status, service),
  '/ResourceQuota': (status) =>
    ['hard', 'used'].flatMap((name) => quotaAmountFindings(objectAt(status, name), `status.${name}`)),
  'apps/Deployment': counted(DEPLOYMENTS),
  'apps/ReplicaSet': counted(REPLICA_SETS),
  'apps/StatefulSet': counted(STATEFUL_SETS),
  'apps/DaemonSet': counted(DAEMON_SETS),
  'batch/Job': jobStatusFindings,
  'autoscaling/HorizontalPodAutoscaler': counted({ names: ['currentReplicas', 'desiredReplicas'] }),
  'networking.k8s.io/Ingress': ingressStatusFindings,
  'policy/PodDisruptionBudget': (status, before) => [
    ...conditionFindings(status),
    ...counterFindings(BUDGETS, status, before),
  ],
} satisfies Readonly<Record<string, StatusRules>>;
