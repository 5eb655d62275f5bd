/**
 * Rules of numbers that may be a part of a hundred as well, such as `25%`.
 * @upstream k8s.io/kubernetes/pkg/apis/apps/validation/validation.go#ValidatePositiveIntOrPercent
 */
import { invalidField, type FieldError } from '../../objects/field-error.ts';
import { invalidAs, NOT_NEGATIVE } from '../findings.ts';

const PERCENT = /^[0-9]+%$/;
const PERCENT_RULE =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/** Findings of a number or a percentage, which is not below zero. */
export const shareFindings = (share: unknown, field: string): readonly FieldError[] => {
  if (typeof share === 'number') return share < 0 ? [invalidField(field, share, NOT_NEGATIVE)] : [];
  return typeof share !== 'string' || PERCENT.test(share) ? [] : [wrongShare(field, share, PERCENT_RULE)];
};

/** Findings of a share of what there is: no more than all of it. */
export const partFindings = (share: unknown, field: string): readonly FieldError[] =>
  isPercent(share) && sizeOf(share) > 100 ? [wrongShare(field, share, 'must not be greater than 100%')] : [];

/** Whether a share is none, as what is no percentage is. */
export const isNoShare = (share: unknown): boolean => sizeOf(share) === 0;

/** A share that is wrong, shown as Go keeps it. */
export const wrongShare = (field: string, share: unknown, detail: string): FieldError => {
  const [type, text] = typeof share === 'string' ? [1, share] : [0, ''];
  const number = typeof share === 'number' ? share : 0;
  const shown = `intstr.IntOrString{Type:${type}, IntVal:${number}, StrVal:${JSON.stringify(text)}}`;
  return invalidAs(field, shown, detail);
};

const isPercent = (share: unknown): share is string => typeof share === 'string' && PERCENT.test(share);

const sizeOf = (share: unknown): number =>
  typeof share === 'number' ? share : isPercent(share) ? Number.parseInt(share, 10) : 0;
