/** How access, budgets, quotas and autoscalers are printed. @upstream printRole, printResourceQuota and their neighbours */
import type {
  HorizontalPodAutoscaler,
  LimitRange,
  PodDisruptionBudget,
  PriorityClass,
  ResourceQuota,
  Role,
  RoleBinding,
  RoleSubject,
} from '../core/index.ts';
import type { KubeObject } from '../objects/object.ts';
import { valueAtPath } from './column-path.ts';
import { age, atMost, nameOf, none, table, type Cell, type TableDefinition } from './table-words.ts';

const RBAC = 'rbac.authorization.k8s.io';

const namesOf = (subjects: readonly RoleSubject[] | undefined, kind: string): string =>
  (subjects ?? [])
    .filter((subject) => subject.kind === kind)
    .map(({ namespace, name }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
    .join(', ');

const bindings = table<RoleBinding>(
  ['Name', 'Role', 'Age', '+Users', '+Groups', '+ServiceAccounts'],
  (binding, now) => [
    nameOf(binding),
    `${binding.roleRef.kind}/${binding.roleRef.name}`,
    age(binding, now),
    ...['User', 'Group', 'ServiceAccount'].map((kind) => namesOf(binding.subjects, kind)),
  ],
);

const timedRole = table<Role>(['Name', 'Created At#date'], (role) => [
  nameOf(role),
  role.metadata.creationTimestamp ?? '',
]);

const usageOf = (quota: ResourceQuota, isLimit: boolean): string =>
  Object.keys(quota.status?.hard ?? {})
    .filter((name) => name.startsWith('limits.') === isLimit)
    .sort()
    .map((name) => `${name}: ${quota.status?.used?.[name] ?? 0}/${quota.status?.hard?.[name] ?? 0}`)
    .join(', ');

/** Metrics of which either the whole or a part for each pod may be meant. */
const AVERAGED: ReadonlySet<string> = new Set(['External', 'Object']);

/** `cpu: 10%/80%` for each metric; what is not measured is `<unknown>`. */
const targetsOf = ({ spec, status }: HorizontalPodAutoscaler): string => {
  const texts = (spec?.metrics ?? []).map((metric, at) => {
    const type = typeof metric['type'] === 'string' ? metric['type'] : '';
    const member = type.charAt(0).toLowerCase() + type.slice(1);
    const target = (field: string): Cell | undefined => valueAtPath(metric, `.${member}.target.${field}`) as Cell;
    const current = (field: string): Cell | undefined =>
      valueAtPath(status?.currentMetrics?.[at], `.${member}.current.${field}`) as Cell;
    const isShare = target('averageUtilization') !== undefined;
    const wanted = isShare ? `${target('averageUtilization')}%` : (target('averageValue') ?? target('value') ?? '');
    const measured = current('averageUtilization') ?? current('averageValue') ?? current('value');
    const shown = measured === undefined ? '<unknown>' : `${measured}${isShare ? '%' : ''}`;
    const name = valueAtPath(metric, `.${member}.name`);
    const isMean = AVERAGED.has(type) && target('averageValue') !== undefined;
    return `${typeof name === 'string' ? `${name}: ` : ''}${shown}/${wanted}${isMean ? ' (avg)' : ''}`;
  });
  return texts.length === 0 ? '<none>' : atMost(2, texts, ', ');
};

/** Tables by `group/Kind`. */
interface AdmissionPolicy extends KubeObject {
  readonly spec?: {
    readonly validations?: readonly unknown[];
    readonly paramKind?: { readonly apiVersion?: string; readonly kind?: string };
  };
}

const admissionPolicies = table<AdmissionPolicy>(['Name', 'Validations#integer', 'ParamKind', 'Age'], (policy, now) => {
  const { validations = [], paramKind } = policy.spec ?? {};
  const kind = paramKind ? `${paramKind.apiVersion ?? ''}/${paramKind.kind ?? ''}` : '<unset>';
  return [nameOf(policy), validations.length, kind, age(policy, now)];
});

interface AdmissionPolicyBinding extends KubeObject {
  readonly spec?: {
    readonly policyName?: string;
    readonly paramRef?: { readonly namespace?: string; readonly name?: string };
  };
}

const admissionPolicyBindings = table<AdmissionPolicyBinding>(
  ['Name', 'PolicyName', 'ParamRef', 'Age'],
  (binding, now) => {
    const { policyName = '', paramRef } = binding.spec ?? {};
    const reference = paramRef
      ? `${paramRef.namespace ? `${paramRef.namespace}/` : ''}${paramRef.name ?? '*'}`
      : '<unset>';
    return [nameOf(binding), policyName, reference, age(binding, now)];
  },
);

type Webhooks = KubeObject & { readonly webhooks?: readonly unknown[] };

const webhooks = table<Webhooks>(['Name', 'Webhooks#integer', 'Age'], (configuration, now) => [
  nameOf(configuration),
  configuration.webhooks?.length ?? 0,
  age(configuration, now),
]);

export const POLICY_TABLES: Readonly<Record<string, TableDefinition>> = {
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': webhooks,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': webhooks,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': admissionPolicies,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': admissionPolicyBindings,
  [`${RBAC}/Role`]: timedRole,
  [`${RBAC}/ClusterRole`]: timedRole,
  [`${RBAC}/RoleBinding`]: bindings,
  [`${RBAC}/ClusterRoleBinding`]: bindings,
  'policy/PodDisruptionBudget': table<PodDisruptionBudget>(
    ['Name', 'Min Available', 'Max Unavailable', 'Allowed Disruptions#integer', 'Age'],
    (budget, now) => [
      nameOf(budget),
      String(budget.spec?.minAvailable ?? 'N/A'),
      String(budget.spec?.maxUnavailable ?? 'N/A'),
      budget.status?.disruptionsAllowed ?? 0,
      age(budget, now),
    ],
  ),
  '/ResourceQuota': table<ResourceQuota>(['Name', 'Age', 'Request', 'Limit'], (quota, now) => [
    nameOf(quota),
    age(quota, now),
    usageOf(quota, false),
    usageOf(quota, true),
  ]),
  '/LimitRange': table<LimitRange>(['Name', 'Created At#date'], (range) => [
    nameOf(range),
    range.metadata.creationTimestamp ?? '',
  ]),
  'scheduling.k8s.io/PriorityClass': table<PriorityClass>(
    ['Name', 'Value#integer', 'Global-Default#boolean', 'Age', 'PreemptionPolicy'],
    (priority, now) => [
      nameOf(priority),
      priority.value,
      priority.globalDefault ?? false,
      age(priority, now),
      none(priority.preemptionPolicy),
    ],
  ),
  'autoscaling/HorizontalPodAutoscaler': table<HorizontalPodAutoscaler>(
    ['Name', 'Reference', 'Targets', 'MinPods', 'MaxPods', 'Replicas', 'Age'],
    (scaler, now) => [
      nameOf(scaler),
      `${scaler.spec?.scaleTargetRef.kind ?? ''}/${scaler.spec?.scaleTargetRef.name ?? ''}`,
      targetsOf(scaler),
      String(scaler.spec?.minReplicas ?? '<unset>'),
      scaler.spec?.maxReplicas ?? 0,
      scaler.status?.currentReplicas ?? 0,
      age(scaler, now),
    ],
  ),
};
