/**
 * The verdict on a run: the worst of its metrics that count. Pure. @spec RO-AN-16, RO-AN-17, RO-AN-18
 */
import type { AnalysisPhase, AnalysisRunStatus, Metric, MetricResult, RunSummary } from '../api/analysis.ts';
import { assessMetric, exceededLimit, isEnded } from './assess-metric.ts';

/** Phases from good to bad. */
const SEVERITY: readonly AnalysisPhase[] = ['Successful', 'Running', 'Pending', 'Inconclusive', 'Error', 'Failed'];

/** Whether `next` is worse than `current`. */
export const isWorse = (current: AnalysisPhase, next: AnalysisPhase): boolean =>
  SEVERITY.indexOf(next) > SEVERITY.indexOf(current);

/** Whether a run takes no further measurements: it was asked to end, or a metric that counts has ended badly. */
export const isTerminating = (of: {
  readonly terminate?: boolean;
  readonly phase?: AnalysisPhase;
  readonly results: readonly MetricResult[];
}): boolean =>
  of.terminate === true ||
  isEnded(of.phase) ||
  of.results.some(({ phase, dryRun }) => dryRun !== true && isEnded(phase) && phase !== 'Successful');

/** Assesses the run and each metric. `dryRun` names the metrics that never judge. */
export const assessRun = (of: {
  readonly metrics: readonly Metric[];
  readonly results: readonly MetricResult[];
  readonly dryRun: readonly string[];
  readonly terminate?: boolean;
}): Pick<AnalysisRunStatus, 'phase' | 'message' | 'metricResults' | 'runSummary' | 'dryRunSummary'> => {
  const terminating = isTerminating(of);
  const assessed = of.metrics.map((metric): AssessedMetric => {
    const result = of.results.find(({ name }) => name === metric.name);
    if (!result) return { metric, phase: terminating ? 'Successful' : 'Pending' };
    return { metric, result, phase: assessMetric(metric, result, terminating) };
  });
  const judges = assessed.filter(({ metric }) => !of.dryRun.includes(metric.name));
  const isOpen = (terminating ? judges : assessed).some(({ phase }) => !isEnded(phase));
  const worst = judges.reduce<AnalysisPhase>(
    (phase, next) => (isWorse(phase, next.phase) ? next.phase : phase),
    'Successful',
  );
  const phase = isOpen && !of.terminate ? 'Running' : isEnded(worst) ? worst : 'Successful';
  return {
    phase,
    message: isEnded(phase) ? messageOf(judges, worst) || (of.terminate === true ? 'Run Terminated' : '') : '',
    metricResults: of.results.map((result) => {
      const found = assessed.find(({ metric }) => metric.name === result.name);
      return found ? { ...result, phase: found.phase } : result;
    }),
    runSummary: summarise(judges.map((one) => one.phase)),
    dryRunSummary: summarise(assessed.filter(({ metric }) => of.dryRun.includes(metric.name)).map((one) => one.phase)),
  };
};

interface AssessedMetric {
  readonly metric: Metric;
  readonly result?: MetricResult;
  readonly phase: AnalysisPhase;
}

/** Which metric decided, and by which limit. */
const messageOf = (judges: readonly AssessedMetric[], worst: AnalysisPhase): string => {
  if (worst === 'Successful') return '';
  const decisive = judges.find(({ phase }) => phase === worst);
  if (!decisive?.result) return '';
  const limit = exceededLimit(decisive.metric, decisive.result);
  if (!limit) return '';
  const said = decisive.result.message ?? decisive.result.measurements?.at(-1)?.message;
  return `Metric "${decisive.metric.name}" assessed ${worst} due to ${limit.message}${said ? `: "Error Message: ${said}"` : ''}`;
};

const summarise = (phases: readonly AnalysisPhase[]): RunSummary => {
  const countOf = (wanted: AnalysisPhase): number => phases.filter((phase) => phase === wanted).length;
  return {
    count: phases.length,
    successful: countOf('Successful'),
    failed: countOf('Failed'),
    inconclusive: countOf('Inconclusive'),
    error: countOf('Error'),
  };
};
