/**
 * The options of a request, as its address and its body give them: what means nothing is refused by name, so that nobody
 * believes it acted.
 * @upstream kubernetes staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation, apis/meta/internalversion/validation
 */
import { isObject } from '@argosy/base';
import {
  ApiStatusError,
  forbiddenField,
  invalidField,
  invalidObject,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '@argosy/kube';

/** What is looked at of a request. */
export interface OptionedRequest {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly mediaType: string;
  readonly body: unknown;
}

/** Whether a parameter says yes: all but `false`, `0` and its absence does. @upstream apimachinery pkg/runtime/conversion.go */
export const isAffirmed = (value: string | null): boolean =>
  value !== null && value !== '0' && value.toLowerCase() !== 'false';

/** The media type of server-side apply. */
export const APPLY_TYPE = 'application/apply-patch+yaml';

/** Throws Invalid, BadRequest for options of a write that mean nothing. */
export const checkWriteOptions = (request: OptionedRequest): void => {
  const { method, query } = request;
  if (method === 'DELETE') return checkDeleteOptions(request);
  const kind = KINDS[method];
  if (!kind || (query.size === 0 && method !== 'PATCH')) return;
  refuseFindings(kind, [
    ...dryRunFindings(query.getAll('dryRun')),
    ...levelFindings(query.get('fieldValidation')),
    ...managerFindings(query.get('fieldManager') ?? ''),
    ...(method === 'PATCH' ? applyFindings(request) : []),
  ]);
};

/** Throws Invalid, BadRequest for options of a list or a watch that mean nothing. */
export const checkListOptions = (query: URLSearchParams): void => {
  if (query.size === 0) return;
  for (const name of ['limit', 'timeoutSeconds']) checkWhole(query.get(name));
  const isWatch = isAffirmed(query.get('watch'));
  refuseFindings('ListOptions', [
    ...(query.has('sendInitialEvents') ? initialEventsFindings(query, isWatch) : matchFindings(query, isWatch)),
    ...(query.get('continue') && !['', '0'].includes(query.get('resourceVersion') ?? '')
      ? [forbiddenField('resourceVersion', 'may not be specified when continue is')]
      : []),
  ]);
};

const KINDS: Readonly<Record<string, string>> = {
  POST: 'CreateOptions',
  PUT: 'UpdateOptions',
  PATCH: 'PatchOptions',
};

const checkDeleteOptions = ({ query, body }: OptionedRequest): void => {
  const said: Readonly<Record<string, unknown>> = isObject(body) ? body : {};
  if (query.size === 0 && Object.keys(said).length === 0) return;
  checkWhole(query.get('gracePeriodSeconds'));
  const grace = said['gracePeriodSeconds'] ?? undefined;
  if (grace !== undefined && !Number.isInteger(grace))
    throw new ApiStatusError('BadRequest', 'DeleteOptions: gracePeriodSeconds must be a whole number');
  const policy = said['propagationPolicy'] ?? query.get('propagationPolicy') ?? undefined;
  const orphan = said['orphanDependents'] ?? query.get('orphanDependents') ?? undefined;
  const dryRun = said['dryRun'] ?? [];
  refuseFindings('DeleteOptions', [
    ...(policy !== undefined && !POLICIES.includes(policy as string)
      ? [unsupportedValue('propagationPolicy', policy, POLICIES)]
      : []),
    ...(policy !== undefined && orphan !== undefined
      ? [invalidField('propagationPolicy', policy, 'orphanDependents and propagationPolicy may not both be set')]
      : []),
    ...dryRunFindings([...query.getAll('dryRun'), ...(Array.isArray(dryRun) ? (dryRun as unknown[]) : [dryRun])]),
  ]);
};

const POLICIES: readonly string[] = ['Background', 'Foreground', 'Orphan'];
const LEVELS: readonly string[] = ['Ignore', 'Strict', 'Warn'];
const MATCHES: readonly string[] = ['Exact', 'NotOlderThan'];
/** @upstream apimachinery pkg/apis/meta/v1/validation#FieldManagerMaxLength */
const LONGEST_MANAGER = 128;

const dryRunFindings = (values: readonly unknown[]): readonly FieldError[] =>
  values.filter((value) => value !== 'All').map((value) => unsupportedValue('dryRun', value, ['All']));

const levelFindings = (level: string | null): readonly FieldError[] =>
  level && !LEVELS.includes(level) ? [unsupportedValue('fieldValidation', level, LEVELS)] : [];

const managerFindings = (manager: string): readonly FieldError[] => [
  ...(manager.length > LONGEST_MANAGER
    ? [
        {
          reason: 'FieldValueTooLong' as const,
          field: 'fieldManager',
          message: `Too long: may not be more than ${LONGEST_MANAGER} bytes`,
        },
      ]
    : []),
  ...(/[\p{C}\p{Zl}\p{Zp}]/u.test(manager)
    ? [invalidField('fieldManager', manager, 'should only contain printable characters')]
    : []),
];

const applyFindings = ({ query, mediaType }: OptionedRequest): readonly FieldError[] => {
  const isApply = mediaType === APPLY_TYPE;
  if (!isApply) return query.has('force') ? [forbiddenField('force', 'may not be specified for non-apply patch')] : [];
  return query.get('fieldManager') ? [] : [requiredField('fieldManager', 'is required for apply patch')];
};

const matchFindings = (query: URLSearchParams, isWatch: boolean): readonly FieldError[] => {
  const match = query.get('resourceVersionMatch');
  const version = query.get('resourceVersion') ?? '';
  if (!match) return [];
  const forbidden = (why: string): readonly FieldError[] => [
    forbiddenField('resourceVersionMatch', `resourceVersionMatch is forbidden ${why}`),
  ];
  if (isWatch) return forbidden('for watch unless sendInitialEvents is provided');
  if (version === '') return forbidden('unless resourceVersion is provided');
  if (query.get('continue')) return forbidden('when continue is provided');
  if (!MATCHES.includes(match)) return [unsupportedValue('resourceVersionMatch', match, MATCHES)];
  return match === 'Exact' && version === '0' ? forbidden('with Exact for resourceVersion "0"') : [];
};

const initialEventsFindings = (query: URLSearchParams, isWatch: boolean): readonly FieldError[] => {
  if (!isWatch) return [forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list')];
  if (query.get('resourceVersionMatch') !== 'NotOlderThan')
    return [requiredField('resourceVersionMatch', 'sendInitialEvents requires resourceVersionMatch NotOlderThan')];
  return isAffirmed(query.get('sendInitialEvents')) && !isAffirmed(query.get('allowWatchBookmarks'))
    ? [requiredField('allowWatchBookmarks', 'sendInitialEvents requires bookmarks')]
    : [];
};

const checkWhole = (value: string | null): void => {
  if (value !== null && value !== '' && !/^[+-]?\d{1,18}$/.test(value))
    throw new ApiStatusError('BadRequest', `strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
};

const refuseFindings = (kind: string, findings: readonly FieldError[]): void => {
  if (findings.length > 0) throw invalidObject({ group: 'meta.k8s.io', version: 'v1', kind }, '', findings);
};
