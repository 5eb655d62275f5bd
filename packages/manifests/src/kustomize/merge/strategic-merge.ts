/**
 * Kustomize's strategic merge: its own walk over two documents, which differs from Kubernetes' in what it keeps of
 * nulls and in which order merged lists stand (the patch's items first).
 * @upstream sigs.k8s.io/kustomize/kyaml/yaml/merge2/merge2.go, kyaml/yaml/walk
 */
import { Failure } from '@argosy/base';
import { compareText } from '@argosy/expressions';

import { removeMember, replaceMember } from '../document/shared-members.ts';
import {
  isMap,
  isMissing,
  isNull,
  kindOfValue,
  memberOf,
  StyledText,
  textOf,
  type MapValue,
  type Value,
} from '../document/value.ts';
import { mergeKeyedList, type Sides } from './keyed-list.ts';
import { fieldOfType, typeOfKind, type MergeSchema } from './merge-schema.ts';
import type { MergeField } from './merge-types.ts';
import { takeListDirective, takeMapDirective } from './patch-directive.ts';

/**
 * Merges a patch into a document; both may be changed, and parts of the patch become parts of the result.
 * `undefined` means that the patch deletes it. Throws Failure `InvalidPatch`.
 */
export const mergeStrategically = (document: Value, patch: Value, schema: MergeSchema): Value | undefined =>
  new StrategicMerge(schema).merge({ target: document, patch }, undefined);

/** The members of two mappings by one name. */
interface Member {
  readonly target: MapValue;
  readonly patch: MapValue;
  readonly name: string;
}

class StrategicMerge {
  private readonly schema: MergeSchema;
  /** Where the walk is, for what it complains of. */
  private readonly path: string[] = [];

  constructor(schema: MergeSchema) {
    this.schema = schema;
  }

  /** Merges two sides of a field. */
  merge(sides: Sides, field: MergeField | undefined): Value | undefined {
    const type = field ?? typeOfSides(this.schema, sides);
    const present = [sides.target, sides.patch].find((side) => !isMissing(side));
    if (present === undefined) return this.mergeMaps(sides, undefined);
    const kind = kindOfValue(present);
    refuseOtherKinds(sides, kind, this.path);
    if (kind === 'map') return this.mergeMaps(sides, typeof type === 'string' ? type : undefined);
    if (kind === 'list' && typeof type !== 'string' && type !== undefined) return this.mergeLists(sides, type);
    // What the patch says of a scalar or a plain list replaces it, a null too.
    return sides.patch === undefined ? sides.target : sides.patch;
  }

  private mergeMaps(sides: Sides, type: string | undefined): Value | undefined {
    const target = chooseMap(sides);
    if (target === undefined || !isMap(target)) return target;
    const patch = isMap(sides.patch) ? sides.patch : {};
    for (const name of new Set([...Object.keys(target), ...Object.keys(patch)].sort(compareText)))
      this.mergeMember({ target, patch, name }, fieldOfType(this.schema, type, name));
    return target;
  }

  private mergeMember({ target, patch, name }: Member, field: MergeField | undefined): void {
    const before = memberOf(target, name);
    this.path.push(name);
    const merged = this.merge({ target: before, patch: memberOf(patch, name) }, field);
    this.path.pop();
    // A null the document has of its own stays, if it is written out.
    const isKept = merged !== undefined && (!isNull(merged) || isOwnNull(before, memberOf(patch, name)));
    if (isKept) replaceMember(target, name, inStyleOf(before, merged));
    else removeMember(target, name);
  }

  private mergeLists(sides: Sides, field: readonly string[]): Value | undefined {
    const target = chooseList(sides);
    if (!Array.isArray(target)) return target;
    const [items, ...keys] = field;
    const patch = Array.isArray(sides.patch) ? sides.patch : undefined;
    const itemField = items === '' ? undefined : items;
    return mergeKeyedList({ target, patch, keys }, (pair) => this.merge(pair, itemField));
  }
}

/** The type two objects say they are of. */
const typeOfSides = (schema: MergeSchema, sides: Sides): string | undefined => {
  for (const side of [sides.target, sides.patch]) {
    const kind = textOf(memberOf(side, 'kind'));
    const apiVersion = textOf(memberOf(side, 'apiVersion'));
    if (kind !== '' && apiVersion !== '') return typeOfKind(schema, apiVersion, kind);
  }
  return undefined;
};

const refuseOtherKinds = (sides: Sides, kind: string, path: readonly string[]): void => {
  const other = [sides.target, sides.patch].find(
    (side) => side !== undefined && !isMissing(side) && kindOfValue(side) !== kind,
  );
  if (other !== undefined)
    throw new Failure(`patches: ${path.join('.')} is a ${kind} and cannot be merged with a ${kindOfValue(other)}`, {
      code: 'InvalidPatch',
    });
};

/** A scalar takes the style of what it replaces: a number in the place of a quoted text is a text. */
const inStyleOf = (before: Value | undefined, value: Value): Value => {
  if (before === undefined || before === value || isNull(value) || kindOfValue(value) !== 'scalar') return value;
  if (before instanceof StyledText) return value instanceof StyledText ? value : new StyledText(textOf(value));
  return value instanceof StyledText ? value.text : value;
};

const isOwnNull = (target: Value | undefined, patch: Value | undefined): boolean =>
  patch === undefined && isNull(target) && textOf(target) !== '';

/** The mapping a merge goes on with; `undefined` to delete. */
const chooseMap = ({ target, patch }: Sides): Value | undefined => {
  if (isMissing(target)) {
    if (isMap(patch) && takeMapDirective(patch) === 'delete') return undefined;
    if (patch === undefined && target !== undefined && textOf(target) !== '') return target;
    return patch;
  }
  if (patch !== undefined && isNull(patch)) return undefined;
  const directive = isMap(patch) ? takeMapDirective(patch) : 'merge';
  if (directive === 'delete') return undefined;
  return directive === 'replace' ? patch : target;
};

/** The list a merge goes on with; `undefined` to delete. */
const chooseList = ({ target, patch }: Sides): Value | undefined => {
  if (isMissing(target)) return patch;
  if (patch !== undefined && isNull(patch)) return undefined;
  const directive = Array.isArray(patch) ? takeListDirective(patch) : 'merge';
  if (directive === 'delete') return undefined;
  return directive === 'replace' ? patch : target;
};
