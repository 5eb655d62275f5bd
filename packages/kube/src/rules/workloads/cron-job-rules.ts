/** Rules of jobs by the clock. @upstream k8s.io/kubernetes/pkg/apis/batch/validation/validation.go#ValidateCronJobSpec */
import { createZoneClock, parseCron } from '@argosy/base';

import { invalidField, requiredField, unsupportedValue, type FieldError } from '../../objects/field-error.ts';
import { numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { choiceFindings, NOT_NEGATIVE } from '../findings.ts';
import { validateJobSpec } from './job-rules.ts';

/** Eleven characters are left for the name of each job. */
const MOST_NAME = 52;
const NUMBERS = ['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit'];

/** Findings of a cron job. */
export const validateCronJob = (cronJob: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(cronJob, 'spec');
  const name = textAt(objectAt(cronJob, 'metadata'), 'name');
  const job = objectAt(objectAt(spec, 'jobTemplate'), 'spec');
  return [
    ...(previous === undefined && name.length > MOST_NAME
      ? [invalidField('metadata.name', name, `must be no more than ${MOST_NAME} characters`)]
      : []),
    ...scheduleFindings(spec),
    ...NUMBERS.flatMap((member) => {
      const value = numberAt(spec, member);
      return value !== undefined && value < 0 ? [invalidField(`spec.${member}`, value, NOT_NEGATIVE)] : [];
    }),
    ...choiceFindings(spec, 'concurrencyPolicy', 'spec', ['Allow', 'Forbid', 'Replace']),
    ...zoneFindings(spec),
    ...(job['manualSelector'] === true
      ? [unsupportedValue('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false'])]
      : []),
    ...validateJobSpec(job, 'spec.jobTemplate.spec'),
  ];
};

const scheduleFindings = (spec: Draft): readonly FieldError[] => {
  const schedule = textAt(spec, 'schedule');
  const field = 'spec.schedule';
  if (schedule === '') return [requiredField(field)];
  if (schedule.includes('TZ'))
    return [invalidField(field, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')];
  const read = parseCron(schedule);
  return read.ok ? [] : [invalidField(field, schedule, inGo(schedule, read.error))];
};

/** What Go's reader of schedules says, where its words are not ours. @upstream github.com/robfig/cron/v3 */
const inGo = (schedule: string, problem: string): string => {
  const fields = schedule.split(/\s+/).filter((part) => part !== '');
  if (!schedule.startsWith('@') && fields.length !== 5)
    return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`;
  const number = /^not a number in schedule: ("[^]*")$/.exec(problem)?.[1];
  if (number === undefined) return problem;
  const written = JSON.parse(number) as string;
  return `failed to parse int from ${written}: strconv.Atoi: parsing ${number}: invalid syntax`;
};

const zoneFindings = (spec: Draft): readonly FieldError[] => {
  const zone = spec['timeZone'];
  const finding = (detail: string): readonly FieldError[] => [invalidField('spec.timeZone', zone, detail)];
  if (typeof zone !== 'string') return [];
  if (zone === '') return finding('timeZone must be nil or non-empty string');
  if (zone.toLowerCase() === 'local')
    return finding('timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones');
  return zone === zone.trim() && createZoneClock(zone).ok ? [] : finding(`unknown time zone ${zone}`);
};
