/**
 * What the status of a pod may say.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidatePodStatusUpdate
 */
import { invalidField, type FieldError } from '../../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { qualifiedNameFindings, subdomainFindings } from '../findings.ts';
import { ipFamily } from '../network/ip-address.ts';

/** Findings of a status that takes the place of another; a status that stays is not looked at. */
export const validatePodStatus = (pod: Draft, previous: Draft): readonly FieldError[] => {
  const [status, before] = [objectAt(pod, 'status'), objectAt(previous, 'status')];
  if (status === before) return [];
  const nominated = textAt(status, 'nominatedNodeName');
  const quality = textAt(status, 'qosClass');
  return [
    // The path is upstream's.
    ...itemsAt(status, 'conditions').flatMap(([index, { type }]) =>
      qualifiedNameFindings(`metadata.conditions[${index}].Type`, typeof type === 'string' ? type : ''),
    ),
    ...(nominated === '' ? [] : subdomainFindings('status.nominatedNodeName', nominated)),
    ...addressFindings(status),
    ...(['', quality].includes(textAt(before, 'qosClass'))
      ? []
      : [invalidField('status.qosClass', quality, 'field is immutable')]),
  ];
};

/** A pod has at most one address of each family. */
const addressFindings = (status: Draft): readonly FieldError[] => {
  const addresses = itemsAt(status, 'podIPs').map(([, { ip }]) => ip);
  const families = addresses.map((address) => (typeof address === 'string' ? ipFamily(address) : undefined));
  const broken = addresses.flatMap((address, index) =>
    families[index] === undefined
      ? [
          invalidField(
            `status.podIPs[${index}]`,
            address,
            'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
          ),
        ]
      : [],
  );
  if (addresses.length < 2 || (addresses.length === 2 && new Set(families).size === 2)) return broken;
  return [...broken, invalidField('status.podIPs', addresses, 'may specify no more than one IP for each IP family')];
};
