/**
 * `namePrefix` and `nameSuffix`.
 * @upstream sigs.k8s.io/kustomize/api/internal/builtins/PrefixTransformer.go, SuffixTransformer.go
 */
import { Failure } from '@argosy/base';

import { kindOfValue, textOf } from '../document/value.ts';
import { visitField, type FieldSpec } from '../fields/field-spec.ts';
import { describeId, isSelectedGvk, type Gvk } from '../resources/resource-id.ts';
import type { Transform } from './transformer.ts';

/** What to put before and after names, and where names stand. */
export interface Affix {
  readonly kind: 'prefix' | 'suffix';
  readonly text: string;
  readonly fields: readonly FieldSpec[];
}

/** Kinds whose names say what they are and stay. */
const UNTOUCHED: readonly Gvk[] = [
  { kind: 'CustomResourceDefinition' },
  { group: 'apiregistration.k8s.io', kind: 'APIService' },
  { kind: 'Namespace' },
];

/** Puts a text before or after names. */
export const affixNames =
  ({ kind, text, fields }: Affix): Transform =>
  (list) => {
    for (const resource of list.all) {
      const { document, originalId } = resource;
      if (!document || UNTOUCHED.some((gvk) => isSelectedGvk(originalId, gvk))) continue;
      for (const spec of fields) {
        if (!isSelectedGvk(originalId, spec)) continue;
        if (spec.path === 'metadata/name' && text !== '') {
          (kind === 'prefix' ? resource.prefixes : resource.suffixes).push(text);
          resource.rememberName();
        }
        visitField(document, spec, {
          creates: 'scalar',
          visit: (slot) => {
            const before = slot.get() ?? null;
            if (kindOfValue(before) !== 'scalar')
              throw new Failure(`${spec.path} of ${describeId(resource.id)} is a ${kindOfValue(before)}, not a name`, {
                code: 'InvalidField',
              });
            const name = textOf(before);
            slot.set(kind === 'prefix' ? `${text}${name}` : `${name}${text}`);
          },
        });
      }
    }
  };
