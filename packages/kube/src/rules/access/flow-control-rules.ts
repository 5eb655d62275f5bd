/** Defaults and rules of flow control. @upstream k8s.io/kubernetes/pkg/apis/flowcontrol */
import { isEqual } from '@argosy/base';

import { validateDns1123Subdomain } from '../../names/dns-names.ts';
import {
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { goStruct } from '../../messages/go-syntax.ts';
import { unsupportedAs } from '../findings.ts';
import { flowRuleFindings } from './flow-rules.ts';
import { DEFAULT_FLOW_SCHEMAS, DEFAULT_PRIORITY_LEVELS } from '../../builtin/defaults/default-flow-control.ts';
import { fillIn, itemsAt, mapObject, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';

/** Completes a FlowSchema. */
export const defaultFlowSchema = (schema: Draft): Draft =>
  mapObject(schema, 'spec', (spec) =>
    numberAt(spec, 'matchingPrecedence') === 0 ? { ...spec, matchingPrecedence: 1000 } : fillIn(spec, PRECEDENCE),
  );

const PRECEDENCE = { matchingPrecedence: 1000 };

/** Completes a PriorityLevelConfiguration. */
export const defaultPriorityLevel = (level: Draft): Draft =>
  mapObject(level, 'spec', (spec) => {
    const exempt = mapObject(spec, 'exempt', (part) =>
      fillIn(part, { nominalConcurrencyShares: 0, lendablePercent: 0 }),
    );
    return mapObject(exempt, 'limited', (limited) =>
      mapObject(fillIn(limited, { nominalConcurrencyShares: 30, lendablePercent: 0 }), 'limitResponse', (response) =>
        mapObject(response, 'queuing', withQueues),
      ),
    );
  });

/** Go writes numbers nobody gave as zero. */
const withQueues = (queuing: Draft): Draft => {
  const given = Object.fromEntries(Object.entries(queuing).filter(([, value]) => value !== 0));
  return fillIn(given, { queues: 64, handSize: 8, queueLengthLimit: 50 });
};

const HIGHEST_PRECEDENCE = 10_000;
const METHODS = ['ByNamespace', 'ByUser'];
const MOST_QUEUES = 10_000_000;
/** Bits of the hash that deals requests out to queues. */
const HASH_BITS = 60;

/** FlowSchemas: a precedence, a priority level, and rules that say whom they mean. */
export const validateFlowSchema = (schema: Draft): readonly FieldError[] => {
  const spec = objectAt(schema, 'spec');
  const name = textAt(objectAt(schema, 'metadata'), 'name');
  const precedence = numberAt(spec, 'matchingPrecedence') ?? 0;
  const level = textAt(objectAt(spec, 'priorityLevelConfiguration'), 'name');
  const method = objectAt(spec, 'distinguisherMethod');
  const wrong = (holds: boolean, why: string) =>
    holds ? [invalidField('spec.matchingPrecedence', precedence, why)] : [];
  return [
    ...wrong(precedence <= 0, 'must be a positive value'),
    ...wrong(precedence > HIGHEST_PRECEDENCE, `must not be greater than ${HIGHEST_PRECEDENCE}`),
    ...wrong(precedence === 1 && name !== 'exempt', "only the schema named 'exempt' may have matchingPrecedence 1"),
    ...(spec['distinguisherMethod'] === undefined || METHODS.includes(textAt(method, 'type'))
      ? []
      : [
          unsupportedAs(
            'spec.distinguisherMethod.type',
            goStruct('flowcontrol/v1.FlowDistinguisherMethod', method, 'flowcontrol'),
            METHODS,
          ),
        ]),
    ...(level === ''
      ? [requiredField('spec.priorityLevelConfiguration.name', 'must reference a priority level')]
      : validateDns1123Subdomain(level).map((why) => invalidField('spec.priorityLevelConfiguration.name', level, why))),
    ...itemsAt(spec, 'rules').flatMap(([index, rule]) => flowRuleFindings(rule, `spec.rules[${index}]`)),
    ...fixedFindings(name, spec, DEFAULT_FLOW_SCHEMAS),
  ];
};

/** What the server cannot do without stays as it is. */
const MANDATORY: ReadonlySet<string> = new Set(['exempt', 'catch-all']);

const fixedFindings = (
  name: string,
  spec: Draft,
  defaults: readonly { readonly metadata: { readonly name?: string }; readonly spec?: object }[],
): readonly FieldError[] => {
  if (!MANDATORY.has(name)) return [];
  const fixed = defaults.find(({ metadata }) => metadata.name === name)?.spec ?? {};
  const { exempt: _mayChange, ...wanted } = fixed as Draft;
  const { exempt: _changed, ...given } = spec;
  return isEqual(wanted, given) ? [] : [invalidField('spec', spec, `spec of '${name}' must equal the fixed value`)];
};

const TYPES = ['Exempt', 'Limited'];

/** PriorityLevelConfigurations: exempt or limited, and limits that can be kept. */
export const validatePriorityLevel = (level: Draft): readonly FieldError[] => {
  const spec = objectAt(level, 'spec');
  const type = textAt(spec, 'type');
  const isExempt = type === 'Exempt';
  if (!TYPES.includes(type)) return [unsupportedValue('spec.type', type, TYPES)];
  return [
    ...((textAt(objectAt(level, 'metadata'), 'name') === 'exempt') === isExempt
      ? []
      : [invalidField('spec.type', type, "type must be 'Exempt' if and only if name is 'exempt'")]),
    ...(isExempt && spec['limited'] !== undefined
      ? [forbiddenField('spec.limited', 'must be nil if the type is not Limited')]
      : []),
    ...(!isExempt && spec['exempt'] !== undefined
      ? [forbiddenField('spec.exempt', 'must be nil if the type is Limited')]
      : []),
    ...(!isExempt && spec['limited'] === undefined
      ? [requiredField('spec.limited', 'must not be empty when type is Limited')]
      : []),
    ...shareFindings(objectAt(spec, 'exempt'), 'spec.exempt'),
    ...(spec['limited'] === undefined ? [] : limitedFindings(objectAt(spec, 'limited'))),
    ...fixedFindings(textAt(objectAt(level, 'metadata'), 'name'), spec, DEFAULT_PRIORITY_LEVELS),
  ];
};

const shareFindings = (part: Draft, path: string): readonly FieldError[] => {
  const [shares = 0, lendable = 0] = ['nominalConcurrencyShares', 'lendablePercent'].map((name) =>
    numberAt(part, name),
  );
  return [
    ...(shares < 0 ? [invalidField(`${path}.nominalConcurrencyShares`, shares, 'must be a non-negative integer')] : []),
    ...(lendable < 0 || lendable > 100
      ? [invalidField(`${path}.lendablePercent`, lendable, 'must be between 0 and 100, inclusive')]
      : []),
  ];
};

const RESPONSES = ['Queue', 'Reject'];

const limitedFindings = (limited: Draft): readonly FieldError[] => {
  const path = 'spec.limited.limitResponse';
  const response = objectAt(limited, 'limitResponse');
  const type = textAt(response, 'type');
  const borrowing = numberAt(limited, 'borrowingLimitPercent') ?? 0;
  const hasQueues = response['queuing'] !== undefined;
  return [
    ...shareFindings(limited, 'spec.limited'),
    ...(borrowing < 0
      ? [invalidField('spec.limited.borrowingLimitPercent', borrowing, 'if specified, must be a non-negative integer')]
      : []),
    ...(RESPONSES.includes(type) ? [] : [unsupportedValue(`${path}.type`, type, RESPONSES)]),
    ...(type === 'Reject' && hasQueues
      ? [forbiddenField(`${path}.queuing`, 'must be nil if limited.limitResponse.type is not Limited')]
      : []),
    ...(type === 'Queue' && !hasQueues
      ? [requiredField(`${path}.queuing`, 'must not be empty if limited.limitResponse.type is Limited')]
      : []),
    ...(type === 'Queue' && hasQueues ? queueFindings(objectAt(response, 'queuing'), `${path}.queuing`) : []),
  ];
};

const queueFindings = (queuing: Draft, path: string): readonly FieldError[] => {
  const number = (name: string): number => numberAt(queuing, name) ?? 0;
  const [queues, hand, length] = [number('queues'), number('handSize'), number('queueLengthLimit')];
  const wrong = (name: string, value: number, why: string | undefined) =>
    why === undefined ? [] : [invalidField(`${path}.${name}`, value, why)];
  const bits = entropyBits(queues, hand);
  return [
    ...wrong('queueLengthLimit', length, length <= 0 ? 'must be positive' : undefined),
    ...wrong(
      'queues',
      queues,
      queues <= 0 ? 'must be positive' : queues > MOST_QUEUES ? `must not be greater than ${MOST_QUEUES}` : undefined,
    ),
    ...wrong(
      'handSize',
      hand,
      hand <= 0
        ? 'must be positive'
        : hand > queues
          ? `should not be greater than queues (${queues})`
          : bits > HASH_BITS
            ? `required entropy bits of deckSize ${queues} and handSize ${hand} should not be greater than ${HASH_BITS}`
            : undefined,
    ),
  ];
};

/** How many bits it takes to deal a hand from a deck, at most. @upstream k8s.io/apiserver/pkg/util/shufflesharding */
const entropyBits = (deck: number, hand: number): number => Math.ceil(Math.log2(deck) * hand);
