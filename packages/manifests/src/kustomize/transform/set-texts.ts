/**
 * `labels`, `commonLabels` and `commonAnnotations`: texts by name, written into mappings.
 * @upstream sigs.k8s.io/kustomize/api/filters/labels/labels.go, api/filters/annotations/annotations.go
 */
import { Failure } from '@argosy/base';
import { compareText } from '@argosy/expressions';

import { replaceMember, shareMembers, type Place } from '../document/shared-members.ts';
import { isMap, isMissing, memberOf, setMember } from '../document/value.ts';
import { mergeFieldSpecs, visitField, type FieldSpec } from '../fields/field-spec.ts';
import type { TransformerFields } from '../fields/transformer-fields.ts';
import type { LabelEntry } from '../file/kustomization.ts';
import type { Transform } from './transformer.ts';

/** Writes texts into the mappings at fields. */
export const setTexts =
  (texts: Readonly<Record<string, string>>, fields: readonly FieldSpec[]): Transform =>
  (list) => {
    const names = Object.keys(texts).sort(compareText);
    if (names.length === 0) return;
    for (const { document } of list.all) {
      if (!document) continue;
      const made = new Map<string, Place[]>();
      for (const spec of fields) {
        visitField(document, spec, {
          creates: 'map',
          visit: (slot) => {
            const map = slot.get();
            if (isMissing(map)) return;
            if (!isMap(map))
              throw new Failure(`field ${spec.path} is not a mapping; labels and annotations cannot go there`, {
                code: 'InvalidField',
              });
            for (const name of names) writeText({ map, name }, texts[name] ?? '', made);
          },
        });
      }
      for (const places of made.values()) shareMembers(places);
    }
  };

/** The fields an entry of `labels` writes. Throws Failure `InvalidConfiguration`. */
export const fieldsOfLabels = (entry: LabelEntry, fields: TransformerFields): readonly FieldSpec[] => {
  const own = mergeFieldSpecs(entry.fields ?? [], fields.labels);
  if (entry.includeSelectors) return mergeFieldSpecs(own, fields.commonLabels);
  const below = entry.includeTemplates ? mergeFieldSpecs(own, fields.templateLabels) : own;
  return mergeFieldSpecs(below, [{ path: 'metadata/labels', create: true }]);
};

const writeText = (place: Place, text: string, made: Map<string, Place[]>): void => {
  const { map, name } = place;
  if (memberOf(map, name) !== undefined) return replaceMember(map, name, text);
  setMember(map, name, text);
  made.set(name, [...(made.get(name) ?? []), place]);
};
