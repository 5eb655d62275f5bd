/**
 * The Rollout kind. @spec RO-CTL-01, RO-CTL-02, RO-CTL-03, RO-STF-01…06
 */
import { Type } from 'typebox';

import {
  AnyObject,
  resourceOf,
  StringRecord,
  toStructuralSchema,
  unsupportedFields,
  type Condition,
  type KindDefinition,
  type KubeObject,
  type LabelSelector,
  type PodTemplateSpec,
} from '@argosy/kube';

import type { RolloutStrategy } from './strategy.ts';
import { PodTemplateSchema, RolloutStrategySchema } from './strategy-schema.ts';

/** What a user wants. */
export interface RolloutSpec {
  readonly replicas?: number;
  readonly selector?: LabelSelector;
  readonly template?: PodTemplateSpec;
  readonly workloadRef?: unknown;
  readonly minReadySeconds?: number;
  readonly revisionHistoryLimit?: number;
  readonly paused?: boolean;
  readonly progressDeadlineSeconds?: number;
  readonly progressDeadlineAbort?: boolean;
  /** Read by clients only: not acted on yet, and refused by name. */
  readonly restartAt?: string;
  readonly strategy?: RolloutStrategy;
  readonly analysis?: { readonly successfulRunHistoryLimit?: number; readonly unsuccessfulRunHistoryLimit?: number };
  readonly rollbackWindow?: { readonly revisions?: number };
}

/** Phases of a rollout. @spec RO-ST-04 */
export type RolloutPhase = 'Healthy' | 'Progressing' | 'Paused' | 'Degraded';

/** Why a rollout waits for somebody. @spec RO-ST-11 */
export interface PauseCondition {
  readonly reason: 'CanaryPauseStep' | 'BlueGreenPause' | 'InconclusiveAnalysisRun' | 'InconclusiveExperiment';
  readonly startTime: string;
}

/** A run as the rollout's status names it. @spec RO-AN-26 */
export interface RunReference {
  readonly name: string;
  readonly status: string;
  readonly message?: string;
}

/** One side of the split. */
export interface WeightDestination {
  readonly weight: number;
  readonly serviceName?: string;
  readonly podTemplateHash?: string;
}

/** The split last set. @spec RO-TW-07 */
export interface TrafficWeights {
  readonly canary: WeightDestination;
  readonly stable: WeightDestination;
  readonly verified?: boolean;
}

/** Status of a canary. @spec RO-STF-05 */
export interface CanaryStatus {
  readonly currentStepAnalysisRunStatus?: RunReference;
  readonly currentBackgroundAnalysisRunStatus?: RunReference;
  readonly weights?: TrafficWeights;
}

/** Status of a blue-green update. @spec RO-STF-06 */
export interface BlueGreenStatus {
  readonly previewSelector?: string;
  readonly activeSelector?: string;
  readonly scaleUpPreviewCheckPoint?: boolean;
  readonly prePromotionAnalysisRunStatus?: RunReference;
  readonly postPromotionAnalysisRunStatus?: RunReference;
}

/** A condition that also tells when it was last looked at. */
export interface RolloutCondition extends Condition {
  readonly lastUpdateTime?: string;
}

/** What the controller, and by control flags a user, says of it. */
export interface RolloutStatus {
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly HPAReplicas?: number;
  readonly selector?: string;
  readonly currentPodHash?: string;
  readonly stableRS?: string;
  readonly currentStepHash?: string;
  readonly currentStepIndex?: number | null;
  readonly collisionCount?: number;
  /** A text, for history's sake. */
  readonly observedGeneration?: string;
  readonly restartedAt?: string;
  readonly abort?: boolean;
  readonly abortedAt?: string | null;
  readonly pauseConditions?: readonly PauseCondition[] | null;
  readonly controllerPause?: boolean;
  readonly promoteFull?: boolean;
  readonly phase?: RolloutPhase;
  readonly message?: string;
  readonly conditions?: readonly RolloutCondition[];
  readonly canary?: CanaryStatus;
  readonly blueGreen?: BlueGreenStatus;
}

/** A rollout. */
export type Rollout = KubeObject<RolloutSpec, RolloutStatus>;

const count = Type.Optional(Type.Integer());

const RolloutSpecSchema = Type.Object({
  replicas: count,
  selector: Type.Optional(
    Type.Object({
      matchLabels: Type.Optional(StringRecord),
      matchExpressions: Type.Optional(
        Type.Array(
          Type.Object({
            key: Type.String(),
            operator: Type.String(),
            values: Type.Optional(Type.Array(Type.String())),
          }),
        ),
      ),
    }),
  ),
  template: Type.Optional(PodTemplateSchema),
  minReadySeconds: count,
  revisionHistoryLimit: count,
  paused: Type.Optional(Type.Boolean()),
  progressDeadlineSeconds: count,
  progressDeadlineAbort: Type.Optional(Type.Boolean()),
  strategy: Type.Optional(RolloutStrategySchema),
  analysis: Type.Optional(Type.Object({ successfulRunHistoryLimit: count, unsuccessfulRunHistoryLimit: count })),
  rollbackWindow: Type.Optional(Type.Object({ revisions: count })),
});

const schema = toStructuralSchema(Type.Object({ spec: RolloutSpecSchema, status: Type.Optional(AnyObject) }));

const column = (name: string, jsonPath: string, description: string) =>
  ({ name, type: 'integer', jsonPath, description }) as const;

/** `kubectl get ro`. A rollout's rules are checked by the controller, which says in a condition what is wrong (RO-CTL-18). */
export const ROLLOUT: KindDefinition<Rollout> = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'Rollout',
  plural: 'rollouts',
  singular: 'rollout',
  shortNames: ['ro'],
  scope: 'Namespaced',
  statusSubresource: true,
  scale: {
    specReplicasPath: '.spec.replicas',
    statusReplicasPath: '.status.HPAReplicas',
    labelSelectorPath: '.status.selector',
  },
  schema,
  printerColumns: [
    column('Desired', '.spec.replicas', 'Number of desired pods'),
    column('Current', '.status.replicas', 'Total number of non-terminated pods targeted by this rollout'),
    column('Up-to-date', '.status.updatedReplicas', 'Total number of pods with the latest template'),
    column('Available', '.status.availableReplicas', 'Total number of available pods'),
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
  validate: (object) => unsupportedFields(schema, object),
};

/** Rollouts, for clients. */
export const ROLLOUTS = resourceOf(ROLLOUT);
