/** Rules of containers' variables. @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidateEnv, #ValidateEnvFrom */
import { validateDns1123Subdomain } from '../../names/dns-names.ts';
import { invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { validateConfigKey } from '../config-keys.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { problemsOf } from '../findings.ts';
import { fieldReferenceFindings, resourceReferenceFindings, VARIABLE_FIELDS } from './field-reference-rules.ts';

const NAME_RULE = "a valid environment variable name must consist only of printable ASCII characters other than '='";
const ONE_OF_FOUR = 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`';
const ONLY_ONE = 'may not have more than one field specified at a time';

/** Findings of a container's variables, one by one and from whole objects. */
export const validateEnvironment = (container: Draft, path: string): readonly FieldError[] => [
  ...itemsAt(container, 'env').flatMap(([index, variable]) => [
    ...nameFindings(variable['name'] ?? '', `${path}.env[${index}].name`),
    ...sourceFindings(variable, `${path}.env[${index}].valueFrom`),
  ]),
  ...itemsAt(container, 'envFrom').flatMap(([index, source]) => wholeFindings(source, `${path}.envFrom`, index)),
];

const nameFindings = (name: unknown, field: string): readonly FieldError[] => {
  if (name === '') return [requiredField(field)];
  return typeof name !== 'string' || /^[ -<>-~]+$/.test(name) ? [] : [invalidField(field, name, NAME_RULE)];
};

const sourceFindings = (variable: Draft, path: string): readonly FieldError[] => {
  if (variable['valueFrom'] === undefined) return [];
  const source = objectAt(variable, 'valueFrom');
  const given = Object.keys(source).filter((name) => source[name] !== undefined);
  return [
    ...(source['fieldRef'] === undefined
      ? []
      : fieldReferenceFindings(objectAt(source, 'fieldRef'), `${path}.fieldRef`, VARIABLE_FIELDS)),
    ...(source['resourceFieldRef'] === undefined
      ? []
      : resourceReferenceFindings(objectAt(source, 'resourceFieldRef'), `${path}.resourceFieldRef`, { isFile: false })),
    ...(['configMapKeyRef', 'secretKeyRef'] as const).flatMap((name) =>
      source[name] === undefined ? [] : keyFindings(objectAt(source, name), `${path}.${name}`),
    ),
    ...(given.length === 0
      ? [invalidField(path, '', ONE_OF_FOUR)]
      : textAt(variable, 'value') !== ''
        ? [invalidField(path, '', 'may not be specified when `value` is not empty')]
        : given.length > 1
          ? [invalidField(path, '', ONLY_ONE)]
          : []),
  ];
};

const keyFindings = (selector: Draft, path: string): readonly FieldError[] => {
  const key = textAt(selector, 'key');
  const name = textAt(selector, 'name');
  return [
    ...problemsOf(`${path}.name`, name, validateDns1123Subdomain(name)),
    ...(key === '' ? [requiredField(`${path}.key`)] : problemsOf(`${path}.key`, key, validateConfigKey(key))),
  ];
};

/** How many sources there are is told of the whole list, as upstream does. */
const wholeFindings = (source: Draft, list: string, index: number): readonly FieldError[] => {
  const prefix = textAt(source, 'prefix');
  const given = (['configMapRef', 'secretRef'] as const).filter((name) => source[name] !== undefined);
  return [
    ...(prefix === '' ? [] : nameFindings(prefix, `${list}[${index}].prefix`)),
    ...given.flatMap((kind) => {
      const field = `${list}[${index}].${kind}.name`;
      const name = textAt(objectAt(source, kind), 'name');
      // The end of a name may be yet to come.
      const checked = name.length > 1 && name.endsWith('-') ? `${name.slice(0, -1)}a` : name;
      return name === '' ? [requiredField(field)] : problemsOf(field, name, validateDns1123Subdomain(checked));
    }),
    ...(given.length === 0 ? [invalidField(list, '', 'must specify one of: `configMapRef` or `secretRef`')] : []),
    ...(given.length > 1 ? [invalidField(list, '', ONLY_ONE)] : []),
  ];
};
