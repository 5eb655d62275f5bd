/**
 * Schemas shared by the kinds that carry workflow specs: parameters, artifacts, templates, steps and tasks.
 * A field that is not here is refused by name. @spec WF-SPEC, WF-TMPL, WF-PARAM, WF-ART
 */
import { Type, type Static } from 'typebox';

import { AnyObject, AnyValue, IntOrString, StringRecord } from '@argosy/kube';

const optional = Type.Optional;

/** Text that may be written as a number or boolean. @spec WF-CRD-18 */
const AnyText = Type.Unsafe<string | number | boolean>({ 'x-kubernetes-preserve-unknown-fields': true });

const KeySelector = Type.Object({
  name: optional(Type.String()),
  key: Type.String(),
  optional: optional(Type.Boolean()),
});

const ValueFrom = Type.Object({
  path: optional(Type.String({ description: 'File in the main container.' })),
  parameter: optional(Type.String({ description: 'A tag, in outputs of steps and dag templates.' })),
  expression: optional(Type.String()),
  default: optional(AnyText),
  supplied: optional(AnyObject),
  configMapKeyRef: optional(KeySelector),
});

const Parameter = Type.Object({
  name: Type.String(),
  value: optional(AnyText),
  default: optional(AnyText),
  valueFrom: optional(ValueFrom),
  globalName: optional(Type.String()),
  enum: optional(Type.Array(AnyText)),
  description: optional(Type.String()),
});

const Artifact = Type.Object({
  name: Type.String(),
  path: optional(Type.String()),
  mode: optional(Type.Integer({ minimum: 0, maximum: 511 })),
  recurseMode: optional(Type.Boolean()),
  from: optional(Type.String()),
  fromExpression: optional(Type.String()),
  subPath: optional(Type.String()),
  optional: optional(Type.Boolean()),
  globalName: optional(Type.String()),
  archive: optional(
    Type.Object({
      none: optional(AnyObject),
      tar: optional(Type.Object({ compressionLevel: optional(Type.Integer()) })),
    }),
  ),
  raw: optional(Type.Object({ data: Type.String() })),
  git: optional(
    Type.Object({
      repo: Type.String(),
      revision: optional(Type.String()),
      depth: optional(Type.Integer()),
      fetch: optional(Type.Array(Type.String())),
      branch: optional(Type.String()),
      singleBranch: optional(Type.Boolean()),
      usernameSecret: optional(KeySelector),
      passwordSecret: optional(KeySelector),
      sshPrivateKeySecret: optional(KeySelector),
      insecureIgnoreHostKey: optional(Type.Boolean()),
      disableSubmodules: optional(Type.Boolean()),
    }),
  ),
  http: optional(
    Type.Object({
      url: Type.String(),
      headers: optional(Type.Array(Type.Object({ name: Type.String(), value: Type.String() }))),
    }),
  ),
  s3: optional(Type.Object({ key: optional(Type.String({ description: 'Key in the embedded store.' })) })),
});

const Inputs = Type.Object({ parameters: optional(Type.Array(Parameter)), artifacts: optional(Type.Array(Artifact)) });
const Outputs = Type.Object({
  parameters: optional(Type.Array(Parameter)),
  artifacts: optional(Type.Array(Artifact)),
  result: optional(Type.String()),
  exitCode: optional(Type.String()),
});
const Arguments = Type.Object({
  parameters: optional(Type.Array(Parameter)),
  artifacts: optional(Type.Array(Artifact)),
});

const TemplateRef = Type.Object({
  name: Type.String(),
  template: Type.String(),
  clusterScope: optional(Type.Boolean()),
});

const Sequence = Type.Object({
  count: optional(IntOrString),
  start: optional(IntOrString),
  end: optional(IntOrString),
  format: optional(Type.String()),
});

const ContinueOn = Type.Object({ error: optional(Type.Boolean()), failed: optional(Type.Boolean()) });

const Hook = Type.Object({
  template: optional(Type.String()),
  templateRef: optional(TemplateRef),
  arguments: optional(Arguments),
  expression: optional(Type.String()),
});
const Hooks = Type.Unsafe<Readonly<Record<string, Static<typeof Hook>>>>({
  type: 'object',
  additionalProperties: Hook,
});

const CALL = {
  name: optional(Type.String()),
  template: optional(Type.String()),
  templateRef: optional(TemplateRef),
  inline: optional(AnyObject),
  arguments: optional(Arguments),
  withItems: optional(Type.Array(AnyValue)),
  withParam: optional(Type.String()),
  withSequence: optional(Sequence),
  when: optional(Type.String()),
  continueOn: optional(ContinueOn),
  onExit: optional(Type.String()),
  hooks: optional(Hooks),
};

const Step = Type.Object(CALL);
const Task = Type.Object({
  ...CALL,
  dependencies: optional(Type.Array(Type.String())),
  depends: optional(Type.String()),
});

/** One request. @spec WF-HTTP-01 */
const HttpTemplate = Type.Object({
  method: optional(Type.String({ description: 'GET by default.' })),
  url: Type.String(),
  headers: optional(
    Type.Array(
      Type.Object({
        name: Type.String(),
        value: optional(Type.String()),
        valueFrom: optional(Type.Object({ secretKeyRef: optional(KeySelector) })),
      }),
    ),
  ),
  timeoutSeconds: optional(Type.Integer({ minimum: 1, description: '30 by default.' })),
  body: optional(Type.String()),
  bodyFrom: optional(Type.Object({ bytes: optional(Type.String({ description: 'Base64.' })) })),
  insecureSkipVerify: optional(Type.Boolean()),
  successCondition: optional(Type.String()),
});

const RetryStrategy = Type.Object({
  limit: optional(IntOrString),
  retryPolicy: optional(Type.String()),
  expression: optional(Type.String()),
  backoff: optional(
    Type.Object({
      duration: optional(Type.String()),
      factor: optional(IntOrString),
      maxDuration: optional(Type.String()),
      cap: optional(Type.String()),
    }),
  ),
});

/** Locks held while a workflow or a node runs. @spec WF-SYNC-01 … WF-SYNC-03 */
const Synchronization = Type.Object({
  mutexes: optional(Type.Array(Type.Object({ name: optional(Type.String()), namespace: optional(Type.String()) }))),
  semaphores: optional(
    Type.Array(
      Type.Object({
        configMapKeyRef: optional(Type.Object({ name: optional(Type.String()), key: Type.String() })),
        namespace: optional(Type.String()),
      }),
    ),
  ),
});

const Metadata = Type.Object({ labels: optional(StringRecord), annotations: optional(StringRecord) });

const SCHEDULING = {
  nodeSelector: optional(StringRecord),
  affinity: optional(AnyObject),
  tolerations: optional(Type.Array(AnyObject)),
  schedulerName: optional(Type.String()),
  hostAliases: optional(Type.Array(AnyObject)),
  securityContext: optional(AnyObject),
  serviceAccountName: optional(Type.String()),
  automountServiceAccountToken: optional(Type.Boolean()),
  podSpecPatch: optional(Type.String()),
  synchronization: optional(Synchronization),
};

const Template = Type.Object({
  name: optional(Type.String()),
  inputs: optional(Inputs),
  outputs: optional(Outputs),
  container: optional(AnyObject),
  script: optional(AnyObject),
  steps: optional(Type.Array(Type.Array(Step))),
  dag: optional(
    Type.Object({ tasks: Type.Array(Task), target: optional(Type.String()), failFast: optional(Type.Boolean()) }),
  ),
  suspend: optional(Type.Object({ duration: optional(Type.String()) })),
  http: optional(HttpTemplate),
  retryStrategy: optional(RetryStrategy),
  activeDeadlineSeconds: optional(IntOrString),
  timeout: optional(Type.String()),
  daemon: optional(Type.Boolean()),
  parallelism: optional(Type.Integer({ minimum: 1 })),
  failFast: optional(Type.Boolean()),
  metadata: optional(Metadata),
  annotations: optional(StringRecord),
  priorityClassName: optional(Type.String()),
  volumes: optional(Type.Array(AnyObject)),
  initContainers: optional(Type.Array(AnyObject)),
  sidecars: optional(Type.Array(AnyObject)),
  ...SCHEDULING,
});

/** The spec of Workflow, WorkflowTemplate and ClusterWorkflowTemplate. */
export const WorkflowSpecSchema = Type.Object({
  entrypoint: optional(Type.String()),
  arguments: optional(Arguments),
  templates: optional(Type.Array(Template)),
  templateDefaults: optional(Template),
  workflowTemplateRef: optional(Type.Object({ name: Type.String(), clusterScope: optional(Type.Boolean()) })),
  onExit: optional(Type.String()),
  hooks: optional(Hooks),
  suspend: optional(Type.Boolean()),
  shutdown: optional(Type.String()),
  activeDeadlineSeconds: optional(Type.Integer()),
  parallelism: optional(Type.Integer({ minimum: 1 })),
  priority: optional(Type.Integer()),
  retryStrategy: optional(RetryStrategy),
  volumes: optional(Type.Array(AnyObject)),
  imagePullSecrets: optional(Type.Array(AnyObject)),
  hostNetwork: optional(Type.Boolean()),
  dnsPolicy: optional(Type.String()),
  dnsConfig: optional(AnyObject),
  podPriorityClassName: optional(Type.String()),
  podMetadata: optional(Metadata),
  podGC: optional(
    Type.Object({
      strategy: optional(Type.String()),
      labelSelector: optional(AnyObject),
      deleteDelayDuration: optional(Type.String()),
    }),
  ),
  ttlStrategy: optional(
    Type.Object({
      secondsAfterCompletion: optional(Type.Integer()),
      secondsAfterSuccess: optional(Type.Integer()),
      secondsAfterFailure: optional(Type.Integer()),
    }),
  ),
  workflowMetadata: optional(
    Type.Object({
      labels: optional(StringRecord),
      annotations: optional(StringRecord),
      labelsFrom: optional(
        Type.Unsafe<Readonly<Record<string, { readonly expression: string }>>>({
          type: 'object',
          additionalProperties: Type.Object({ expression: Type.String() }),
        }),
      ),
    }),
  ),
  ...SCHEDULING,
});

/** @see WorkflowSpecSchema */
export type WorkflowSpec = Static<typeof WorkflowSpecSchema>;
export type Template = Static<typeof Template>;
export type Parameter = Static<typeof Parameter>;
export type ValueFrom = Static<typeof ValueFrom>;
export type Artifact = Static<typeof Artifact>;
export type Inputs = Static<typeof Inputs>;
export type Outputs = Static<typeof Outputs>;
export type Arguments = Static<typeof Arguments>;
export type TemplateRef = Static<typeof TemplateRef>;
export type Sequence = Static<typeof Sequence>;
export type ContinueOn = Static<typeof ContinueOn>;
export type Hook = Static<typeof Hook>;
/** One step; what a step and a task have in common. */
export type Step = Static<typeof Step>;
export type Task = Static<typeof Task>;
export type HttpTemplate = Static<typeof HttpTemplate>;
export type Synchronization = Static<typeof Synchronization>;
export type RetryStrategy = Static<typeof RetryStrategy>;
export { Outputs as OutputsSchema, Template as TemplateSchema };
