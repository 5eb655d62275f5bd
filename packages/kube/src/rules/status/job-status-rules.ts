/**
 * What the status of a job may say, and how it may go on. Most is asked only of what changed: a spec may have been edited
 * since the rest was written.
 * @upstream k8s.io/kubernetes/pkg/apis/batch/validation/validation.go#ValidateJobStatusUpdate, pkg/registry/batch/job/strategy.go#getStatusValidationOptions
 */
import { isEqual } from '@argosy/base';

import { duplicateField, invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { invalidPart, textsAt } from '../findings.ts';
import { negativeFindings } from './counter-rules.ts';
import { firstShared, parseIndexRanges } from './index-ranges.ts';

const TERMINAL = ['Failed', 'Complete', 'FailureTarget'] as const;
const COUNTERS = ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const;

/** A status beside the one it takes the place of. */
interface Step {
  readonly spec: Draft;
  readonly status: Draft;
  readonly before: Draft;
  /** Whether one of these fields says something else than before. */
  readonly changes: (...names: readonly string[]) => boolean;
  /** Whether one of these conditions holds now and did not, or the other way round. */
  readonly turns: (...types: readonly string[]) => boolean;
  readonly has: (type: string) => boolean;
  readonly had: (type: string) => boolean;
  readonly isFinished: boolean;
  readonly finishes: boolean;
}

/** Findings of the status of a job. */
export const jobStatusFindings = (status: Draft, before: Draft, job: Draft): readonly FieldError[] => {
  const step = stepOf(objectAt(job, 'spec'), status, before);
  return [
    ...COUNTERS.flatMap((name) => negativeFindings(status, name)),
    ...uncountedFindings(objectAt(status, 'uncountedTerminatedPods')),
    ...conditionFindings(step),
    ...timeFindings(step),
    ...leftoverFindings(step),
    ...indexFindings(step),
    ...successFindings(step),
    ...progressFindings(step),
  ];
};

const stepOf = (spec: Draft, status: Draft, before: Draft): Step => {
  const has = (type: string): boolean => holds(status, type);
  const had = (type: string): boolean => holds(before, type);
  const isFinished = has('Complete') || has('Failed');
  return {
    spec,
    status,
    before,
    changes: (...names) => names.some((name) => !isEqual(status[name], before[name])),
    turns: (...types) => types.some((type) => has(type) !== had(type)),
    has,
    had,
    isFinished,
    finishes: isFinished !== (had('Complete') || had('Failed')),
  };
};

const holds = (status: Draft, type: string): boolean =>
  itemsAt(status, 'conditions').some(([, one]) => one['type'] === type && one['status'] === 'True');

const uncountedFindings = (uncounted: Draft): readonly FieldError[] => {
  const seen = new Set<string>();
  return ['succeeded', 'failed'].flatMap((name) =>
    textsAt(uncounted, name).flatMap(([index, uid]) => {
      const field = `status.uncountedTerminatedPods.${name}[${index}]`;
      if (uid === '') return [invalidField(field, uid, 'must not be empty')];
      if (seen.has(uid)) return [duplicateField(field, uid)];
      seen.add(uid);
      return [];
    }),
  );
};

const wrongConditions = (holdsTrue: boolean, why: string): readonly FieldError[] =>
  holdsTrue ? [invalidPart('status.conditions', why)] : [];

const conditionFindings = ({ has, turns, changes }: Step): readonly FieldError[] => [
  ...wrongConditions(
    turns('Complete', 'Failed') && has('Complete') && has('Failed'),
    'cannot set Complete=True and Failed=true conditions',
  ),
  ...wrongConditions(
    turns('Complete', 'FailureTarget') && has('Complete') && has('FailureTarget'),
    'cannot set Complete=True and FailureTarget=true conditions',
  ),
  ...wrongConditions(
    (turns('Failed') || changes('failedIndexes')) && has('Failed') && !has('FailureTarget'),
    'cannot set Failed=True condition without the FailureTarget=true condition',
  ),
  ...wrongConditions(
    turns('Complete', 'SuccessCriteriaMet') && has('Complete') && !has('SuccessCriteriaMet'),
    'cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
  ),
];

const timeFindings = ({ status, has, turns, changes, isFinished, finishes }: Step): readonly FieldError[] => {
  const [start, end] = [textAt(status, 'startTime'), textAt(status, 'completionTime')];
  const concernsEnd = turns('Complete') || changes('completionTime');
  const wrongEnd = (isWrong: boolean, why: string) =>
    isWrong ? [invalidField('status.completionTime', end, why)] : [];
  return [
    ...wrongEnd(
      concernsEnd && end !== '' && !has('Complete'),
      'cannot set completionTime when there is no Complete=True condition',
    ),
    ...(concernsEnd && end === '' && has('Complete')
      ? [requiredField('status.completionTime', 'completionTime is required for Complete jobs')]
      : []),
    ...wrongEnd(
      changes('startTime', 'completionTime') && start !== '' && end !== '' && Date.parse(end) < Date.parse(start),
      'completionTime cannot be set before startTime',
    ),
    ...((finishes || changes('startTime')) && isFinished && start === ''
      ? [requiredField('status.startTime', 'startTime is required for finished job')]
      : []),
  ];
};

/** Whatever a finished job had running is over and counted. */
const leftoverFindings = ({ status, changes, isFinished, finishes }: Step): readonly FieldError[] => {
  const [active = 0, ready = 0, terminating = 0] = ['active', 'ready', 'terminating'].map((name) =>
    numberAt(status, name),
  );
  const uncounted = objectAt(status, 'uncountedTerminatedPods');
  const hasUncounted = ['succeeded', 'failed'].some((name) => textsAt(uncounted, name).length > 0);
  const ends = (name: string): boolean => isFinished && (finishes || changes(name));
  return [
    ...(ends('active') && active > 0
      ? [invalidField('status.active', active, 'active>0 is invalid for finished job')]
      : []),
    ...(ends('uncountedTerminatedPods') && hasUncounted
      ? [
          invalidField(
            'status.uncountedTerminatedPods',
            uncounted,
            'uncountedTerminatedPods needs to be empty for finished job',
          ),
        ]
      : []),
    ...(ends('terminating') && terminating > 0
      ? [invalidField('status.terminating', terminating, 'terminating>0 is invalid for finished job')]
      : []),
    ...(changes('ready', 'active') && ready > active
      ? [invalidField('status.ready', ready, 'cannot set more ready pods than active')]
      : []),
  ];
};

const indexFindings = ({ spec, status, changes }: Step): readonly FieldError[] => {
  const completions = numberAt(spec, 'completions');
  const [completed, failed] = [textAt(status, 'completedIndexes'), textAt(status, 'failedIndexes')];
  const rangesOf = (text: string) => (completions === undefined ? [] : parseIndexRanges(text, completions));
  const [completedRanges, failedRanges] = [rangesOf(completed), rangesOf(failed)];
  const isPerIndex = spec['backoffLimitPerIndex'] !== undefined;
  const wrong = (name: string, text: string, why: string | false) =>
    why === false ? [] : [invalidField(`status.${name}`, text, why)];
  const misread = (name: string, ranges: unknown) =>
    changes(name) && typeof ranges === 'string' && `error parsing ${name}: ${ranges}`;
  return [
    ...wrong('completedIndexes', completed, misread('completedIndexes', completedRanges)),
    ...wrong('failedIndexes', failed, isPerIndex && misread('failedIndexes', failedRanges)),
    ...wrong(
      'completedIndexes',
      completed,
      changes('completedIndexes') &&
        completed !== '' &&
        spec['completionMode'] !== 'Indexed' &&
        'cannot set non-empty completedIndexes when non-indexed completion mode',
    ),
    ...wrong(
      'failedIndexes',
      failed,
      changes('failedIndexes') &&
        status['failedIndexes'] !== undefined &&
        !isPerIndex &&
        'cannot set non-null failedIndexes when backoffLimitPerIndex is null',
    ),
    ...(changes('failedIndexes', 'completedIndexes') &&
    typeof completedRanges !== 'string' &&
    typeof failedRanges !== 'string'
      ? wrong('failedIndexes', failed, overlapOf(firstShared(completedRanges, failedRanges)))
      : []),
  ];
};

const overlapOf = (index: number | undefined): string | false =>
  index !== undefined && `failedIndexes and completedIndexes overlap at index: ${index}`;

const successFindings = ({ spec, has }: Step): readonly FieldError[] => [
  ...wrongConditions(
    has('SuccessCriteriaMet') && has('Failed'),
    'cannot set SuccessCriteriaMet=True and Failed=true conditions',
  ),
  ...wrongConditions(
    has('SuccessCriteriaMet') && has('FailureTarget'),
    'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions',
  ),
  ...wrongConditions(
    spec['successPolicy'] !== undefined && !has('SuccessCriteriaMet') && has('Complete'),
    'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
  ),
];

/** What is over stays over, and what was counted stays counted. */
const progressFindings = ({ spec, status, before, changes, has, had }: Step): readonly FieldError[] => {
  const isLess = (name: string): boolean => (numberAt(status, name) ?? 0) < (numberAt(before, name) ?? 0);
  const less = (name: string) =>
    isLess(name)
      ? [invalidField(`status.${name}`, numberAt(status, name) ?? 0, `cannot decrease the ${name} counter`)]
      : [];
  // An indexed job may be asked for fewer indexes.
  const mayShrink = spec['completionMode'] === 'Indexed' && spec['completions'] === spec['parallelism'];
  const [start, end] = ['startTime', 'completionTime'].map((name) => textAt(before, name));
  return [
    ...TERMINAL.flatMap((type) =>
      wrongConditions(had(type) && !has(type), `cannot disable the terminal ${type}=True condition`),
    ),
    ...less('failed'),
    ...(mayShrink ? [] : less('succeeded')),
    ...(end !== '' && textAt(status, 'completionTime') !== '' && changes('completionTime')
      ? [invalidField('status.completionTime', status['completionTime'], 'completionTime cannot be mutated')]
      : []),
    ...(start !== '' && changes('startTime') && spec['suspend'] !== true
      ? [requiredField('status.startTime', 'startTime cannot be removed for unsuspended job')]
      : []),
    ...wrongConditions(
      had('SuccessCriteriaMet') && !has('SuccessCriteriaMet'),
      'cannot disable the SuccessCriteriaMet=True condition',
    ),
    ...wrongConditions(
      had('Complete') && !had('SuccessCriteriaMet') && has('SuccessCriteriaMet'),
      'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions',
    ),
  ];
};
