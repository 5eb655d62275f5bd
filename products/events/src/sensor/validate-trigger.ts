/**
 * What is wrong with the one kind a trigger has. @spec EV-KND-01, EV-KND-04, EV-KND-05, EV-OPS-06
 */
import type {
  HttpTriggerSpec,
  KubernetesTriggerSpec,
  TriggerSource,
  TriggerTemplate,
  WorkflowTriggerSpec,
} from '../api/trigger-schema.ts';
import type { SensorFinding, TriggerKind } from './sensor-plan.ts';

/** A finding of a trigger, before it is told which part of the sensor it is. */
export type TriggerFinding = Omit<SensorFinding, 'part'>;

/** Findings of a kind's own fields. */
export const validateTriggerKind = (
  template: TriggerTemplate,
  kind: TriggerKind,
  place: string,
): readonly TriggerFinding[] => {
  switch (kind) {
    case 'k8s':
      return validateKubernetes(template.k8s ?? {}, `${place}.k8s`);
    case 'argoWorkflow':
      return validateWorkflow(template.argoWorkflow ?? {}, `${place}.argoWorkflow`);
    case 'http':
      return validateHttp(template.http ?? {}, `${place}.http`);
    case 'log':
      return [];
  }
};

const KUBERNETES_OPERATIONS = ['', 'create', 'update', 'patch', 'delete'];
/** Content types of the patches an object can be sent as. */
export const PATCH_STRATEGIES: Readonly<Record<string, 'merge' | 'strategic' | 'apply'>> = {
  '': 'merge',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};
/** Operations on workflows; retry and resume are refused by the API until a product's code can be shared. */
const WORKFLOW_OPERATIONS = ['submit', 'submit-from', 'resubmit', 'suspend', 'stop', 'terminate'] as const;
export type WorkflowOperation = (typeof WORKFLOW_OPERATIONS)[number];
const METHODS = ['', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

const unknown = (
  field: string,
  given: string | undefined,
  known: readonly string[],
  place: string,
): TriggerFinding => ({
  subject: field,
  reason: 'unknown-value',
  message: `${place}.${field}: ${JSON.stringify(given ?? '')} is not one of ${known.filter((one) => one !== '').join(', ')}`,
});

const validateKubernetes = (spec: KubernetesTriggerSpec, place: string): readonly TriggerFinding[] => [
  ...validateSource(spec.source, place),
  ...(KUBERNETES_OPERATIONS.includes(spec.operation ?? '')
    ? []
    : [unknown('operation', spec.operation, KUBERNETES_OPERATIONS, place)]),
  ...(Object.hasOwn(PATCH_STRATEGIES, spec.patchStrategy ?? '')
    ? []
    : [unknown('patchStrategy', spec.patchStrategy, Object.keys(PATCH_STRATEGIES), place)]),
  ...(spec.liveObject === true && spec.operation !== 'update'
    ? [{ subject: 'liveObject', reason: 'invalid', message: `${place}.liveObject: only with operation update` }]
    : []),
];

const validateWorkflow = (spec: WorkflowTriggerSpec, place: string): readonly TriggerFinding[] => [
  ...validateSource(spec.source, place),
  ...((WORKFLOW_OPERATIONS as readonly string[]).includes(spec.operation ?? '')
    ? []
    : [unknown('operation', spec.operation, WORKFLOW_OPERATIONS, place)]),
];

const validateSource = (source: TriggerSource | undefined, place: string): readonly TriggerFinding[] =>
  source?.resource === undefined && source?.inline === undefined && source?.configmap === undefined
    ? [
        {
          subject: 'source',
          reason: 'missing',
          message: `${place}.source: one of resource, inline, configmap must be given`,
        },
      ]
    : [];

const validateHttp = (spec: HttpTriggerSpec, place: string): readonly TriggerFinding[] => [
  ...((spec.url ?? '') === ''
    ? [{ subject: 'url', reason: 'missing', message: `${place}.url: must be given` }]
    : URL.canParse(spec.url ?? '')
      ? []
      : [{ subject: 'url', reason: 'invalid', message: `${place}.url: ${JSON.stringify(spec.url)} is not a URL` }]),
  ...(METHODS.includes(spec.method ?? '') ? [] : [unknown('method', spec.method, METHODS, place)]),
  ...((spec.timeout ?? 0) < 0
    ? [{ subject: 'timeout', reason: 'invalid', message: `${place}.timeout: must not be negative` }]
    : []),
];
