/**
 * The containers of a template: names, fields, and that no two things are mounted at one path. @spec WF-VAL-06
 */
import { BUILTIN_SCHEMAS, unknownFields } from '@argosy/kube';

import type { Template } from '../../api/template-schema.ts';
import { listOf, objectOf, textOf, type Finding, type Loose } from './finding.ts';

/** Judges them; `field` is `templates.<name>`. */
export const judgeContainers = (field: string, template: Template): readonly Finding[] => [
  ...judgeMounts(field, template),
  ...judgeNamesOfContainers(field, template as Loose),
  ...judgeContainerFields(field, template as Loose),
];

/** Mounts and input artifacts may not meet at one path. */
const judgeMounts = (field: string, template: Template): readonly Finding[] => {
  const container = objectOf(template.container ?? template.script ?? (template as Loose)['containerSet']);
  const paths = new Map<string, string>();
  const findings: Finding[] = [];
  const claim = (path: string, at: string, rule: string): void => {
    const taken = paths.get(path);
    if (taken === undefined) paths.set(path, at);
    else findings.push({ rule, field: at, message: `'${path}' already mounted in ${taken}` });
  };
  for (const [index, mount] of listOf(container['volumeMounts']).entries())
    claim(textOf(mount['mountPath']), `${field}.container.volumeMounts[${index}].mountPath`, 'mount-path-twice');
  for (const artifact of template.inputs?.artifacts ?? [])
    if (artifact.path !== undefined)
      claim(artifact.path, `${field}.inputs.artifacts.${artifact.name}.path`, 'artifact-path-on-volume-mount');
  return findings;
};

const isReserved = (name: string): boolean =>
  name === 'wait' || name === 'supervisor' || name.startsWith('artifact-plugin-');

const judgeNamesOfContainers = (field: string, template: Loose): readonly Finding[] => {
  const set = listOf(objectOf(template['containerSet'])['containers']);
  const reserved = [...set, ...listOf(template['sidecars'])].flatMap((one): readonly Finding[] => {
    const name = textOf(one['name']);
    return isReserved(name)
      ? [{ rule: 'container-name reserved', field, message: `container name "${name}" is reserved` }]
      : [];
  });
  const nameless = listOf(template['initContainers']).flatMap((one, index): readonly Finding[] =>
    textOf(one['name']) === ''
      ? [{ rule: 'missing-name', field: `${field}.initContainers[${index}].name`, message: 'is required' }]
      : [],
  );
  const names = new Set(set.map((one) => textOf(one['name'])));
  const undefinedOnes = set.flatMap((one) =>
    (Array.isArray(one['dependencies']) ? one['dependencies'].map(String) : []).flatMap((name): readonly Finding[] =>
      names.has(name)
        ? []
        : [
            {
              rule: 'containerSet-dependency undefined',
              field: `${field}.containerSet.containers.${textOf(one['name'])}`,
              message: `dependency '${name}' not defined`,
            },
          ],
    ),
  );
  return [...reserved, ...nameless, ...undefinedOnes];
};

const CONTAINER = BUILTIN_SCHEMAS['/Pod']?.properties?.['spec']?.properties?.['containers']?.items ?? {};
/** What workflows add to containers of Kubernetes. */
const ADDED = new Set(['source', 'mirrorVolumeMounts']);

/** Containers are Kubernetes' own: a field it does not have is a mistake. */
const judgeContainerFields = (field: string, template: Loose): readonly Finding[] => {
  const containers: readonly (readonly [string, unknown])[] = [
    ['container', template['container']],
    ['script', template['script']],
    ...listOf(template['sidecars']).map((one, index) => [`sidecars[${index}]`, one] as const),
    ...listOf(template['initContainers']).map((one, index) => [`initContainers[${index}]`, one] as const),
  ];
  return containers.flatMap(([place, container]) =>
    unknownFields(CONTAINER, objectOf(container))
      .filter((path) => !ADDED.has(path))
      .map((path) => ({
        rule: 'container unknown-field',
        field: `${field}.${place}.${path}`,
        message: 'is not a field of a container; remove it',
      })),
  );
};
