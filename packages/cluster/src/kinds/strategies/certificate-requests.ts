/**
 * Certificate signing requests: what was asked stays, who approves says so on a way of its own, and who signs on another.
 * @upstream kubernetes pkg/registry/certificates/certificates/strategy.go
 */
import { messageOf } from '@argosy/base';
import {
  invalidField,
  type CertificateCondition,
  type CertificateSigningRequest,
  type FieldError,
  type KubeObject,
} from '@argosy/kube';

import { parseCertificateRequest } from '../../pki/certificate-request.ts';
import type { KindStrategy } from '../served-kind.ts';

/** The strategy. */
export const certificateRequests: KindStrategy = {
  // A new request has no verdict yet; of one that is there only labels and the like may be changed.
  prepare: (object, previous) => (previous ? { ...object, spec: previous.spec } : object),
  prepareStatus: (object, previous, of) => {
    const [given, before] = [object as CertificateSigningRequest, previous as CertificateSigningRequest];
    const conditions = (given.status?.conditions ?? []).map((one) => withTimes(one, before, of.now));
    if (of.subresource === 'approval')
      return { ...given, status: withConditions(before.status, conditions) } as KubeObject;
    // What was approved or denied is not the status' to change: it stays word for word.
    const kept = conditions.map((one) => (VERDICTS.has(one.type) ? (find(before, one.type) ?? one) : one));
    return { ...given, status: withConditions(given.status, kept) } as KubeObject;
  },
  validate: (object, previous) => (previous ? [] : requestFindings(object as CertificateSigningRequest)),
  selectableFields: (object) => ({
    'spec.signerName': (object as CertificateSigningRequest).spec?.signerName ?? '',
  }),
};

const VERDICTS: ReadonlySet<string> = new Set(['Approved', 'Denied']);

type Status = CertificateSigningRequest['status'];

const withConditions = (status: Status, conditions: readonly CertificateCondition[]): Status => {
  const { conditions: _before, ...rest } = status ?? {};
  return conditions.length > 0 ? { ...rest, conditions } : rest;
};

const find = ({ status }: CertificateSigningRequest, type: string): CertificateCondition | undefined =>
  status?.conditions?.find((condition) => condition.type === type);

const withTimes = (
  condition: CertificateCondition,
  before: CertificateSigningRequest,
  now: string,
): CertificateCondition => {
  const old = find(before, condition.type);
  const since = old?.status === condition.status ? old.lastTransitionTime : undefined;
  return {
    ...condition,
    lastUpdateTime: condition.lastUpdateTime ?? now,
    lastTransitionTime: condition.lastTransitionTime ?? since ?? now,
  };
};

const requestFindings = ({ spec }: CertificateSigningRequest): readonly FieldError[] => {
  const request = spec?.request ?? '';
  try {
    parseCertificateRequest(Buffer.from(request, 'base64').toString('utf8'));
    return [];
  } catch (thrown) {
    return [invalidField('spec.request', request, messageOf(thrown))];
  }
};
