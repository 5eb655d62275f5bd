/**
 * Schemas of triggers and their parameters. A kind of trigger that is not here is refused by name.
 * @spec EV-TRG-01, EV-TRG-08, EV-KND-01, EV-KND-04, EV-KND-05, EV-KND-14
 */
import { Type, type Static } from 'typebox';

import { AnyObject, StringRecord } from '@argosy/kube';

import { BackoffSchema, KeySelectorSchema } from './shared-schema.ts';

const optional = Type.Optional;

const ParameterSource = Type.Object({
  dependencyName: optional(Type.String()),
  contextKey: optional(Type.String()),
  contextTemplate: optional(Type.String({ description: 'Go template over .Input, the attributes of the event.' })),
  dataKey: optional(Type.String({ description: 'GJSON path in the data of the event.' })),
  dataTemplate: optional(Type.String({ description: 'Go template over .Input, the data of the event.' })),
  value: optional(Type.String({ description: 'Used when the path leads nowhere.' })),
  useRawData: optional(Type.Boolean()),
});

const Parameter = Type.Object({
  src: optional(ParameterSource),
  dest: optional(Type.String({ description: 'SJSON path in what is written to.' })),
  operation: optional(Type.String({ description: 'append, prepend or overwrite.' })),
});
const Parameters = optional(Type.Array(Parameter));

const Source = Type.Object({
  resource: optional(AnyObject),
  inline: optional(Type.String({ description: 'YAML or JSON text of the object.' })),
  configmap: optional(KeySelectorSchema),
});

const KubernetesTrigger = Type.Object({
  source: optional(Source),
  operation: optional(Type.String({ description: 'create, update, patch or delete.' })),
  parameters: Parameters,
  patchStrategy: optional(Type.String()),
  liveObject: optional(Type.Boolean()),
});

const WorkflowTrigger = Type.Object({
  source: optional(Source),
  operation: optional(Type.String({ description: 'submit, submit-from, resubmit, suspend, stop or terminate.' })),
  parameters: Parameters,
});

const SecureHeader = Type.Object({
  name: Type.String(),
  valueFrom: Type.Object({ secretKeyRef: optional(KeySelectorSchema), configMapKeyRef: optional(KeySelectorSchema) }),
});

const HttpTrigger = Type.Object({
  url: optional(Type.String()),
  method: optional(Type.String()),
  payload: Parameters,
  parameters: Parameters,
  headers: optional(StringRecord),
  secureHeaders: optional(Type.Array(SecureHeader)),
  dynamicHeaders: Parameters,
  basicAuth: optional(Type.Object({ username: optional(KeySelectorSchema), password: optional(KeySelectorSchema) })),
  timeout: optional(Type.Integer({ description: 'Seconds; 60 when absent.' })),
});

const LogTrigger = Type.Object({ intervalSeconds: optional(Type.Integer({ minimum: 0 })) });

const ConditionsReset = Type.Object({
  byTime: optional(Type.Object({ cron: optional(Type.String()), timezone: optional(Type.String()) })),
});

const Template = Type.Object({
  name: optional(Type.String()),
  conditions: optional(Type.String({ description: 'Boolean expression over names of dependencies.' })),
  conditionsReset: optional(Type.Array(ConditionsReset)),
  k8s: optional(KubernetesTrigger),
  argoWorkflow: optional(WorkflowTrigger),
  http: optional(HttpTrigger),
  log: optional(LogTrigger),
});

const KubernetesPolicySchema = Type.Object({
  labels: optional(StringRecord),
  backoff: optional(BackoffSchema),
  errorOnBackoffTimeout: optional(Type.Boolean()),
});

const Policy = Type.Object({
  status: optional(Type.Object({ allow: optional(Type.Array(Type.Integer())) })),
  k8s: optional(KubernetesPolicySchema),
});

const RateLimit = Type.Object({
  unit: optional(Type.String({ description: 'Second, Minute or Hour.' })),
  requestsPerUnit: optional(Type.Integer({ minimum: 0 })),
});

const TRIGGER_FIELDS = {
  template: optional(Template),
  parameters: Parameters,
  policy: optional(Policy),
  retryStrategy: optional(BackoffSchema),
  rateLimit: optional(RateLimit),
  atLeastOnce: optional(Type.Boolean()),
} as const;

/** Upstream's dead-letter trigger may have one of its own, without end; here it has none. */
export const TriggerSchema = Type.Object({ ...TRIGGER_FIELDS, dlqTrigger: optional(Type.Object(TRIGGER_FIELDS)) });

export type Trigger = Static<typeof TriggerSchema>;
export type KubernetesPolicy = Static<typeof KubernetesPolicySchema>;
export type TriggerTemplate = Static<typeof Template>;
export type TriggerParameter = Static<typeof Parameter>;
export type TriggerParameterSource = Static<typeof ParameterSource>;
export type TriggerSource = Static<typeof Source>;
export type KubernetesTriggerSpec = Static<typeof KubernetesTrigger>;
export type WorkflowTriggerSpec = Static<typeof WorkflowTrigger>;
export type HttpTriggerSpec = Static<typeof HttpTrigger>;
