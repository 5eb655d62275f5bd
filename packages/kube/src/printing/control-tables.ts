/**
 * Columns of runtimes, flow control and certificates. @upstream kubernetes pkg/printers/internalversion/printers.go
 */
import { formatAge } from '@argosy/base';

import type { CertificateSigningRequest, FlowSchema, PriorityLevelConfiguration, RuntimeClass } from '../core/index.ts';
import { age, nameOf, none, table, type TableDefinition } from './table-words.ts';

/** By `group/Kind`. */
export const CONTROL_TABLES: Readonly<Record<string, TableDefinition>> = {
  'node.k8s.io/RuntimeClass': table<RuntimeClass>(['Name', 'Handler', 'Age'], (runtime, now) => [
    nameOf(runtime),
    runtime.handler,
    age(runtime, now),
  ]),
  'flowcontrol.apiserver.k8s.io/FlowSchema': table<FlowSchema>(
    ['Name', 'PriorityLevel', 'MatchingPrecedence', 'DistinguisherMethod', 'Age', 'MissingPL'],
    (schema, now) => [
      nameOf(schema),
      schema.spec?.priorityLevelConfiguration.name ?? '',
      schema.spec?.matchingPrecedence ?? 0,
      none(schema.spec?.distinguisherMethod?.type),
      age(schema, now),
      schema.status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    ],
  ),
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': table<PriorityLevelConfiguration>(
    ['Name', 'Type', 'NominalConcurrencyShares', 'Queues', 'HandSize', 'QueueLengthLimit', 'Age'],
    (level, now) => {
      const { limited } = level.spec ?? { type: '' };
      const { queues, handSize, queueLengthLimit } = limited?.limitResponse?.queuing ?? {};
      return [
        nameOf(level),
        level.spec?.type ?? '',
        limited?.nominalConcurrencyShares ?? NONE,
        queues ?? NONE,
        handSize ?? NONE,
        queueLengthLimit ?? NONE,
        age(level, now),
      ];
    },
  ),
  'certificates.k8s.io/CertificateSigningRequest': table<CertificateSigningRequest>(
    ['Name', 'Age', 'SignerName', 'Requestor', 'RequestedDuration', 'Condition'],
    (request, now) => {
      const { signerName, username, expirationSeconds } = request.spec ?? { request: '', signerName: '' };
      return [
        nameOf(request),
        age(request, now),
        none(signerName),
        username ?? '',
        expirationSeconds === undefined ? NONE : formatAge(expirationSeconds * 1000),
        conditionText(request),
      ];
    },
  ),
};

const NONE = '<none>';

const conditionText = ({ status }: CertificateSigningRequest): string => {
  const has = (type: string): boolean => (status?.conditions ?? []).some((condition) => condition.type === type);
  const verdict = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  return `${verdict}${has('Failed') ? ',Failed' : ''}${status?.certificate ? ',Issued' : ''}`;
};
