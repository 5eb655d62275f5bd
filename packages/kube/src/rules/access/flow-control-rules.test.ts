import { describe, expect, it } from 'vitest';

import { DEFAULT_FLOW_SCHEMAS, DEFAULT_PRIORITY_LEVELS } from '../../builtin/defaults/default-flow-control.ts';
import type { Draft } from '../../builtin/defaults/draft.ts';
import {
  defaultFlowSchema,
  defaultPriorityLevel,
  validateFlowSchema,
  validatePriorityLevel,
} from './flow-control-rules.ts';

const said = (findings: readonly { readonly field: string; readonly message: string }[]) =>
  findings.map(({ field, message }) => `${field}: ${message}`);
const rules = [
  { subjects: [{ kind: 'User', user: { name: 'a' } }], nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['/x'] }] },
];
const aSchema = (spec: object, name = 'mine'): Draft => ({
  metadata: { name },
  spec: { priorityLevelConfiguration: { name: 'system' }, matchingPrecedence: 5, rules, ...spec },
});
const aLevel = (limited: object, spec: object = {}, name = 'mine'): Draft => ({
  metadata: { name },
  spec: {
    type: 'Limited',
    limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' }, ...limited },
    ...spec,
  },
});
const queued = (queuing: object) =>
  aLevel({ limitResponse: { type: 'Queue', queuing: { queues: 8, handSize: 2, queueLengthLimit: 5, ...queuing } } });

describe('flow control', () => {
  it('takes what it brings', () => {
    expect(DEFAULT_FLOW_SCHEMAS.flatMap((one) => validateFlowSchema(one as unknown as Draft))).toEqual([]);
    expect(DEFAULT_PRIORITY_LEVELS.flatMap((one) => validatePriorityLevel(one as unknown as Draft))).toEqual([]);
    const levels = new Set(DEFAULT_PRIORITY_LEVELS.map(({ metadata }) => metadata.name));
    expect(DEFAULT_FLOW_SCHEMAS.every(({ spec }) => levels.has(spec?.priorityLevelConfiguration.name))).toBe(true);
    expect(DEFAULT_PRIORITY_LEVELS.map((one) => defaultPriorityLevel(one as unknown as Draft))).toEqual(
      DEFAULT_PRIORITY_LEVELS,
    );
  });

  it('completes', () => {
    expect(defaultFlowSchema({ spec: {} })).toEqual({ spec: { matchingPrecedence: 1000 } });
    expect(
      defaultPriorityLevel({ spec: { limited: { limitResponse: { type: 'Queue', queuing: { queues: 0 } } } } }),
    ).toEqual({
      spec: {
        limited: {
          nominalConcurrencyShares: 30,
          lendablePercent: 0,
          limitResponse: { type: 'Queue', queuing: { queues: 64, handSize: 8, queueLengthLimit: 50 } },
        },
      },
    });
  });

  it.each([
    [
      'a precedence too high',
      aSchema({ matchingPrecedence: 10_001 }),
      ['spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000'],
    ],
    [
      'the first place',
      aSchema({ matchingPrecedence: 1 }),
      ["spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1"],
    ],
    [
      'no level',
      aSchema({ priorityLevelConfiguration: {} }),
      ['spec.priorityLevelConfiguration.name: Required value: must reference a priority level'],
    ],
    [
      'an unknown method',
      aSchema({ distinguisherMethod: { type: 'ByMood' } }),
      [
        'spec.distinguisherMethod.type: Unsupported value: flowcontrol.FlowDistinguisherMethod{Type:"ByMood"}: supported values: "ByNamespace", "ByUser"',
      ],
    ],
    [
      'a rule about nothing',
      aSchema({ rules: [{ subjects: rules[0]?.subjects }] }),
      ['spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty'],
    ],
    [
      'a subject of two kinds',
      aSchema({ rules: [{ ...rules[0], subjects: [{ kind: 'User', user: { name: 'a' }, group: { name: 'b' } }] }] }),
      ["spec.rules[0].subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'"],
    ],
    [
      'what must stay',
      aSchema({}, 'catch-all'),
      [expect.stringContaining("spec of 'catch-all' must equal the fixed value")],
    ],
  ])('a schema with %s', (_case, schema, expected) => expect(said(validateFlowSchema(schema))).toEqual(expected));

  it.each([
    ['nothing wrong', queued({}), []],
    [
      'exempt under another name',
      { metadata: { name: 'mine' }, spec: { type: 'Exempt' } },
      ["spec.type: Invalid value: \"Exempt\": type must be 'Exempt' if and only if name is 'exempt'"],
    ],
    [
      'queues where it rejects',
      aLevel({ limitResponse: { type: 'Reject', queuing: {} } }),
      ['spec.limited.limitResponse.queuing: Forbidden: must be nil if limited.limitResponse.type is not Limited'],
    ],
    [
      'more lent than it has',
      aLevel({ lendablePercent: 101 }),
      ['spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive'],
    ],
    [
      'a hand larger than the deck',
      queued({ handSize: 9 }),
      ['spec.limited.limitResponse.queuing.handSize: Invalid value: 9: should not be greater than queues (8)'],
    ],
    [
      'too many hands',
      queued({ queues: 512, handSize: 10 }),
      [
        'spec.limited.limitResponse.queuing.handSize: Invalid value: 10: required entropy bits of deckSize 512 and handSize 10 should not be greater than 60',
      ],
    ],
  ])('a level with %s', (_case, level, expected) => expect(said(validatePriorityLevel(level))).toEqual(expected));
});
