/**
 * AnalysisTemplate, ClusterAnalysisTemplate and AnalysisRun. A run's status is written with the object. @spec RO-CTL-01, RO-AN-01, RO-AN-02, RO-AN-20
 */
import { Type } from 'typebox';

import {
  AnyObject,
  IntOrString,
  resourceOf,
  StringRecord,
  toStructuralSchema,
  unsupportedFields,
  type JobSpec,
  type KindDefinition,
  type KubeObject,
} from '@argosy/kube';

import {
  DryRunSchema,
  RetentionSchema,
  TemplateReferencesSchema,
  AnalysisArgumentSchema,
  type AnalysisArgument,
  type DryRunRule,
  type RetentionRule,
  type TemplateReference,
} from './strategy.ts';

/** Phases of a run, a metric or a measurement. */
export type AnalysisPhase = 'Pending' | 'Running' | 'Successful' | 'Failed' | 'Error' | 'Inconclusive';

/** An HTTP header of a provider. */
export interface HeaderPair {
  readonly key: string;
  readonly value: string;
}

/** `provider.web`. @spec RO-MP-04 */
export interface WebProvider {
  readonly method?: string;
  readonly url: string;
  readonly headers?: readonly HeaderPair[];
  readonly body?: string;
  readonly jsonBody?: unknown;
  readonly timeoutSeconds?: number;
  readonly jsonPath?: string;
  readonly insecure?: boolean;
}

/** `provider.prometheus`. @spec RO-MP-02 */
export interface PrometheusProvider {
  readonly address?: string;
  readonly query?: string;
  readonly timeout?: number;
  readonly insecure?: boolean;
  readonly headers?: readonly HeaderPair[];
  readonly authentication?: { readonly basicAuth?: { readonly username: string; readonly password: string } };
}

/** `provider.job`. @spec RO-MP-03 */
export interface JobProvider {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: JobSpec;
}

/** Who measures; exactly one. */
export interface MetricProviderSpec {
  readonly web?: WebProvider;
  readonly prometheus?: PrometheusProvider;
  readonly job?: JobProvider;
}

/** A metric. Counts may be texts, since they may come from arguments. @spec RO-AN-02 */
export interface Metric {
  readonly name: string;
  readonly interval?: string;
  readonly initialDelay?: string;
  readonly count?: number | string;
  readonly successCondition?: string;
  readonly failureCondition?: string;
  readonly failureLimit?: number | string;
  readonly inconclusiveLimit?: number | string;
  readonly consecutiveErrorLimit?: number | string;
  readonly consecutiveSuccessLimit?: number | string;
  readonly provider: MetricProviderSpec;
}

/** `spec` of a template. */
export interface AnalysisTemplateSpec {
  readonly metrics?: readonly Metric[];
  readonly args?: readonly AnalysisArgument[];
  readonly dryRun?: readonly DryRunRule[];
  readonly measurementRetention?: readonly RetentionRule[];
  readonly templates?: readonly TemplateReference[];
}

/** When a finished run is deleted, seconds after its end. @spec RO-AN-22 */
export interface TtlStrategy {
  readonly secondsAfterCompletion?: number;
  readonly secondsAfterSuccess?: number;
  readonly secondsAfterFailure?: number;
}

/** `spec` of a run. */
export interface AnalysisRunSpec extends Omit<AnalysisTemplateSpec, 'templates'> {
  readonly metrics: readonly Metric[];
  readonly terminate?: boolean;
  readonly ttlStrategy?: TtlStrategy;
}

/** One measurement. */
export interface Measurement {
  readonly phase: AnalysisPhase;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly value?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly resumeAt?: string;
}

/** What is known of a metric. Counters that are absent are 0. */
export interface MetricResult {
  readonly name: string;
  readonly phase: AnalysisPhase;
  readonly measurements?: readonly Measurement[];
  readonly message?: string;
  readonly count?: number;
  readonly successful?: number;
  readonly failed?: number;
  readonly inconclusive?: number;
  readonly error?: number;
  readonly consecutiveError?: number;
  readonly consecutiveSuccess?: number;
  readonly dryRun?: boolean;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Metrics by verdict. */
export interface RunSummary {
  readonly count?: number;
  readonly successful?: number;
  readonly failed?: number;
  readonly inconclusive?: number;
  readonly error?: number;
}

/** `status` of a run. */
export interface AnalysisRunStatus {
  readonly phase?: AnalysisPhase;
  readonly message?: string;
  readonly metricResults?: readonly MetricResult[];
  readonly startedAt?: string;
  readonly completedAt?: string;
  readonly runSummary?: RunSummary;
  readonly dryRunSummary?: RunSummary;
}

export type AnalysisTemplate = KubeObject<AnalysisTemplateSpec>;
export type AnalysisRun = KubeObject<AnalysisRunSpec, AnalysisRunStatus>;

const headers = Type.Optional(Type.Array(Type.Object({ key: Type.String(), value: Type.String() })));
const text = Type.Optional(Type.String());

const ProviderSchema = Type.Object({
  web: Type.Optional(
    Type.Object({
      method: text,
      url: Type.String(),
      headers,
      body: text,
      jsonBody: Type.Optional(AnyObject),
      timeoutSeconds: Type.Optional(Type.Integer()),
      jsonPath: text,
      insecure: Type.Optional(Type.Boolean()),
    }),
  ),
  prometheus: Type.Optional(
    Type.Object({
      address: text,
      query: text,
      timeout: Type.Optional(Type.Integer()),
      insecure: Type.Optional(Type.Boolean()),
      headers,
      authentication: Type.Optional(
        Type.Object({
          basicAuth: Type.Optional(Type.Object({ username: Type.String(), password: Type.String() })),
        }),
      ),
    }),
  ),
  job: Type.Optional(
    Type.Object({
      metadata: Type.Optional(
        Type.Object({ labels: Type.Optional(StringRecord), annotations: Type.Optional(StringRecord) }),
      ),
      spec: AnyObject,
    }),
  ),
});

const MetricSchema = Type.Object({
  name: Type.String(),
  interval: text,
  initialDelay: text,
  count: Type.Optional(IntOrString),
  successCondition: text,
  failureCondition: text,
  failureLimit: Type.Optional(IntOrString),
  inconclusiveLimit: Type.Optional(IntOrString),
  consecutiveErrorLimit: Type.Optional(IntOrString),
  consecutiveSuccessLimit: Type.Optional(IntOrString),
  provider: ProviderSchema,
});

const measuredFields = {
  metrics: Type.Optional(Type.Array(MetricSchema)),
  args: Type.Optional(Type.Array(AnalysisArgumentSchema)),
  dryRun: Type.Optional(DryRunSchema),
  measurementRetention: Type.Optional(RetentionSchema),
};
const TemplateSpecSchema = Type.Object({ ...measuredFields, templates: Type.Optional(TemplateReferencesSchema) });
const RunSpecSchema = Type.Object({
  ...measuredFields,
  terminate: Type.Optional(Type.Boolean()),
  ttlStrategy: Type.Optional(
    Type.Object({
      secondsAfterCompletion: Type.Optional(Type.Integer()),
      secondsAfterSuccess: Type.Optional(Type.Integer()),
      secondsAfterFailure: Type.Optional(Type.Integer()),
    }),
  ),
});

const GROUP = { group: 'argoproj.io', version: 'v1alpha1', statusSubresource: false } as const;
const AGE = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' } as const;

const withRefusals = <T extends KubeObject>(definition: KindDefinition<T>): KindDefinition<T> => ({
  ...definition,
  validate: (object) => unsupportedFields(definition.schema, object),
});
const templateSchema = toStructuralSchema(Type.Object({ spec: TemplateSpecSchema }));

/** `kubectl get at`. */
export const ANALYSIS_TEMPLATE: KindDefinition<AnalysisTemplate> = withRefusals<AnalysisTemplate>({
  ...GROUP,
  kind: 'AnalysisTemplate',
  plural: 'analysistemplates',
  singular: 'analysistemplate',
  shortNames: ['at'],
  scope: 'Namespaced',
  schema: templateSchema,
  printerColumns: [AGE],
});

/** `kubectl get cat`. */
export const CLUSTER_ANALYSIS_TEMPLATE: KindDefinition<AnalysisTemplate> = withRefusals<AnalysisTemplate>({
  ...GROUP,
  kind: 'ClusterAnalysisTemplate',
  plural: 'clusteranalysistemplates',
  singular: 'clusteranalysistemplate',
  shortNames: ['cat'],
  scope: 'Cluster',
  schema: templateSchema,
  printerColumns: [AGE],
});

/** `kubectl get ar`. */
export const ANALYSIS_RUN: KindDefinition<AnalysisRun> = withRefusals<AnalysisRun>({
  ...GROUP,
  kind: 'AnalysisRun',
  plural: 'analysisruns',
  singular: 'analysisrun',
  shortNames: ['ar'],
  scope: 'Namespaced',
  schema: toStructuralSchema(Type.Object({ spec: RunSpecSchema, status: Type.Optional(AnyObject) })),
  printerColumns: [
    { name: 'Status', type: 'string', jsonPath: '.status.phase', description: 'AnalysisRun status' },
    AGE,
  ],
});

export const ANALYSIS_TEMPLATES = resourceOf(ANALYSIS_TEMPLATE);
export const CLUSTER_ANALYSIS_TEMPLATES = resourceOf(CLUSTER_ANALYSIS_TEMPLATE);
export const ANALYSIS_RUNS = resourceOf(ANALYSIS_RUN);
