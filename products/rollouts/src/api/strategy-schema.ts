/**
 * The strategies of rollouts as schemas. @spec RO-SPEC-13, RO-SPEC-14
 */
import { Type } from 'typebox';

import { AnyObject, IntOrString, StringRecord } from '@argosy/kube';

import { GATEWAY_API_PLUGIN } from './strategy.ts';

const count = Type.Optional(Type.Integer());

/** `args` of a rollout's analysis: what a run declares, and facts of the rollout. */
export const AnalysisArgumentSchema = Type.Object({
  name: Type.String(),
  value: Type.Optional(Type.String()),
  valueFrom: Type.Optional(
    Type.Object({
      secretKeyRef: Type.Optional(Type.Object({ name: Type.String(), key: Type.String() })),
      fieldRef: Type.Optional(Type.Object({ fieldPath: Type.String() })),
      podTemplateHashValue: Type.Optional(Type.String({ enum: ['Stable', 'Latest'] })),
    }),
  ),
});

/** `dryRun`. */
export const DryRunSchema = Type.Array(Type.Object({ metricName: Type.String() }));
/** `measurementRetention`. */
export const RetentionSchema = Type.Array(Type.Object({ metricName: Type.String(), limit: Type.Integer() }));
/** `templates`. */
export const TemplateReferencesSchema = Type.Array(
  Type.Object({ templateName: Type.String(), clusterScope: Type.Optional(Type.Boolean()) }),
);

const analysisFields = {
  templates: Type.Optional(TemplateReferencesSchema),
  args: Type.Optional(Type.Array(AnalysisArgumentSchema)),
  dryRun: Type.Optional(DryRunSchema),
  measurementRetention: Type.Optional(RetentionSchema),
  analysisRunMetadata: Type.Optional(
    Type.Object({ labels: Type.Optional(StringRecord), annotations: Type.Optional(StringRecord) }),
  ),
};
const RolloutAnalysisSchema = Type.Object(analysisFields);

const CanaryStepSchema = Type.Object({
  setWeight: count,
  pause: Type.Optional(Type.Object({ duration: Type.Optional(IntOrString) })),
  analysis: Type.Optional(RolloutAnalysisSchema),
  setCanaryScale: Type.Optional(
    Type.Object({ replicas: count, weight: count, matchTrafficWeight: Type.Optional(Type.Boolean()) }),
  ),
});

const TrafficRoutingSchema = Type.Object({
  nginx: Type.Optional(
    Type.Object({
      annotationPrefix: Type.Optional(Type.String()),
      stableIngress: Type.Optional(Type.String()),
      stableIngresses: Type.Optional(Type.Array(Type.String())),
      additionalIngressAnnotations: Type.Optional(StringRecord),
      canaryIngressAnnotations: Type.Optional(StringRecord),
    }),
  ),
  plugins: Type.Optional(
    Type.Object({
      [GATEWAY_API_PLUGIN]: Type.Optional(
        Type.Object({
          namespace: Type.Optional(Type.String()),
          httpRoute: Type.Optional(Type.String()),
          httpRoutes: Type.Optional(
            Type.Array(Type.Object({ name: Type.String(), ruleName: Type.Optional(Type.String()) })),
          ),
        }),
      ),
    }),
  ),
  maxTrafficWeight: count,
});

const commonFields = {
  maxUnavailable: Type.Optional(IntOrString),
  scaleDownDelaySeconds: count,
  scaleDownDelayRevisionLimit: count,
  abortScaleDownDelaySeconds: count,
};

/** What `spec.strategy` may hold in this version. */
export const RolloutStrategySchema = Type.Object({
  canary: Type.Optional(
    Type.Object({
      ...commonFields,
      canaryService: Type.Optional(Type.String()),
      stableService: Type.Optional(Type.String()),
      steps: Type.Optional(Type.Array(CanaryStepSchema)),
      trafficRouting: Type.Optional(TrafficRoutingSchema),
      maxSurge: Type.Optional(IntOrString),
      analysis: Type.Optional(Type.Object({ ...analysisFields, startingStep: count })),
      dynamicStableScale: Type.Optional(Type.Boolean()),
      minPodsPerReplicaSet: count,
      replicaProgressThreshold: Type.Optional(Type.Object({ type: Type.String(), value: Type.Integer() })),
    }),
  ),
  blueGreen: Type.Optional(
    Type.Object({
      ...commonFields,
      activeService: Type.String(),
      previewService: Type.Optional(Type.String()),
      previewReplicaCount: count,
      autoPromotionEnabled: Type.Optional(Type.Boolean()),
      autoPromotionSeconds: count,
      prePromotionAnalysis: Type.Optional(RolloutAnalysisSchema),
      postPromotionAnalysis: Type.Optional(RolloutAnalysisSchema),
    }),
  ),
});

/** The pod template is another API's: checked where pods are made. */
export const PodTemplateSchema = AnyObject;
