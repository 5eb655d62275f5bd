/**
 * The strategies of a Rollout as users write them. Types name every field upstream has, so that its rules can be applied
 * to any manifest; the schema holds those this version acts on, and the rest is refused by name. @spec RO-SPEC-13, RO-SPEC-14
 */
import { Type } from 'typebox';

import { AnyObject, IntOrString, StringRecord } from '@argosy/kube';

/** A reference to an AnalysisTemplate, or to a ClusterAnalysisTemplate. */
export interface TemplateReference {
  readonly templateName?: string;
  readonly clusterScope?: boolean;
}

/** Where an argument's value comes from. @spec RO-AN-04 */
export interface ArgumentSource {
  readonly secretKeyRef?: { readonly name: string; readonly key: string };
  readonly fieldRef?: { readonly fieldPath: string };
  readonly podTemplateHashValue?: 'Stable' | 'Latest';
}

/** An argument of an analysis. */
export interface AnalysisArgument {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: ArgumentSource;
}

/** Metrics, named by a regular expression, that are measured and reported but never judge. */
export interface DryRunRule {
  readonly metricName: string;
}

/** How many measurements of the metrics, named by a regular expression, are kept. */
export interface RetentionRule {
  readonly metricName: string;
  readonly limit: number;
}

/** An analysis a rollout asks for. @spec RO-CAN-07 */
export interface RolloutAnalysis {
  readonly templates?: readonly TemplateReference[];
  readonly args?: readonly AnalysisArgument[];
  readonly dryRun?: readonly DryRunRule[];
  readonly measurementRetention?: readonly RetentionRule[];
  readonly analysisRunMetadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** An analysis that runs beside the steps. @spec RO-CAN-13, RO-CAN-14 */
export interface BackgroundAnalysis extends RolloutAnalysis {
  readonly startingStep?: number;
}

/** How large the canary is apart from its weight. @spec RO-CAN-06 */
export interface CanaryScale {
  readonly replicas?: number;
  readonly weight?: number;
  readonly matchTrafficWeight?: boolean;
}

/** One step of a canary. @spec RO-CAN-03 */
export interface CanaryStep {
  readonly setWeight?: number;
  readonly pause?: { readonly duration?: number | string };
  readonly analysis?: RolloutAnalysis;
  readonly setCanaryScale?: CanaryScale;
  readonly experiment?: ExperimentStep;
  readonly setHeaderRoute?: HeaderRoute;
  readonly setMirrorRoute?: MirrorRoute;
  readonly plugin?: { readonly name: string; readonly config?: unknown };
}

/** An experiment of a step; known to the rules, not run yet. */
export interface ExperimentStep {
  readonly templates?: readonly { readonly name?: string; readonly weight?: number }[];
  readonly analyses?: readonly { readonly name?: string; readonly args?: readonly AnalysisArgument[] }[];
}

/** A header route; known to the rules, not run yet. */
export interface HeaderRoute {
  readonly name?: string;
  readonly match?: readonly {
    readonly headerName?: string;
    readonly headerValue?: { readonly exact?: string; readonly prefix?: string; readonly regex?: string };
  }[];
}

type StringMatch = { readonly exact?: string; readonly prefix?: string; readonly regex?: string };

/** A mirror route; known to the rules, not run yet. */
export interface MirrorRoute {
  readonly name?: string;
  readonly percentage?: number;
  readonly match?: readonly {
    readonly method?: StringMatch;
    readonly path?: StringMatch;
    readonly headers?: Readonly<Record<string, StringMatch>>;
  }[];
}

/** nginx: a second Ingress carries the canary's share. @spec RO-NGX-01 */
export interface NginxRouting {
  readonly annotationPrefix?: string;
  readonly stableIngress?: string;
  readonly stableIngresses?: readonly string[];
  readonly additionalIngressAnnotations?: Readonly<Record<string, string>>;
  readonly canaryIngressAnnotations?: Readonly<Record<string, string>>;
}

/** Gateway API: weights of an HTTPRoute's backends. @spec RO-GWA-01 */
export interface GatewayApiRouting {
  readonly namespace?: string;
  readonly httpRoute?: string;
  readonly httpRoutes?: readonly { readonly name: string; readonly ruleName?: string }[];
}

/** The name by which manifests written for upstream's plugin ask for Gateway API routing. */
export const GATEWAY_API_PLUGIN = 'argoproj-labs/gatewayAPI';

/** Where the canary's share is set. @spec RO-SPEC-18 */
export interface TrafficRouting {
  readonly nginx?: NginxRouting;
  readonly plugins?: Readonly<Record<string, unknown>>;
  readonly istio?: { readonly destinationRule?: unknown; readonly virtualService?: unknown };
  readonly alb?: { readonly rootService?: string };
  readonly smi?: unknown;
  readonly ambassador?: unknown;
  readonly appMesh?: unknown;
  readonly traefik?: unknown;
  readonly apisix?: unknown;
  readonly managedRoutes?: readonly { readonly name: string }[];
  readonly maxTrafficWeight?: number;
}

/** How much of a step's pods must be available. @spec RO-CAN-17 */
export interface ReplicaProgressThreshold {
  readonly type?: string;
  readonly value?: number;
}

/** Rules that keep the two versions apart; known to the rules, not acted on yet. */
export interface AntiAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: unknown;
  readonly preferredDuringSchedulingIgnoredDuringExecution?: { readonly weight?: number };
}

/** `strategy.canary`. */
export interface CanaryStrategy {
  readonly canaryService?: string;
  readonly stableService?: string;
  readonly steps?: readonly CanaryStep[];
  readonly trafficRouting?: TrafficRouting;
  readonly maxUnavailable?: number | string;
  readonly maxSurge?: number | string;
  readonly analysis?: BackgroundAnalysis;
  readonly antiAffinity?: AntiAffinity;
  readonly scaleDownDelaySeconds?: number;
  readonly scaleDownDelayRevisionLimit?: number;
  readonly abortScaleDownDelaySeconds?: number;
  readonly dynamicStableScale?: boolean;
  readonly pingPong?: { readonly pingService?: string; readonly pongService?: string };
  readonly minPodsPerReplicaSet?: number;
  readonly replicaProgressThreshold?: ReplicaProgressThreshold;
}

/** `strategy.blueGreen`. */
export interface BlueGreenStrategy {
  readonly activeService?: string;
  readonly previewService?: string;
  readonly previewReplicaCount?: number;
  readonly autoPromotionEnabled?: boolean;
  readonly autoPromotionSeconds?: number;
  readonly maxUnavailable?: number | string;
  readonly scaleDownDelaySeconds?: number;
  readonly scaleDownDelayRevisionLimit?: number;
  readonly abortScaleDownDelaySeconds?: number;
  readonly prePromotionAnalysis?: RolloutAnalysis;
  readonly postPromotionAnalysis?: RolloutAnalysis;
  readonly antiAffinity?: AntiAffinity;
}

/** `spec.strategy`: exactly one of the two. */
export interface RolloutStrategy {
  readonly canary?: CanaryStrategy;
  readonly blueGreen?: BlueGreenStrategy;
}

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
