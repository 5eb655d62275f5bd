export {
  type AnalysisPhase,
  type AnalysisRun,
  type AnalysisTemplate,
  type Measurement,
  type Metric,
  type MetricResult,
} from './api/analysis.ts';
export { ANALYSIS_RUNS, ANALYSIS_TEMPLATES, CLUSTER_ANALYSIS_TEMPLATES } from './api/analysis-kinds.ts';
export { ROLLOUTS, type Rollout, type RolloutSpec, type RolloutStatus } from './api/rollout.ts';
export { ROLLOUT_KINDS } from './api/kinds.ts';
export { sendRequest, type SendRequest } from './adapters/metric-providers/http-request.ts';
export { createAnalysisRunLoop, type AnalysisRunDeps, type AnalysisRunOptions } from './analysis-run/controller.ts';
export type { RunDecision } from './analysis-run/decide.ts';
export { createRolloutLoop, type RolloutLoopDeps } from './rollout/controller.ts';
export type { RolloutDecision } from './rollout/decide.ts';
export type { PhaseVerdict } from './rollout/phase.ts';
export { HASH_LABEL } from './rollout/names.ts';
export type { RolloutWorld } from './rollout/world.ts';
export {
  abortRollout,
  pauseRollout,
  promoteRollout,
  retryRollout,
  setRolloutImage,
  undoRollout,
  type RolloutCommandDeps,
  type RolloutExitCode,
} from './commands/rollout-commands.ts';
export { getRollout, listRollouts, watchRolloutStatus } from './commands/show-rollouts.ts';
