/** Rules of nodes. @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidateNode */
import { validateLabelValue } from '../names/label-names.ts';
import {
  duplicateField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from './draft.ts';
import { problemsOf, qualifiedNameFindings, textsAt } from './findings.ts';
import { isIpBlock } from './ip-address.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Findings of a node. Its taints are told of its metadata, as upstream does. */
export const validateNode = (node: Draft): readonly FieldError[] => {
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
