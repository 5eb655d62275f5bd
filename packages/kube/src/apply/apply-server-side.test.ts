import { deepFreeze } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { BUILTIN_SCHEMAS } from '../builtin/index.ts';
import type { KubeObject } from '../objects/index.ts';
import { applyServerSide, updateManagedFields, type ApplyOutcome } from './index.ts';

const schema = BUILTIN_SCHEMAS['apps/Deployment'] ?? {};
const now = Date.UTC(2026, 0, 1);
const later = now + 60_000;

const aDeployment = (spec: unknown, metadata: object = {}): KubeObject =>
  deepFreeze({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', ...metadata }, spec });
const aContainer = (container: object) => ({ template: { spec: { containers: [container] } } });

const apply = (
  live: KubeObject | undefined,
  config: KubeObject,
  manager: string,
  force = false,
  at = now,
): ApplyOutcome => applyServerSide({ live, config, schema, manager, force, now: at, apiVersion: 'apps/v1' });
const applied = (outcome: ApplyOutcome): KubeObject => {
  if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome));
  return deepFreeze(outcome.object);
};
const update = (live: KubeObject | undefined, updated: KubeObject, manager: string): KubeObject =>
  deepFreeze(
    updateManagedFields({ live, updated, schema, manager, now: later, operation: 'Update', apiVersion: 'apps/v1' }),
  );

describe('applyServerSide', () => {
  const first = applied(
    apply(undefined, aDeployment({ replicas: 1, ...aContainer({ name: 'a', image: 'a:1' }) }), 'cd'),
  );

  it('records who owns what', () => {
    expect(first.metadata.managedFields).toEqual([
      {
        manager: 'cd',
        operation: 'Apply',
        apiVersion: 'apps/v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:spec': {
            'f:replicas': {},
            'f:template': {
              'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
            },
          },
        },
      },
    ]);
  });

  it('changes nothing, not even the time, when applied again', () => {
    const again = apply(
      first,
      aDeployment({ replicas: 1, ...aContainer({ name: 'a', image: 'a:1' }) }),
      'cd',
      false,
      later,
    );
    expect(applied(again)).toBe(first);
  });

  it('removes what is no longer applied and leaves what others own', () => {
    const scaled = update(first, { ...first, spec: { ...(first.spec as object), paused: true } }, 'kubectl');
    const next = applied(apply(scaled, aDeployment(aContainer({ name: 'b', image: 'b:1' })), 'cd'));
    expect(next.spec).toEqual({ paused: true, ...aContainer({ name: 'b', image: 'b:1' }) });
  });

  it('names conflicts, and takes fields when forced', () => {
    const scaled = update(first, { ...first, spec: { ...(first.spec as object), replicas: 5 } }, 'hpa');
    const config = aDeployment({ replicas: 2 });
    expect(apply(scaled, config, 'cd')).toEqual({
      kind: 'conflict',
      conflicts: [{ manager: 'hpa', apiVersion: 'apps/v1', operation: 'Update', fields: ['.spec.replicas'] }],
    });
    const forced = applied(apply(scaled, config, 'cd', true));
    expect(forced.spec).toEqual({ replicas: 2 });
    expect(forced.metadata.managedFields?.map((entry) => entry.manager)).toEqual(['cd']);
  });

  it('gives what was there before the first apply to before-first-apply', () => {
    const outcome = apply(aDeployment({ replicas: 3 }), aDeployment({ replicas: 4 }), 'cd');
    expect(outcome).toEqual({
      kind: 'conflict',
      conflicts: [
        { manager: 'before-first-apply', apiVersion: 'apps/v1', operation: 'Update', fields: ['.spec.replicas'] },
      ],
    });
  });

  it.each([
    { reason: 'managed fields', config: aDeployment({}, { managedFields: [{ manager: 'x' }] }) },
    { reason: 'a field nobody declared', config: aDeployment({ replica: 1 }) },
    { reason: 'an item without its key', config: aDeployment(aContainer({ image: 'a' })) },
  ])('refuses $reason', ({ config }) => {
    expect(() => apply(undefined, config, 'cd')).toThrow(expect.objectContaining({ reason: 'BadRequest' }));
  });
});

describe('updateManagedFields', () => {
  it('lets an author reset ownership', () => {
    const live = update(undefined, aDeployment({ replicas: 1 }), 'a');
    expect(
      update(live, aDeployment({ replicas: 1 }, { managedFields: [] }), 'a').metadata.managedFields,
    ).toBeUndefined();
  });
  it('keeps ownership as it was when an item has no key', () => {
    const live = update(undefined, aDeployment({ replicas: 1 }), 'a');
    const odd = update(live, { ...live, spec: aContainer({ image: 'x' }) }, 'b');
    expect(odd.metadata.managedFields).toEqual(live.metadata.managedFields);
  });
  it('keeps subresources apart', () => {
    const live = update(undefined, aDeployment({ replicas: 1 }), 'a');
    const written = updateManagedFields({
      live,
      updated: { ...live, status: { replicas: 1 } },
      schema,
      manager: 'a',
      now: later,
      operation: 'Update',
      apiVersion: 'apps/v1',
      subresource: 'status',
    });
    expect(written.metadata.managedFields?.map((entry) => [entry.manager, entry.subresource, entry.fieldsV1])).toEqual([
      ['a', undefined, { 'f:spec': { '.': {}, 'f:replicas': {} } }],
      ['a', 'status', { 'f:status': { '.': {}, 'f:replicas': {} } }],
    ]);
  });
});

describe('kubectl moving from client-side to server-side apply', () => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
  const wanted = { replicas: 1, ...aContainer({ name: 'a', image: 'a:1' }) };
  const lastApplied = JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: wanted,
  });
  const before = update(
    undefined,
    aDeployment({ ...wanted, paused: true }, { annotations: { [annotation]: lastApplied } }),
    'kubectl-client-side-apply',
  );
  const changed = aDeployment({ replicas: 1, ...aContainer({ name: 'a', image: 'a:2' }) });

  it('takes over what its annotation says, and the annotation follows', () => {
    const after = applied(apply(before, changed, 'kubectl'));
    expect(after.spec).toMatchObject({ template: { spec: { containers: [{ image: 'a:2' }] } } });
    expect(after.metadata.annotations?.[annotation]).toBe(
      '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":1,"template":{"spec":{"containers":[{"image":"a:2","name":"a"}]}}}}\n',
    );
  });

  it.each([
    ['another manager', before, changed, 'cd'],
    [
      'what somebody else changed since',
      update(before, { ...before, spec: { ...wanted, replicas: 5 } }, 'hpa'),
      aDeployment({ replicas: 2 }),
      'kubectl',
    ],
    ['what the annotation does not name', before, aDeployment({ paused: false }), 'kubectl'],
    [
      'an annotation nobody can read',
      { ...before, metadata: { ...before.metadata, annotations: { [annotation]: '{' } } },
      changed,
      'kubectl',
    ],
  ])('a conflict all the same: %s', (_case, live, config, manager) => {
    expect(apply(live, config, manager).kind).toBe('conflict');
  });

  it('adds no annotation where there is none', () => {
    const bare = applied(apply(undefined, changed, 'kubectl'));
    expect(applied(apply(bare, aDeployment({ replicas: 3 }), 'kubectl')).metadata.annotations).toBeUndefined();
  });
});

describe('owners in other versions', () => {
  // v1 has `spec.size`, v2 `spec.width`.
  const typeOf = (name: string) => ({
    type: 'object' as const,
    'x-kubernetes-preserve-unknown-fields': true,
    properties: { spec: { type: 'object' as const, properties: { [name]: { type: 'string' as const } } } },
  });
  const schemas: Record<string, ReturnType<typeof typeOf>> = { 'x/v1': typeOf('size'), 'x/v2': typeOf('width') };
  const versions = {
    schemaOf: (apiVersion: string) => schemas[apiVersion],
    convert: (value: unknown, apiVersion: string) => {
      const { spec, ...rest } = value as { readonly spec?: Readonly<Record<string, string>> };
      const size = spec?.['size'] ?? spec?.['width'];
      return {
        ...rest,
        apiVersion,
        spec: size === undefined ? {} : { [apiVersion === 'x/v1' ? 'size' : 'width']: size },
      };
    },
  };
  const thing = (apiVersion: string, spec: object): KubeObject => ({
    apiVersion,
    kind: 'X',
    metadata: { name: 'x' },
    spec,
  });
  const applyIn = (live: KubeObject | undefined, config: KubeObject, manager: string, force = false) =>
    applyServerSide({
      live: live && (versions.convert(live, config.apiVersion) as KubeObject),
      config,
      schema: schemas[config.apiVersion]!,
      manager,
      force,
      now,
      apiVersion: config.apiVersion,
      versions,
    });
  const first = applied(applyIn(undefined, thing('x/v1', { size: 'S' }), 'one'));

  it('keep what does not change in their version', () => {
    const both = applied(applyIn(first, thing('x/v2', { width: 'S' }), 'two'));
    expect(both.metadata.managedFields?.map(({ manager }) => manager)).toEqual(['one', 'two']);
  });

  it('are told what would change in their version', () => {
    expect(applyIn(first, thing('x/v2', { width: 'M' }), 'two')).toMatchObject({
      kind: 'conflict',
      conflicts: [{ manager: 'one', apiVersion: 'x/v1', fields: ['.spec.size'] }],
    });
  });

  it('lose what is taken from them', () => {
    const taken = applied(applyIn(first, thing('x/v2', { width: 'M' }), 'two', true));
    expect(taken.metadata.managedFields).toMatchObject([{ manager: 'two', fieldsV1: { 'f:spec': { 'f:width': {} } } }]);
  });

  it('are forgotten with their version', () => {
    const gone = {
      ...first,
      metadata: { ...first.metadata, managedFields: [{ ...first.metadata.managedFields![0]!, apiVersion: 'x/v0' }] },
    };
    const next = applied(applyIn(gone, thing('x/v2', { width: 'M' }), 'two'));
    expect(next.metadata.managedFields?.map(({ manager }) => manager)).toEqual(['two']);
  });
});
