/**
 * `$patch` in mappings and lists of patches.
 * @upstream sigs.k8s.io/kustomize/kyaml/yaml/merge2/smpdirective.go
 */
import { Failure } from '@argosy/base';

import { isMap, memberOf, textOf, type MapValue, type Value } from '../document/value.ts';

/** What a part of a patch does to what it meets. */
export type PatchDirective = 'merge' | 'replace' | 'delete';

const DIRECTIVE = '$patch';

/** The directive of a mapping, which is taken out of it. Throws Failure `InvalidPatch` for an unknown one. */
export const takeMapDirective = (patch: MapValue): PatchDirective => {
  const value = memberOf(patch, DIRECTIVE);
  if (value === undefined) return 'merge';
  const directive = parseDirective(textOf(value));
  delete patch[DIRECTIVE];
  return directive;
};

/** The directive of a list: an item that is nothing else, taken out. Throws Failure `InvalidPatch`. */
export const takeListDirective = (patch: Value[]): PatchDirective => {
  const item = patch.find((one) => memberOf(one, DIRECTIVE) !== undefined);
  if (item === undefined || !isMap(item) || Object.keys(item).length > 1) return 'merge';
  const text = textOf(memberOf(item, DIRECTIVE));
  const directive = parseDirective(text);
  const kept = patch.filter((one) => textOf(memberOf(one, DIRECTIVE)) !== text);
  patch.splice(0, patch.length, ...kept);
  return directive;
};

const parseDirective = (text: string): PatchDirective => {
  if (text === 'merge' || text === 'replace' || text === 'delete') return text;
  throw new Failure(`unknown patch strategy ${JSON.stringify(text)}; $patch is merge, replace or delete`, {
    code: 'InvalidPatch',
  });
};
