/**
 * Scalars that stand in several mappings at once. Kustomize writes a label into all its fields as one YAML node; where
 * the fields had no such label they hold that node from then on, and whatever changes one of them later (labels of an
 * overlay, a patch, a replacement) changes all. A copy of a document shares nothing any more.
 * @upstream sigs.k8s.io/kustomize/api/filters/filtersutil/setters.go#SetEntry, kyaml/yaml/fns.go#FieldSetter
 */
import { kindOfValue, memberOf, setMember, type MapValue, type Value } from './value.ts';

/** A member of a mapping. */
export interface Place {
  readonly map: MapValue;
  readonly name: string;
}

/** Which members are one node, by mapping and name; gone with their mappings. */
const shared = new WeakMap<MapValue, Map<string, readonly Place[]>>();

/** Makes members one. */
export const shareMembers = (places: readonly Place[]): void => {
  if (places.length < 2) return;
  for (const { map, name } of places) {
    const names = shared.get(map) ?? new Map<string, readonly Place[]>();
    names.set(name, places);
    shared.set(map, names);
  }
};

/** Writes a member, and those that are one with it. */
export const replaceMember = (map: MapValue, name: string, value: Value): void => {
  setMember(map, name, value);
  const places = shared.get(map)?.get(name);
  if (!places || kindOfValue(value) !== 'scalar') return;
  for (const place of places) if (isAt(place, places)) setMember(place.map, place.name, value);
};

/** Takes a member away; the others stay. */
export const removeMember = (map: MapValue, name: string): void => {
  delete map[name];
  shared.get(map)?.delete(name);
};

const isAt = ({ map, name }: Place, places: readonly Place[]): boolean =>
  memberOf(map, name) !== undefined && shared.get(map)?.get(name) === places;
