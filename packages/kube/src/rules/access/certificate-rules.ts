/**
 * Rules of certificate signing requests; what the request itself holds is for who can read certificates.
 * @upstream k8s.io/kubernetes/pkg/apis/certificates/validation
 */
import { isEqual } from '@argosy/base';

import { validateDns1123Subdomain } from '../../names/dns-names.ts';
import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { repeatedIn } from '../findings.ts';

/** What a certificate may be for. */
export const CERTIFICATE_USAGES: readonly string[] = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];

const SHORTEST_SECONDS = 600;
const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown';
/** Conditions that are there or not: false means nothing. */
const ONLY_TRUE: ReadonlySet<string> = new Set(['Approved', 'Denied', 'Failed']);

/** Findings; with `previous`, approvals and certificates may not be taken back, and approvals not be changed on the way of the status. */
export const validateCertificateSigningRequest = (request: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(request, 'spec');
  const usages = Array.isArray(spec['usages']) ? (spec['usages'] as readonly unknown[]).map(String) : [];
  const seconds = numberAt(spec, 'expirationSeconds');
  const repeated = repeatedIn(usages);
  return [
    ...(usages.length === 0 ? [requiredField('spec.usages')] : []),
    ...usages.flatMap((usage, at) => [
      ...(CERTIFICATE_USAGES.includes(usage)
        ? []
        : [unsupportedValue(`spec.usages[${at}]`, usage, CERTIFICATE_USAGES)]),
      ...(repeated.has(at) ? [duplicateField(`spec.usages[${at}]`, usage)] : []),
    ]),
    ...signerFindings(textAt(spec, 'signerName')),
    ...(seconds !== undefined && seconds < SHORTEST_SECONDS
      ? [
          invalidField(
            'spec.expirationSeconds',
            seconds,
            'may not specify a duration less than 600 seconds (10 minutes)',
          ),
        ]
      : []),
    ...conditionFindings(itemsAt(objectAt(request, 'status'), 'conditions')),
    ...(previous ? changeFindings(request, previous) : []),
  ];
};

const signerFindings = (name: string): readonly FieldError[] => {
  const path = 'spec.signerName';
  if (name === '') return [requiredField(path)];
  if (name === LEGACY_SIGNER)
    return [invalidField(path, name, 'the legacy signerName is not allowed via this API version')];
  const [domain = '', ...rest] = name.split('/');
  if (rest.length !== 1)
    return [
      invalidField(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'"),
    ];
  return [
    ...validateDns1123Subdomain(domain).map((problem) => invalidField(path, domain, problem)),
    ...(domain.includes('.')
      ? []
      : [invalidField(path, domain, 'should be a domain with at least two segments separated by dots')]),
    ...validateDns1123Subdomain(rest[0] ?? '').map((problem) => invalidField(path, rest[0], problem)),
  ];
};

type Items = readonly (readonly [number, Draft])[];

const conditionFindings = (conditions: Items): readonly FieldError[] => {
  const types = conditions.map(([, condition]) => textAt(condition, 'type'));
  const repeated = repeatedIn(types);
  return conditions.flatMap(([index, condition], at) => {
    const path = `status.conditions[${index}]`;
    const type = textAt(condition, 'type');
    const status = textAt(condition, 'status');
    const allowed = ONLY_TRUE.has(type) ? ['True'] : ['False', 'True', 'Unknown'];
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined;
    return [
      ...(type === '' ? [requiredField(`${path}.type`)] : []),
      ...(status === ''
        ? [requiredField(`${path}.status`)]
        : allowed.includes(status)
          ? []
          : [unsupportedValue(`${path}.status`, status, allowed)]),
      ...(opposite !== undefined && isBefore(types, opposite, at)
        ? [invalidField(`${path}.type`, type, 'Approved and Denied conditions are mutually exclusive')]
        : []),
      ...(repeated.has(at) ? [duplicateField(`${path}.type`, type)] : []),
    ];
  });
};

const isBefore = (types: readonly string[], type: string, at: number): boolean => {
  const first = types.indexOf(type);
  return first >= 0 && first < at;
};

const changeFindings = (request: Draft, previous: Draft): readonly FieldError[] => {
  const of = (draft: Draft, type: string): readonly Draft[] =>
    itemsAt(objectAt(draft, 'status'), 'conditions')
      .map(([, condition]) => condition)
      .filter((condition) => textAt(condition, 'type') === type);
  const [before, after] = [previous, request].map((one) => textAt(objectAt(one, 'status'), 'certificate'));
  const forbid = (why: string, type: string): FieldError =>
    forbiddenField('status.conditions', `updates may not ${why} a condition of type ${JSON.stringify(type)}`);
  return [
    ...['Approved', 'Denied', 'Failed'].flatMap((type) =>
      of(request, type).length < of(previous, type).length ? [forbid('remove', type)] : [],
    ),
    ...['Approved', 'Denied'].flatMap((type) => {
      const [old, now] = [of(previous, type), of(request, type)];
      if (now.length > old.length) return [forbid('add', type)];
      return now.length === old.length && !isEqual(old, now) ? [forbid('modify', type)] : [];
    }),
    ...(before !== '' && before !== after
      ? [forbiddenField('status.certificate', 'updates may not modify existing certificate content')]
      : []),
  ];
};
