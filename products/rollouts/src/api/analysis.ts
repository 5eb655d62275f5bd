/**
 * AnalysisTemplate, ClusterAnalysisTemplate and AnalysisRun. A run's status is written with the object. @spec RO-CTL-01, RO-AN-01, RO-AN-02, RO-AN-20
 */
import type { JobSpec, KubeObject } from '@argosy/kube';

import type { AnalysisArgument, DryRunRule, RetentionRule, TemplateReference } from './strategy.ts';

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
