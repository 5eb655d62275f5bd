/**
 * Rules of who leads, and of what a set was before.
 * @upstream k8s.io/kubernetes/pkg/apis/coordination/validation, pkg/apis/apps/validation#ValidateControllerRevision
 */
import { isEqual, isObject } from '@argosy/base';

import { invalidField, requiredField, type FieldError } from '../objects/field-error.ts';
import { numberAt, objectAt, type Draft } from '../builtin/defaults/draft.ts';
import { NOT_NEGATIVE } from './findings.ts';

/** Leases: a time that lasts, and a count that does not go below nothing. */
export const validateLease = (lease: Draft): readonly FieldError[] => {
  const spec = objectAt(lease, 'spec');
  const seconds = numberAt(spec, 'leaseDurationSeconds') ?? 1;
  const transitions = numberAt(spec, 'leaseTransitions') ?? 0;
  return [
    ...(seconds > 0 ? [] : [invalidField('spec.leaseDurationSeconds', seconds, 'must be greater than 0')]),
    ...(transitions < 0 ? [invalidField('spec.leaseTransitions', transitions, NOT_NEGATIVE)] : []),
  ];
};

/** Revisions: data that is an object and stays. */
export const validateControllerRevision = (revision: Draft, previous?: Draft): readonly FieldError[] => {
  const number = numberAt(revision, 'revision') ?? 0;
  const data = revision['data'];
  return [
    ...(number < 0 ? [invalidField('revision', number, NOT_NEGATIVE)] : []),
    ...(previous || isObject(data)
      ? []
      : [
          requiredField(
            'data',
            data === undefined || data === null ? 'data is mandatory' : 'data must be a valid JSON object',
          ),
        ]),
    ...(previous && !isEqual(data, previous['data']) ? [invalidField('data', data ?? null, 'field is immutable')] : []),
  ];
};
