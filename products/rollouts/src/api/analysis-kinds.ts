/**
 * The kinds of analysis: their CRDs and validation.
 */
import { Type } from 'typebox';

import {
  AnyObject,
  IntOrString,
  resourceOf,
  StringRecord,
  toStructuralSchema,
  unsupportedFields,
  type KindDefinition,
  type KubeObject,
} from '@argosy/kube';

import { DryRunSchema, RetentionSchema, TemplateReferencesSchema, AnalysisArgumentSchema } from './strategy-schema.ts';
import type { AnalysisRun, AnalysisTemplate } from './analysis.ts';

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
