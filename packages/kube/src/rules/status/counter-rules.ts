/**
 * What the counters of a status may say: none is below zero, and no part is larger than the whole.
 * @upstream k8s.io/kubernetes/pkg/apis/{apps,core,policy,autoscaling}/validation/validation.go (Validate…Status)
 */
import { invalidField, type FieldError } from '../../objects/field-error.ts';
import { numberAt, type Draft } from '../../builtin/defaults/draft.ts';
import { NOT_NEGATIVE } from '../findings.ts';

/** The counters of a kind's status. */
export interface Counters {
  /** Those that count something, in the order in which they are told. */
  readonly names: readonly string[];
  /** Those of which there are no more than `replicas`. */
  readonly parts?: readonly string[];
  /** How what is ready is called where more are said to be available. */
  readonly readyAs?: string;
  /** Whether `collisionCount` never goes back. */
  readonly remembersCollisions?: true;
}

/** Findings of the counters of a status that takes the place of another. */
export const counterFindings = (counters: Counters, status: Draft, before: Draft): readonly FieldError[] => [
  ...counters.names.flatMap((name) => negativeFindings(status, name)),
  ...(counters.parts ?? []).flatMap((name) => excessFindings(status, name, ['replicas', 'status.replicas'])),
  ...(counters.readyAs === undefined
    ? []
    : excessFindings(status, 'availableReplicas', ['readyReplicas', counters.readyAs])),
  ...(counters.remembersCollisions ? collisionFindings(status, before) : []),
];

/** A counter of a status is no less than zero. */
export const negativeFindings = (status: Draft, name: string): readonly FieldError[] => {
  const count = numberAt(status, name);
  return count !== undefined && count < 0 ? [invalidField(`status.${name}`, count, NOT_NEGATIVE)] : [];
};

const excessFindings = (
  status: Draft,
  name: string,
  [whole, calledAs]: readonly [string, string],
): readonly FieldError[] => {
  const count = numberAt(status, name) ?? 0;
  return count > (numberAt(status, whole) ?? 0)
    ? [invalidField(`status.${name}`, count, `cannot be greater than ${calledAs}`)]
    : [];
};

const collisionFindings = (status: Draft, before: Draft): readonly FieldError[] => {
  const [count, known] = [numberAt(status, 'collisionCount'), numberAt(before, 'collisionCount')];
  return known !== undefined && (count === undefined || count < known)
    ? [invalidField('status.collisionCount', count ?? 0, 'cannot be decremented')]
    : [];
};
