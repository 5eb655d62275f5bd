/**
 * Names of other objects, brought up to date after those objects were renamed.
 * @upstream sigs.k8s.io/kustomize/api/filters/nameref/nameref.go, api/internal/accumulator/namereferencetransformer.go
 */
import { Failure } from '@argosy/base';

import { isMap, isMissing, isText, memberOf, setMember, textOf, type MapValue, type Value } from '../document/value.ts';
import { visitField, type FieldSpec, type NameReference, type Slot } from '../fields/field-spec.ts';
import { describeId, isSelectedGvk } from '../resources/resource-id.ts';
import type { Resource } from '../resources/resource.ts';
import type { Transform } from '../transform/transformer.ts';
import { candidatesIn, chooseReferral, type NameField } from './choose-referral.ts';

/** Updates the names at all fields that hold some. The transform throws Failure `AmbiguousReference`. */
export const updateNames =
  (references: readonly NameReference[]): Transform =>
  (list) => {
    const renamed = list.all.filter((resource) => resource.previousIds.length > 0);
    const byName = groupByPreviousName(renamed);
    for (const referrer of list.all) {
      const { document, originalId } = referrer;
      if (!document) continue;
      refuseBlankNamespaces(referrer);
      for (const reference of references) {
        for (const spec of reference.referrers) {
          if (!isSelectedGvk(originalId, spec)) continue;
          visitOwn(referrer, document, spec, { referrer, spec, target: reference, byName, all: list.all });
        }
      }
    }
  };

const refuseBlankNamespaces = ({ document, kind, id }: Resource): void => {
  const subjects = kind === 'RoleBinding' ? memberOf(document, 'subjects') : undefined;
  if (!Array.isArray(subjects)) return;
  for (const subject of subjects) {
    const namespace = memberOf(subject, 'namespace');
    const isAccount = textOf(memberOf(subject, 'kind')) === 'ServiceAccount';
    if (isAccount && namespace !== undefined && !isText(namespace))
      throw new Failure(`a subject's namespace is blank in ${describeId(id)}; name one or remove the field`, {
        code: 'InvalidManifest',
      });
  }
};

const groupByPreviousName = (renamed: readonly Resource[]): ReadonlyMap<string, readonly Resource[]> => {
  const byName = new Map<string, Resource[]>();
  for (const resource of renamed) {
    for (const name of new Set(resource.previousIds.map((id) => id.name))) {
      const group = byName.get(name) ?? [];
      group.push(resource);
      byName.set(name, group);
    }
  }
  return byName;
};

const visitOwn = (referrer: Resource, document: MapValue, spec: FieldSpec, field: NameField): void => {
  // The kind a field is chosen by is what the object was; where it stands is read from what it is.
  const here = { ...spec, group: '', version: '', kind: '' };
  try {
    visitField(document, here, { visit: (slot) => updateSlot(slot, field) });
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    throw new Failure(`updating name reference in ${spec.path} of ${describeId(referrer.id)}: ${thrown.message}`, {
      code: thrown.code,
      cause: thrown,
    });
  }
};

const updateSlot = (slot: Slot, field: NameField): void => {
  const value = slot.get();
  if (value === undefined || isMissing(value)) return;
  if (Array.isArray(value)) return value.forEach((item, at) => updateItem(value, { item, at }, field));
  if (isMap(value)) return updateMap(value, field);
  const name = updatedName(textOf(value), field);
  if (name !== undefined) slot.set(name);
};

const updateItem = (
  list: Value[],
  { item, at }: { readonly item: Value; readonly at: number },
  field: NameField,
): void => {
  if (isMissing(item)) return;
  if (isMap(item)) return updateMap(item, field);
  if (Array.isArray(item)) throw new Failure('expected names or mappings in the list', { code: 'InvalidField' });
  const name = updatedName(textOf(item), field);
  if (name !== undefined) list[at] = name;
};

const updatedName = (name: string, field: NameField): string | undefined => {
  const candidates = field.byName.get(name);
  if (!candidates) return undefined;
  const referral = chooseReferral(candidates, { name, field, isSame: hasSameName });
  return referral && referral.name !== name ? referral.name : undefined;
};

/** A mapping names by `name` and `namespace`; both are updated. */
const updateMap = (map: MapValue, field: NameField): void => {
  const nameValue = memberOf(map, 'name');
  if (nameValue === undefined)
    throw new Failure("path config error; no 'name' field in the mapping", { code: 'InvalidField' });
  const name = textOf(nameValue);
  const namespace = memberOf(map, 'namespace');
  const named = field.byName.get(name);
  if (!named) return;
  const candidates = candidatesIn(named, namespace === undefined ? undefined : textOf(namespace), field);
  const referral = chooseReferral(candidates, { name, field, isSame: hasSameNameAndNamespace });
  if (!referral || (referral.name === name && referral.namespace === '')) return;
  setMember(map, 'name', referral.name);
  if (referral.namespace !== '') setMember(map, 'namespace', referral.namespace);
};

const hasSameName = (left: Resource, right: Resource): boolean => left.name === right.name;
const hasSameNameAndNamespace = (left: Resource, right: Resource): boolean =>
  left.name === right.name && left.namespace === right.namespace;
