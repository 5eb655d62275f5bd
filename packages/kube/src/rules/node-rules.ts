/** Rules of nodes. @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidateNode */
import { isEqual } from '@argosy/base';

import { validateLabelValue } from '../names/label-names.ts';
import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../builtin/defaults/draft.ts';
import { problemsOf, qualifiedNameFindings, textsAt } from './findings.ts';
import { isIpBlock } from './network/ip-address.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Findings of a node; with `previous` also what an update may not change. Its taints are told of its metadata, as upstream does. */
export const validateNode = (node: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(node, 'spec');
  return [
    ...validateTaints(spec),
    ...blocksOf(spec).flatMap(([index, block]) =>
      isIpBlock(block)
        ? []
        : [
            invalidField(
              `spec.podCIDRs[${index}]`,
              block,
              'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
            ),
          ],
    ),
    ...(previous ? fixedFindings(spec, objectAt(previous, 'spec')) : []),
  ];
};

/** Who the node is to others is decided once. */
const fixedFindings = (spec: Draft, before: Draft): readonly FieldError[] => {
  const once = (name: string, field = name): FieldError =>
    forbiddenField(`spec.${name}`, `node updates may not change ${field} except from "" to valid`);
  const [blocks, former] = [blocksOf(spec), blocksOf(before)];
  const provider = textAt(before, 'providerID');
  return [
    ...(former.length > 0 && !isEqual(blocks, former) ? [once('podCIDRs', 'podCIDR')] : []),
    ...(provider !== '' && textAt(spec, 'providerID') !== provider ? [once('providerID')] : []),
    ...(textAt(spec, 'externalID') === textAt(before, 'externalID')
      ? []
      : [forbiddenField('spec.externalID', 'may not be updated')]),
  ];
};

/** The older field is the first of the list. */
const blocksOf = (spec: Draft): readonly (readonly [number, string])[] => {
  const blocks = textsAt(spec, 'podCIDRs');
  const first = textAt(spec, 'podCIDR');
  return first === '' || first === blocks[0]?.[1] ? blocks : [[0, first]];
};

const validateTaints = (spec: Draft): readonly FieldError[] => {
  const seen = new Set<string>();
  return itemsAt(spec, 'taints').flatMap(([index, taint]) => {
    const path = `metadata.taints[${index}]`;
    const [key, value, effect] = [textAt(taint, 'key'), textAt(taint, 'value'), textAt(taint, 'effect')];
    const isRepeated = seen.has(`${key}:${effect}`);
    seen.add(`${key}:${effect}`);
    return [
      ...qualifiedNameFindings(`${path}.key`, key),
      ...problemsOf(`${path}.value`, value, validateLabelValue(value)),
      ...(effect === '' ? [requiredField(`${path}.effect`)] : []),
      ...(effect === '' || EFFECTS.includes(effect) ? [] : [unsupportedValue(`${path}.effect`, effect, EFFECTS)]),
      ...(isRepeated ? [duplicateField(path, { key, value, effect })] : []),
    ];
  });
};
