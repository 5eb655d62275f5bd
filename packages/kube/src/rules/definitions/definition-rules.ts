/**
 * Rules of CustomResourceDefinitions: group, scope, names, and what their versions have in common.
 * @upstream k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go
 */
import { validateDns1035Label, validateDns1123Subdomain } from '../../names/dns-names.ts';
import { invalidField, requiredField, unsupportedValue, type FieldError } from '../../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { repeatedIn, textsAt } from '../findings.ts';
import { atSharedParts } from './shared-parts.ts';
import { validateVersion } from './version-rules.ts';

/** Findings of a definition; schemas that stay as they were are not looked at again. */
export const validateDefinition = (definition: Draft, previous?: Draft): readonly FieldError[] =>
  atSharedParts(definition, definitionFindings(definition, previous));

const definitionFindings = (definition: Draft, previous: Draft | undefined): readonly FieldError[] => {
  const spec = objectAt(definition, 'spec');
  const names = objectAt(spec, 'names');
  const name = textAt(objectAt(definition, 'metadata'), 'name');
  const versions = itemsAt(spec, 'versions');
  const before = itemsAt(objectAt(previous, 'spec'), 'versions').map(([, version]) => version);
  const stored = versions.filter(([, version]) => version['storage'] === true).length;
  return [
    ...(name === `${textAt(names, 'plural')}.${textAt(spec, 'group')}`
      ? []
      : [invalidField('metadata.name', name, 'must be spec.names.plural+"."+spec.group')]),
    ...groupFindings(textAt(spec, 'group')),
    ...scopeFindings(spec),
    ...versions.flatMap(([index, version]) =>
      validateVersion(
        version,
        `spec.versions[${index}]`,
        before.find((old) => old['name'] === version['name']),
      ),
    ),
    ...(repeatedIn(versions.map(([, version]) => textAt(version, 'name'))).size > 0
      ? [invalidField('spec.versions', versionNames(versions), 'must contain unique version names')]
      : []),
    ...(stored === 1
      ? []
      : [
          invalidField(
            'spec.versions',
            versionNames(versions),
            'must have exactly one version marked as storage version',
          ),
        ]),
    ...nameFindings(names),
    ...(spec['preserveUnknownFields'] === true ? unknownFieldFindings(spec) : []),
    ...(previous ? changeFindings(spec, previous) : []),
  ];
};

/** Under which name objects are kept never changes; what they are does not change once there may be some. */
const changeFindings = (spec: Draft, previous: Draft): readonly FieldError[] => {
  const before = objectAt(previous, 'spec');
  const isEstablished = itemsAt(objectAt(previous, 'status'), 'conditions').some(
    ([, one]) => one['type'] === 'Established' && one['status'] === 'True',
  );
  const same = (field: string, value: string, old: string): readonly FieldError[] =>
    value === old ? [] : [invalidField(`spec.${field}`, value, 'field is immutable')];
  const [names, namesBefore] = [objectAt(spec, 'names'), objectAt(before, 'names')];
  return [
    ...(isEstablished
      ? [
          ...same('scope', textAt(spec, 'scope'), textAt(before, 'scope')),
          ...same('names.kind', textAt(names, 'kind'), textAt(namesBefore, 'kind')),
        ]
      : []),
    ...same('group', textAt(spec, 'group'), textAt(before, 'group')),
    ...same('names.plural', textAt(names, 'plural'), textAt(namesBefore, 'plural')),
  ];
};

const versionNames = (versions: readonly (readonly [number, Draft])[]): readonly string[] =>
  versions.map(([, version]) => textAt(version, 'name'));

const groupFindings = (group: string): readonly FieldError[] => {
  if (group === '') return [requiredField('spec.group')];
  const problems = validateDns1123Subdomain(group);
  if (problems.length > 0) return [invalidField('spec.group', group, problems.join(','))];
  return group.includes('.') ? [] : [invalidField('spec.group', group, 'should be a domain with at least one dot')];
};

const SCOPES = ['Cluster', 'Namespaced'];

const scopeFindings = (spec: Draft): readonly FieldError[] => {
  const scope = textAt(spec, 'scope');
  if (scope === '') return [requiredField('spec.scope')];
  return SCOPES.includes(scope) ? [] : [unsupportedValue('spec.scope', scope, SCOPES)];
};

const unknownFieldFindings = (spec: Draft): readonly FieldError[] => [
  ...(JSON.stringify(spec['versions'] ?? []).includes('"default":')
    ? [invalidField('spec.preserveUnknownFields', true, 'must be false in order to use defaults in the schema')]
    : []),
  invalidField(
    'spec.preserveUnknownFields',
    true,
    'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
  ),
];

const nameFindings = (names: Draft): readonly FieldError[] => {
  const problem = (field: string, value: string, words = ''): readonly FieldError[] => {
    const problems = value === '' ? [] : validateDns1035Label(words === '' ? value : value.toLowerCase());
    return problems.length === 0 ? [] : [invalidField(`spec.names.${field}`, value, `${words}${problems.join(',')}`)];
  };
  const mixed = 'may have mixed case, but should otherwise match: ';
  const kind = textAt(names, 'kind');
  return [
    ...['plural', 'singular', 'kind', 'listKind']
      .filter((name) => textAt(names, name) === '')
      .map((name) => requiredField(`spec.names.${name}`)),
    ...problem('plural', textAt(names, 'plural')),
    ...problem('singular', textAt(names, 'singular')),
    ...problem('kind', kind, mixed),
    ...problem('listKind', textAt(names, 'listKind'), mixed),
    ...(kind !== '' && kind === textAt(names, 'listKind')
      ? [invalidField('spec.names.listKind', kind, 'kind and listKind may not be the same')]
      : []),
    ...['shortNames', 'categories'].flatMap((list) =>
      textsAt(names, list).flatMap(([index, name]) => {
        const problems = validateDns1035Label(name);
        return problems.length === 0 ? [] : [invalidField(`spec.names.${list}[${index}]`, name, problems.join(','))];
      }),
    ),
  ];
};
