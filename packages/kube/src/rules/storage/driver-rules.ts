/** Rules of drivers of storage, and of what is attached where. @upstream k8s.io/kubernetes/pkg/apis/storage/validation */
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
import {
  choiceFindings,
  NOT_NEGATIVE,
  problemsOf,
  qualifiedNameFindings,
  repeatedIn,
  subdomainFindings,
  textsAt,
} from '../findings.ts';
import { selectorFindings } from '../workloads/selector-rules.ts';
import { amountFindings } from '../resources/resource-names.ts';

const MODES = ['Persistent', 'Ephemeral'];
const LEAST_SECONDS = 600;
const MOST_SECONDS = 2 ** 32;
const LONGEST_NODE_ID = 192;
const LONGEST_NAME = 63;

/** Drivers: what they can do, of which two things stay. */
export const validateCsiDriver = (driver: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(driver, 'spec');
  return [
    ...choiceFindings(spec, 'fsGroupPolicy', 'spec', ['File', 'None', 'ReadWriteOnceWithFSType']),
    ...tokenFindings(spec),
    ...textsAt(spec, 'volumeLifecycleModes').flatMap(([, mode]) =>
      MODES.includes(mode) ? [] : [unsupportedValue('spec.volumeLifecycleModes', mode, MODES)],
    ),
    ...(previous ? fixedFindings(spec, objectAt(previous, 'spec')) : []),
  ];
};

/** Drivers of a node: each once, under the name the node has there, and as it was when it came. */
export const validateCsiNode = (node: Draft, previous?: Draft): readonly FieldError[] => {
  const drivers = itemsAt(objectAt(node, 'spec'), 'drivers');
  const repeated = repeatedIn(drivers.map(([, driver]) => textAt(driver, 'name')));
  const before = itemsAt(objectAt(previous, 'spec'), 'drivers').map(([, driver]) => driver);
  const isChanged = (driver: Draft): boolean =>
    before.some((old) => old['name'] === driver['name'] && !isEqual(old, driver));
  return [
    ...drivers.flatMap(([index, driver], at) =>
      validateDriverOfNode(driver, `spec.drivers[${index}]`, repeated.has(at)),
    ),
    ...drivers.flatMap(([, driver]) =>
      isChanged(driver) ? [invalidField('CSINodeDriver', driver, 'field is immutable')] : [],
    ),
  ];
};

/** Attachments: of one volume to one node by one driver, for good. */
export const validateVolumeAttachment = (attachment: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(attachment, 'spec');
  const source = objectAt(spec, 'source');
  const attacher = textAt(spec, 'attacher');
  const volume = source['persistentVolumeName'];
  return [
    ...sourceFindings(source),
    ...subdomainFindings('spec.nodeName', textAt(spec, 'nodeName')),
    ...(previous && !isEqual(spec, objectAt(previous, 'spec'))
      ? [invalidField('spec', spec, 'field is immutable')]
      : []),
    ...driverNameFindings('spec.attacher', attacher),
    ...(previous || typeof volume !== 'string' ? [] : subdomainFindings('spec.source.persistentVolumeName', volume)),
  ];
};

/** What is left of a class of storage, and where; neither the class nor the place changes. */
export const validateCsiStorageCapacity = (left: Draft, previous?: Draft): readonly FieldError[] => {
  const name = textAt(left, 'storageClassName');
  return [
    ...selectorFindings(left, 'nodeTopology', '').map((found) => ({ ...found, field: found.field.slice(1) })),
    ...subdomainFindings('storageClassName', name),
    ...['capacity', 'maximumVolumeSize'].flatMap((member) =>
      left[member] === undefined ? [] : amountFindings(member, left[member], member),
    ),
    ...['nodeTopology', 'storageClassName'].flatMap((member) =>
      previous && !isEqual(left[member], previous[member])
        ? [invalidField(member, left[member] ?? null, 'field is immutable')]
        : [],
    ),
  ];
};

const tokenFindings = (spec: Draft): readonly FieldError[] => {
  const requests = itemsAt(spec, 'tokenRequests');
  const repeated = repeatedIn(requests.map(([, request]) => textAt(request, 'audience')));
  return requests.flatMap(([index, request], at) => {
    const path = `spec.tokenRequests[${index}]`;
    if (repeated.has(at)) return [duplicateField(`${path}.audience`, textAt(request, 'audience'))];
    const seconds = numberAt(request, 'expirationSeconds');
    if (seconds === undefined) return [];
    const invalid = (detail: string): FieldError => invalidField(`${path}.expirationSeconds`, seconds, detail);
    return [
      ...(seconds < LEAST_SECONDS ? [invalid('may not specify a duration less than 10 minutes')] : []),
      ...(seconds > MOST_SECONDS ? [invalid('may not specify a duration larger than 2^32 seconds')] : []),
    ];
  });
};

const fixedFindings = (spec: Draft, before: Draft): readonly FieldError[] =>
  (
    [
      ['attachRequired', 'spec.attachedRequired'],
      ['volumeLifecycleModes', 'spec.volumeLifecycleModes'],
    ] as const
  ).flatMap(([name, field]) =>
    isEqual(spec[name], before[name]) ? [] : [invalidField(field, spec[name] ?? null, 'field is immutable')],
  );

const validateDriverOfNode = (driver: Draft, path: string, isRepeated: boolean): readonly FieldError[] => {
  const name = textAt(driver, 'name');
  const id = textAt(driver, 'nodeID');
  const count = numberAt(objectAt(driver, 'allocatable'), 'count') ?? 0;
  const keys = textsAt(driver, 'topologyKeys').map(([, key]) => key);
  const repeatedKeys = repeatedIn(keys);
  return [
    ...driverNameFindings(`${path}.name`, name),
    ...(id === '' ? [requiredField(`${path}.nodeID`)] : []),
    ...(id.length > LONGEST_NODE_ID
      ? [invalidField(`${path}.nodeID`, id, `must be ${LONGEST_NODE_ID} characters or less`)]
      : []),
    ...(count < 0 ? [invalidField(`${path}.allocatable.count`, count, NOT_NEGATIVE)] : []),
    ...(isRepeated ? [duplicateField(`${path}.name`, name)] : []),
    ...keys.flatMap((key, at) => [
      ...(key === '' ? [requiredField(path)] : []),
      ...(repeatedKeys.has(at) ? [duplicateField(path, key)] : []),
      ...qualifiedNameFindings(path, key),
    ]),
  ];
};

/** Findings of a driver's name, which is a subdomain in any case. */
export const driverNameFindings = (field: string, name: string): readonly FieldError[] => [
  ...(name === '' ? [requiredField(field)] : []),
  ...(name.length > LONGEST_NAME
    ? [{ reason: 'FieldValueTooLong', field, message: `Too long: may not be more than ${LONGEST_NAME} bytes` } as const]
    : []),
  ...problemsOf(field, name, validateDns1123Subdomain(name.toLowerCase())),
];

const ONE_SOURCE = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

const sourceFindings = (source: Draft): readonly FieldError[] => {
  const isInline = source['inlineVolumeSpec'] !== undefined;
  const volume = source['persistentVolumeName'];
  if (volume === undefined) return isInline ? [] : [requiredField('spec.source', ONE_SOURCE)];
  if (isInline) return [forbiddenField('spec.source', ONE_SOURCE)];
  return volume === ''
    ? [requiredField('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName')]
    : [];
};
