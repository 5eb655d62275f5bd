/**
 * Fields this version does not act on, also inside inline templates. @spec WF-TMPL-12
 */
import { isObject } from '@argosy/base';
import { toStructuralSchema, unsupportedFields, type FieldError, type StructuralSchema } from '@argosy/kube';

import { TemplateSchema } from './template-schema.ts';

/** A finding for each. */
export const unsupportedIn = (schema: StructuralSchema, object: object): readonly FieldError[] => [
  ...unsupportedFields(schema, object),
  ...unsupportedInline(object, ''),
];

const INLINE = toStructuralSchema(TemplateSchema);

/** Inline templates have no schema in the definition, as upstream's: they would contain themselves. */
const unsupportedInline = (value: unknown, path: string): readonly FieldError[] => {
  if (Array.isArray(value)) return value.flatMap((one, index) => unsupportedInline(one, `${path}[${index}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, part]): readonly FieldError[] => {
    const at = path === '' ? key : `${path}.${key}`;
    if (key === 'status' && path === '') return [];
    if (key === 'inline' && isObject(part))
      return unsupportedFields(INLINE, part).map((one) => ({ ...one, field: `${at}.${one.field}` }));
    return unsupportedInline(part, at);
  });
};
