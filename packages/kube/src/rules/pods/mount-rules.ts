/**
 * Rules of what containers mount, as folders and as devices.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidateVolumeMounts, #ValidateVolumeDevices
 */
import { forbiddenField, invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { itemsAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { choiceFindings, descendingPathFindings } from '../findings.ts';

/** The volumes of a pod by name; absent members say that nothing is known of what stands behind the name. */
export type PodVolumes = ReadonlyMap<string, Draft | undefined>;

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];
const READ_ONLY = ['Disabled', 'Enabled', 'IfPossible'];

/** Findings of a container's mounts. */
export const validateMounts = (container: Draft, path: string, volumes: PodVolumes): readonly FieldError[] => {
  const list = `${path}.volumeMounts`;
  const devices = membersOf(container, 'volumeDevices', ['name', 'devicePath']);
  const places = new Set<string>();
  return itemsAt(container, 'volumeMounts').flatMap(([index, mount]) => {
    const place = textAt(mount, 'mountPath');
    const isRepeated = places.has(place);
    places.add(place);
    return [
      ...volumeFindings(mount, `${list}[${index}].name`, volumes),
      ...(place === '' ? [requiredField(`${list}[${index}].mountPath`)] : []),
      ...(isRepeated ? [invalidField(`${list}[${index}].mountPath`, place, 'must be unique')] : []),
      ...alsoDeviceFindings(mount, `${list}[${index}]`, devices),
      ...imageFindings(mount, `${list}[${index}]`, volumes),
      ...subPathFindings(mount, list, index),
      ...sharingFindings(mount, list, container),
    ];
  });
};

/** Findings of a container's devices. */
export const validateDevices = (container: Draft, path: string, volumes: PodVolumes): readonly FieldError[] => {
  const mounts = membersOf(container, 'volumeMounts', ['name', 'mountPath']);
  const seen = { names: new Set<string>(), paths: new Set<string>() };
  return itemsAt(container, 'volumeDevices').flatMap(([index, device]) => {
    const at = `${path}.volumeDevices[${index}]`;
    const [name, place] = [textAt(device, 'name'), textAt(device, 'devicePath')];
    const repeats = { name: seen.names.has(name), place: seen.paths.has(place) };
    seen.names.add(name);
    seen.paths.add(place);
    return [
      ...volumeFindings(device, `${at}.name`, volumes),
      ...(isNoBlock(volumes.get(name))
        ? [
            invalidField(
              `${at}.name`,
              name,
              'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
            ),
          ]
        : []),
      ...(place === '' ? [requiredField(`${at}.devicePath`)] : []),
      ...(place !== '' && repeats.place ? [invalidField(`${at}.devicePath`, place, 'must be unique')] : []),
      ...(place.includes('..') ? [invalidField(`${at}.devicePath`, place, "can not contain backsteps ('..')")] : []),
      ...(repeats.name ? [invalidField(`${at}.name`, name, 'must be unique')] : []),
      ...(mounts.names.has(name) ? [invalidField(`${at}.name`, name, 'must not already exist in volumeMounts')] : []),
      ...(place !== '' && mounts.paths.has(place)
        ? [invalidField(`${at}.devicePath`, place, 'must not already exist as a path in volumeMounts')]
        : []),
    ];
  });
};

/** What the other list of a container has already. */
interface Taken {
  readonly names: ReadonlySet<unknown>;
  readonly paths: ReadonlySet<unknown>;
}

const membersOf = (container: Draft, list: string, [name, path]: readonly [string, string]): Taken => {
  const items = itemsAt(container, list).map(([, item]) => item);
  return { names: new Set(items.map((item) => item[name])), paths: new Set(items.map((item) => item[path])) };
};

const isNoBlock = (volume: Draft | undefined): boolean =>
  volume !== undefined && volume['persistentVolumeClaim'] === undefined && volume['ephemeral'] === undefined;

const volumeFindings = (mount: Draft, field: string, volumes: PodVolumes): readonly FieldError[] => {
  const name = textAt(mount, 'name');
  const missing: FieldError = {
    reason: 'FieldValueNotFound',
    field,
    message: `Not found: ${JSON.stringify(name)}`,
  };
  return [...(name === '' ? [requiredField(field)] : []), ...(volumes.has(name) ? [] : [missing])];
};

const alsoDeviceFindings = (mount: Draft, path: string, devices: Taken): readonly FieldError[] => [
  ...(devices.names.has(mount['name'])
    ? [invalidField(`${path}.name`, mount['name'], 'must not already exist in volumeDevices')]
    : []),
  ...(devices.paths.has(mount['mountPath'])
    ? [invalidField(`${path}.mountPath`, mount['mountPath'], 'must not already exist as a path in volumeDevices')]
    : []),
];

const imageFindings = (mount: Draft, path: string, volumes: PodVolumes): readonly FieldError[] =>
  volumes.get(textAt(mount, 'name'))?.['image'] === undefined
    ? []
    : (['subPath', 'subPathExpr'] as const)
        .filter((name) => textAt(mount, name) !== '')
        .map((name) => invalidField(`${path}.${name}`, mount[name], 'not allowed in image volume sources'));

/** Where a part of a volume leads is told of the whole list, as upstream does. */
const subPathFindings = (mount: Draft, list: string, index: number): readonly FieldError[] => {
  const [path, expression] = [textAt(mount, 'subPath'), textAt(mount, 'subPathExpr')];
  return [
    ...descendingPathFindings(`${list}.subPath`, path),
    ...(path !== '' && expression !== ''
      ? [invalidField(`${list}[${index}].subPathExpr`, expression, 'subPathExpr and subPath are mutually exclusive')]
      : []),
    ...descendingPathFindings(`${list}.subPathExpr`, expression),
  ];
};

const sharingFindings = (mount: Draft, list: string, container: Draft): readonly FieldError[] => {
  const context = container['securityContext'] as Draft | undefined;
  const recursion = textAt(mount, 'recursiveReadOnly');
  const isStrict = recursion === 'Enabled' || recursion === 'IfPossible';
  return [
    ...choiceFindings(mount, 'mountPropagation', list, PROPAGATIONS),
    ...(mount['mountPropagation'] === 'Bidirectional' && context?.['privileged'] !== true
      ? [
          forbiddenField(
            `${list}.mountPropagation`,
            'Bidirectional mount propagation is available only to privileged containers',
          ),
        ]
      : []),
    ...choiceFindings(mount, 'recursiveReadOnly', list, READ_ONLY),
    ...(isStrict && mount['readOnly'] !== true
      ? [forbiddenField(`${list}.recursiveReadOnly`, 'may only be specified when readOnly is true')]
      : []),
    ...(isStrict && !['', 'None'].includes(textAt(mount, 'mountPropagation'))
      ? [
          forbiddenField(
            `${list}.recursiveReadOnly`,
            'may only be specified when mountPropagation is None or not specified',
          ),
        ]
      : []),
  ];
};
