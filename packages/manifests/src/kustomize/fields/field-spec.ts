/**
 * Fields named by kind and path (`spec/template/spec/containers[]/image`), and how they are found in a document: paths
 * go through lists without saying so, and create what is missing where they may.
 * @upstream sigs.k8s.io/kustomize/api/filters/fieldspec/fieldspec.go, api/types/fieldspec.go
 */
import { Failure } from '@argosy/base';
import { parseApiVersion } from '@argosy/kube';

import { replaceMember } from '../document/shared-members.ts';
import { isMap, isNull, memberOf, textOf, type MapValue, type Value } from '../document/value.ts';
import { isSelectedGvk, type Gvk } from '../resources/resource-id.ts';
import { splitPath } from './split-path.ts';

/** A field of a kind; without group, version or kind of every one. */
export interface FieldSpec extends Gvk {
  readonly path: string;
  /** Whether what is missing on the way is made. */
  readonly create?: boolean;
}

/** Fields that hold the name of an object of a kind. */
export interface NameReference extends Gvk {
  readonly referrers: readonly FieldSpec[];
}

/** A place in a document. */
export interface Slot {
  /** What stands there; `undefined` when it was just made. */
  get(): Value | undefined;
  set(value: Value): void;
}

/** What to do at a field, and what a created one is to be; without `creates` nothing is made. */
export interface FieldVisit {
  readonly visit: (slot: Slot) => void;
  readonly creates?: 'map' | 'scalar';
}

/** Visits a field in a document, as often as it occurs. Throws Failure `InvalidField` where the path meets a scalar. */
export const visitField = (document: MapValue, spec: FieldSpec, visit: FieldVisit): void => {
  const gvk = {
    ...parseApiVersion(textOf(memberOf(document, 'apiVersion'))),
    kind: textOf(memberOf(document, 'kind')),
  };
  if (!isSelectedGvk(gvk, spec)) return;
  follow({ get: () => document, set: () => undefined }, splitPath(spec.path, '/'), { spec, ...visit });
};

/** Adds fields to others; the same field of a narrower kind is not repeated. Throws Failure `InvalidConfiguration`. */
export const mergeFieldSpecs = (specs: readonly FieldSpec[], added: readonly FieldSpec[]): readonly FieldSpec[] => {
  const merged = [...specs];
  for (const spec of added) {
    const known = merged.find((other) => other.path === spec.path && isSelectedGvk(other, spec));
    if (!known) merged.push(spec);
    else if ((known.create ?? false) !== (spec.create ?? false))
      throw new Failure(`field ${spec.path} is given with and without create; keep one of the two`, {
        code: 'InvalidConfiguration',
      });
  }
  return merged;
};

/** The place of a member. */
export const memberSlot = (map: MapValue, name: string): Slot => ({
  get: () => memberOf(map, name),
  set: (value) => replaceMember(map, name, value),
});

/** The place of an item. */
export const itemSlot = (list: Value[], at: number): Slot => ({
  get: () => list[at],
  set: (value) => {
    list[at] = value;
  },
});

interface Walk extends FieldVisit {
  readonly spec: FieldSpec;
}

const follow = (slot: Slot, path: readonly string[], walk: Walk): void => {
  const [name, ...rest] = path;
  if (name === undefined) return walk.visit(slot);
  const value = slot.get();
  if (value === undefined || isNull(value)) return;
  if (Array.isArray(value)) return value.forEach((_, at) => follow(itemSlot(value, at), path, walk));
  if (!isMap(value))
    throw new Failure(`field ${walk.spec.path}: expected a list or mapping before ${name}, found ${textOf(value)}`, {
      code: 'InvalidField',
    });
  followMember(value, { name, rest }, walk);
};

const followMember = (
  map: MapValue,
  part: { readonly name: string; readonly rest: readonly string[] },
  walk: Walk,
): void => {
  const isList = part.name.endsWith('[]');
  const name = isList ? part.name.slice(0, -2) : part.name;
  if (name === '') throw new Failure(`field ${walk.spec.path} has an empty part`, { code: 'InvalidConfiguration' });
  const slot = memberSlot(map, name);
  const value = slot.get();
  const mayCreate = walk.spec.create === true && walk.creates !== undefined && !isList;
  if (value === undefined && !mayCreate) return;
  if (isList && isNull(value)) slot.set([]);
  const isMapWanted = part.rest.length > 0 || walk.creates === 'map';
  if (mayCreate && isMapWanted && (value === undefined || isNull(value))) slot.set({});
  follow(slot, part.rest, walk);
};
