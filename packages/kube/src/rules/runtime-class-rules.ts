/** Rules of RuntimeClasses. @upstream k8s.io/kubernetes/pkg/apis/node/validation */
import { validateDns1123Label } from '../names/dns-names.ts';
import { validateLabels } from '../names/label-names.ts';
import { duplicateField, invalidField, type FieldError } from '../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../builtin/defaults/draft.ts';
import { repeatedIn } from './findings.ts';
import { validateTolerations } from './pods/placement-rules.ts';
import { containerAmountFindings } from './resources/resource-names.ts';

/** A handler that stays, an overhead of quantities, and a scheduling that nodes can answer. */
export const validateRuntimeClass = (runtime: Draft, previous?: Draft): readonly FieldError[] => {
  const handler = textAt(runtime, 'handler');
  const scheduling = objectAt(runtime, 'scheduling');
  const tolerations = itemsAt(scheduling, 'tolerations');
  const repeated = repeatedIn(tolerations.map(([, one]) => keyOf(one)));
  return [
    ...validateDns1123Label(handler).map((problem) => invalidField('handler', handler, problem)),
    ...(previous && handler !== textAt(previous, 'handler')
      ? [invalidField('handler', handler, 'field is immutable')]
      : []),
    ...containerAmountFindings(objectAt(objectAt(runtime, 'overhead'), 'podFixed'), 'overhead.limits'),
    ...validateLabels(
      objectAt(scheduling, 'nodeSelector') as Readonly<Record<string, string>>,
      'scheduling.nodeSelector',
    ),
    ...validateTolerations(scheduling, 'scheduling.tolerations'),
    ...tolerations.flatMap(([index, one], at) =>
      repeated.has(at) ? [duplicateField(`scheduling.tolerations[${index}]`, one)] : [],
    ),
  ];
};

const keyOf = (toleration: Draft): string =>
  JSON.stringify(['key', 'operator', 'value', 'effect'].map((name) => textAt(toleration, name)));
