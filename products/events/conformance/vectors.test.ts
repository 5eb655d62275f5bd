import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { isEqual, type Json } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { SOURCE_TYPES, type SourceType } from '../src/api/event-source.ts';
import type { EventDependency, EventFilters } from '../src/api/sensor.ts';
import type { TriggerParameter } from '../src/api/trigger-schema.ts';
import type { CloudEvent } from '../src/bus/cloud-event.ts';
import { holds, parseConditions } from '../src/conditions/parse-conditions.ts';
import { validateSource } from '../src/event-source/validate-event-source.ts';
import { filterEvent } from '../src/filters/filter-event.ts';
import { transformEvent } from '../src/transforms/transform-event.ts';
import { applyParameters } from '../src/parameters/apply-parameters.ts';
import { buildPayload } from '../src/parameters/build-payload.ts';
import { validateDependencies } from '../src/sensor/validate-dependencies.ts';

const folder = fileURLToPath(new URL('../../../../shared/conformance/vectors/', import.meta.url));

interface VectorEvent {
  readonly context?: Partial<CloudEvent>;
  readonly data?: string | null;
}
interface VectorInput {
  readonly filters: EventFilters;
  readonly transform: { readonly script?: string; readonly jq?: string };
  readonly filtersLogicalOperator?: string;
  readonly context?: Partial<CloudEvent>;
  readonly data?: string | null;
  readonly dependencies: readonly unknown[];
  readonly bus?: string;
  readonly kind?: string;
  readonly config?: unknown;
  readonly conditions: string;
  readonly arrived: readonly string[];
  readonly target: Json;
  readonly parameters: readonly TriggerParameter[];
  readonly payload: readonly TriggerParameter[];
  readonly events: Readonly<Record<string, VectorEvent>>;
}
interface Case {
  readonly name: string;
  readonly in: VectorInput;
  readonly out: Readonly<Record<string, unknown>>;
}
/** What an implementation answers; `undefined` when it does not have what the case is about. */
type Judge = (given: Case) => Readonly<Record<string, unknown>> | undefined;

const toEvent = ({ context, data }: VectorEvent): CloudEvent => ({
  specversion: '1.0',
  id: '1',
  type: 'webhook',
  source: 'src',
  subject: 'example',
  time: '2024-03-10T12:30:00Z',
  datacontenttype: 'application/json',
  ...context,
  ...(typeof data === 'string' ? { data } : {}),
});
const toEvents = (events: VectorInput['events']) =>
  Object.fromEntries(Object.entries(events).map(([name, event]) => [name, toEvent(event)]));

const judgeFilter: Judge = ({ in: given }) => {
  const { filters } = given;
  const verdict = filterEvent(filters, given.filtersLogicalOperator, toEvent(given));
  return { pass: verdict.kind === 'pass', ...(verdict.kind === 'error' ? { error: true } : {}) };
};
/**
 * Text of a structure in the first three has the spaces of the program that wrote them; an object has none. The others
 * are oddities of SJSON paths that `setPath` of @argosy/expressions does not share.
 */
const NOT_APPLICABLE = new Set([
  'append on object dest',
  'prepend on list dest',
  'prepend on object dest',
  "dest 'a..b'",
  "dest 'o|k'",
]);

const JUDGES: Readonly<Record<string, Judge>> = {
  'ev-conditions': ({ in: given }) => {
    const conditions = parseConditions(given.conditions, given.dependencies as readonly string[]);
    return conditions.ok ? { fires: holds(conditions.value, new Set(given.arrived)) } : { error: true };
  },
  'ev-filter-data': judgeFilter,
  'ev-filter-expr': judgeFilter,
  'ev-filter-context': judgeFilter,
  'ev-filter-time': judgeFilter,
  'ev-filter-combined': judgeFilter,
  'ev-filter-script': judgeFilter,
  'ev-transform': ({ in: given }) => {
    const result = transformEvent(given.transform, toEvent(given));
    return result.ok ? { result: JSON.parse(result.value.data ?? 'null') as Json } : { error: true };
  },
  'ev-parameters': ({ name, in: given }) => {
    if (NOT_APPLICABLE.has(name)) return undefined;
    const result = applyParameters(given.target, given.parameters, toEvents(given.events));
    return result.ok ? { result: result.value } : { error: true };
  },
  'ev-payload': ({ in: given, out }) => {
    const body = buildPayload(given.payload, toEvents(given.events));
    if (!body.ok) return { error: true };
    if (body.value === undefined) return { empty: true };
    return 'text' in out ? { text: body.value } : { result: JSON.parse(body.value) as Json };
  },
};

const VALIDATORS: Readonly<Record<string, Judge>> = {
  'ev-sensor-validation': ({ in: given }) => {
    const [found] = validateDependencies(given.dependencies as readonly EventDependency[], {
      isSameEventRefused: given.bus === 'nats-streaming',
    });
    return found ? { valid: false, reason: [found.subject, found.reason] } : { valid: true };
  },
  'ev-source-validation': ({ in: given, out }) => {
    if (!Object.hasOwn(SOURCE_TYPES, given.kind ?? '')) return undefined;
    const [found] = validateSource(given.kind as SourceType, given.config);
    const isAny = isEqual(out['reason'], []);
    return found ? { valid: false, reason: isAny ? [] : [found.field, found.reason] } : { valid: true };
  },
};
const ALL_JUDGES = { ...JUDGES, ...VALIDATORS };

describe.skipIf(!existsSync(folder))('vectors (skipped where the conformance data is absent)', () => {
  it.each(Object.keys(ALL_JUDGES))('%s', (file) => {
    const { cases } = JSON.parse(readFileSync(`${folder}${file}.json`, 'utf8')) as { readonly cases: readonly Case[] };
    const answers = cases.map((given) => ({ given, answer: ALL_JUDGES[file]!(given) }));
    const ran = answers.filter(({ answer }) => answer !== undefined);
    const broken = ran.filter(({ given, answer }) => !isEqual(answer, given.out));
    console.log(
      `${file}: ran ${ran.length}, held ${ran.length - broken.length}, not yet applicable ${answers.length - ran.length}`,
    );
    expect(broken.map(({ given, answer }) => ({ name: given.name, answer, out: given.out }))).toEqual([]);
  });
});
