/**
 * The strategies of a Rollout as users write them. Types name every field upstream has, so that its rules can be applied
 * to any manifest; the schema holds those this version acts on, and the rest is refused by name. @spec RO-SPEC-13, RO-SPEC-14
 */

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
