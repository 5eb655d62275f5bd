/**
 * The objects of a build in their order, no two called the same.
 * @upstream sigs.k8s.io/kustomize/api/resmap/reswrangler.go
 */
import { Failure } from '@argosy/base';

import { isEmptyValue, isMap, memberOf, setMember, textOf, type MapValue } from '../document/value.ts';
import { describeId, idKey, type ResourceId } from './resource-id.ts';
import type { Resource } from './resource.ts';

/** Most objects of one build: what is beyond was not meant. */
const MOST_RESOURCES = 100_000;

/** A list that grows and shrinks while a build runs. */
export class ResourceList {
  private resources: Resource[] = [];

  get all(): readonly Resource[] {
    return this.resources;
  }

  /** Adds objects. Throws Failure `DuplicateResource` when one is called like one that is there, `TooLarge`. */
  append(added: readonly Resource[]): void {
    if (this.resources.length + added.length > MOST_RESOURCES)
      throw new Failure(`the build makes more than ${MOST_RESOURCES} objects`, { code: 'TooLarge' });
    const known = new Set(this.resources.map(({ id }) => idKey(id)));
    for (const resource of added) {
      const key = idKey(resource.id);
      if (known.has(key))
        throw new Failure(
          `may not add resource with an already registered id: ${describeId(resource.id)}; remove one of the two`,
          { code: 'DuplicateResource' },
        );
      known.add(key);
    }
    this.resources.push(...added);
  }

  /** Replaces everything. Throws Failure `DuplicateResource`. */
  replaceAll(resources: readonly Resource[]): void {
    this.resources = [];
    this.append(resources);
  }

  /** Drops what has nothing left in it. */
  dropEmpty(): void {
    this.resources = this.resources.filter((resource) => !isEmptyValue(resource.document));
  }

  /** Those that are or were called something. */
  findByAnyId(matches: (id: ResourceId) => boolean): readonly Resource[] {
    return this.resources.filter((resource) => resource.allIds.some(matches));
  }

  /** The one that is or was called so. Throws Failure `NotFound`. */
  getById(id: ResourceId): Resource {
    const key = idKey(id);
    const found = this.findByAnyId((other) => idKey(other) === key);
    const [only] = found;
    if (only && found.length === 1) return only;
    throw new Failure(
      found.length > 1
        ? `multiple matches for ${describeId(id)}; set the namespace or a target`
        : `no resource matches ${describeId(id)}; check its kind, name and namespace`,
      { code: 'NotFound' },
    );
  }

  /** Adds generated objects as their behavior says. Throws Failure `GeneratorConflict`. */
  absorb(generated: readonly Resource[]): void {
    for (const resource of generated) this.absorbOne(resource);
  }

  private absorbOne(resource: Resource): void {
    const key = idKey(resource.id);
    const matches = this.findByAnyId((id) => idKey(id) === key);
    const { behavior } = resource;
    const isChange = behavior === 'merge' || behavior === 'replace';
    const [old] = matches;
    if (!old) {
      if (isChange) throw conflict(resource, `does not exist; cannot ${behavior}`);
      return this.append([resource]);
    }
    if (matches.length > 1) throw conflict(resource, `is ambiguous: ${matches.length} objects could accept it`);
    if (!isChange) throw conflict(resource, 'exists; behavior must be merge or replace');
    resource.takeIdentityOf(old);
    if (behavior === 'merge') {
      resource.origin = old.origin ?? resource.origin;
      mergeData(resource, old);
    }
    this.resources[this.resources.indexOf(old)] = resource;
  }
}

const conflict = (resource: Resource, what: string): Failure =>
  new Failure(`${describeId(resource.id)} ${what}`, { code: 'GeneratorConflict' });

const mergeData = (resource: Resource, old: Resource): void => {
  for (const field of ['data', 'binaryData'] as const) {
    const merged: MapValue = {};
    for (const document of [old.document, resource.document]) {
      const data = memberOf(document, field);
      if (isMap(data)) for (const name of Object.keys(data)) setMember(merged, name, textOf(data[name]));
    }
    if (!resource.document) continue;
    delete resource.document[field];
    if (Object.keys(merged).length > 0) resource.document[field] = merged;
  }
};
