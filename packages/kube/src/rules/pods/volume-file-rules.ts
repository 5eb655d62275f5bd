/**
 * Rules of files that volumes make of keys and fields.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#validateKeyToPath, #validateDownwardAPIVolumeFile
 */
import { invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { filePathFindings } from '../findings.ts';
import { fieldReferenceFindings, FILE_FIELDS, resourceReferenceFindings } from './field-reference-rules.ts';

const MODE_RULE = 'must be a number between 0 and 0777 (octal), both inclusive';

/** Findings of the permissions of files. */
export const modeFindings = (draft: Draft, name: string, path: string): readonly FieldError[] => {
  const mode = draft[name];
  return typeof mode === 'number' && (mode < 0 || mode > 0o777)
    ? [invalidField(`${path}.${name}`, mode, MODE_RULE)]
    : [];
};

/** Findings of the list, at `path`, of keys and the files they become. */
export const keyFindings = (source: Draft, path: string): readonly FieldError[] =>
  itemsAt(source, 'items').flatMap(([index, item]) => {
    const at = `${path}[${index}]`;
    return [
      ...(textAt(item, 'key') === '' ? [requiredField(`${at}.key`)] : []),
      ...pathFindings(item, at),
      ...modeFindings(item, 'mode', at),
    ];
  });

/** Findings of files made of a pod's own fields. They are told of the source at `path`, as upstream does. */
export const downwardFindings = (source: Draft, path: string): readonly FieldError[] =>
  itemsAt(source, 'items').flatMap(([, item]) => [
    ...pathFindings(item, path),
    ...referenceFindings(item, path),
    ...modeFindings(item, 'mode', path),
  ]);

const pathFindings = (item: Draft, path: string): readonly FieldError[] => {
  const file = textAt(item, 'path');
  return file === '' ? [requiredField(`${path}.path`)] : filePathFindings(`${path}.path`, file);
};

const referenceFindings = (item: Draft, path: string): readonly FieldError[] => {
  if (item['fieldRef'] !== undefined)
    return [
      ...fieldReferenceFindings(objectAt(item, 'fieldRef'), `${path}.fieldRef`, FILE_FIELDS),
      ...(item['resourceFieldRef'] === undefined
        ? []
        : [invalidField(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously')]),
    ];
  return item['resourceFieldRef'] === undefined
    ? [requiredField(path, 'one of fieldRef and resourceFieldRef is required')]
    : resourceReferenceFindings(objectAt(item, 'resourceFieldRef'), `${path}.resourceFieldRef`, { isFile: true });
};
