/** Cases computed with the library the API server uses for server-side apply. */
import { existsSync, readFileSync } from 'node:fs';

import { isEqual } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import {
  formatFieldPath,
  fromFieldsV1,
  pathsOf,
  subtract,
  createFieldSet,
  toFieldsV1,
  type FieldSet,
} from '../src/apply/field-set.ts';
import { applyOwned, updateOwned, type Managers, type TypeContext } from '../src/apply/managers.ts';
import { compareTyped } from '../src/apply/typed-compare.ts';
import { fieldsOf } from '../src/apply/typed-fields.ts';
import { mergeTyped } from '../src/apply/typed-merge.ts';
import { extractFields, removeFields } from '../src/apply/typed-remove.ts';
import { validateTyped } from '../src/apply/typed-validate.ts';
import type { StructuralSchema } from '../src/index.ts';

/** The vectors' own type language. */
interface TypeForm {
  readonly name?: string;
  readonly scalar?: string;
  readonly namedType?: string;
  readonly elementRelationship?: string;
  readonly keys?: readonly string[];
  readonly list?: TypeForm;
  readonly map?: TypeForm;
  readonly elementType?: TypeForm;
  readonly fields?: readonly { readonly name: string; readonly type: TypeForm; readonly default?: unknown }[];
}
interface Typed {
  readonly schema?: { readonly types: readonly TypeForm[] };
  readonly type?: string;
}
interface Operation {
  readonly op: string;
  readonly manager: string;
  readonly apiVersion: string;
  readonly object: unknown;
  readonly schema: { readonly types: readonly TypeForm[] };
}
interface Input extends Typed {
  readonly from?: unknown;
  readonly to?: unknown;
  readonly object?: unknown;
  readonly live?: unknown;
  readonly applied?: unknown;
  readonly fieldsV1?: unknown;
  readonly types: Readonly<Record<string, Typed | 'deduced'>>;
  readonly operations: readonly Operation[];
  readonly ignoredFields?: Readonly<Record<string, unknown>>;
}
interface Case {
  readonly name: string;
  readonly in: Input;
  readonly out: unknown;
}
type Built = Record<string, unknown>;

const folder = new URL('../../../../shared/conformance/vectors/', import.meta.url);
const casesOf = (name: string): readonly Case[] => {
  const file = new URL(`${name}.json`, folder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }).cases : [];
};

const SCALARS: Readonly<Record<string, string>> = {
  numeric: 'number',
  number: 'number',
  string: 'string',
  boolean: 'boolean',
};

/** Translates a type; types that contain themselves become schemas that do. */
const translate = (types: readonly TypeForm[], name: string): StructuralSchema => {
  const named = new Map<string, Built>();
  const fill = (into: Built, type: TypeForm): Built => {
    if (type['namedType'] !== undefined) {
      const override = type['elementRelationship'];
      const named = reference(type['namedType']);
      if (override === undefined) return named;
      if (override === 'atomic')
        return { ...named, 'x-kubernetes-map-type': 'atomic', 'x-kubernetes-list-type': 'atomic' };
      return { ...named, 'x-kubernetes-map-type': 'granular' };
    }
    const forms = [type['map'], type['list'], type['scalar']].filter((form) => form !== undefined).length;
    if (forms > 1) {
      if (type['list']) fill(into, { list: type['list'] });
      if (type['map']) fill(into, { map: type['map'] });
      // A value of any of the forms will do.
      delete into['type'];
      return into;
    }
    if (type['scalar'] !== undefined) {
      const scalar = SCALARS[type['scalar']];
      return Object.assign(into, scalar ? { type: scalar } : {});
    }
    if (type['list']) {
      const { elementRelationship, keys, elementType } = type['list'];
      const kind = elementRelationship === 'associative' ? ((keys ?? []).length > 0 ? 'map' : 'set') : 'atomic';
      return Object.assign(into, {
        type: 'array',
        'x-kubernetes-list-type': kind,
        ...(keys ? { 'x-kubernetes-list-map-keys': keys } : {}),
        items: fill({}, elementType ?? {}),
      });
    }
    if (type['map']) {
      const { elementRelationship, fields = [], elementType } = type['map'];
      Object.assign(into, { type: 'object' });
      if (elementRelationship === 'atomic') into['x-kubernetes-map-type'] = 'atomic';
      if (elementType) into['additionalProperties'] = fill({}, elementType);
      into['properties'] = Object.fromEntries(
        fields.map((field) => {
          const inner = fill({}, field['type']);
          return [field['name'], field['default'] === undefined ? inner : { ...inner, default: field['default'] }];
        }),
      );
    }
    return into;
  };
  const reference = (typeName: string): Built => {
    const known = named.get(typeName);
    if (known) return known;
    const into: Built = {};
    named.set(typeName, into);
    return fill(into, types.find((type) => type['name'] === typeName) ?? {});
  };
  return reference(name);
};

const schemaIn = (input: Typed): StructuralSchema =>
  input.schema === undefined ? {} : translate(input.schema.types, input.type ?? '');

const written = (set: FieldSet): readonly string[] => pathsOf(set).map(formatFieldPath).toSorted();

const runs: Readonly<Record<string, (input: Input) => unknown>> = {
  'k8s-typed-compare': (input) => {
    const found = compareTyped(schemaIn(input), input['from'], input['to']);
    return { added: written(found.added), removed: written(found.removed), modified: written(found.modified) };
  },
  'k8s-typed-fields': (input) => {
    const set = fieldsOf(schemaIn(input), input['object']);
    return { paths: written(set), fieldsV1: toFieldsV1(set) };
  },
  'k8s-typed-merge': (input) => ({ object: mergeTyped(schemaIn(input), input['live'], input['applied']) }),
  'k8s-typed-remove': (input) => {
    const schema = schemaIn(input);
    const set = fromFieldsV1(input['fieldsV1']);
    return {
      remaining: removeFields(schema, input['object'], set),
      extracted: extractFields(schema, input['object'], set),
    };
  },
  'k8s-typed-validate': (input) => ({
    valid: validateTyped(schemaIn(input), input['object'], false).length === 0,
    validIfDuplicatesAllowed: validateTyped(schemaIn(input), input['object'], true).length === 0,
  }),
  'k8s-server-side-apply': (input) => runOperations(input),
};

const ignoredSet = (paths: unknown): FieldSet => {
  if (!Array.isArray(paths)) return fromFieldsV1(paths);
  const set = createFieldSet();
  for (const path of paths as readonly string[]) {
    const edges = path
      .split('.')
      .filter(Boolean)
      .map((name) => `f:${name}`);
    let at = set;
    for (const edge of edges.slice(0, -1)) {
      let child = at.children.get(edge);
      if (!child) at.children.set(edge, (child = createFieldSet()));
      at = child;
    }
    at.members.add(edges.at(-1) ?? '');
  }
  return set;
};

const runOperations = (input: Input): unknown => {
  const schemas = new Map<string, StructuralSchema>(
    Object.entries(input.types).map(([version, type]) => [version, type === 'deduced' ? {} : schemaIn(type)]),
  );
  const context: TypeContext = {
    schemaOf: (version) => schemas.get(version) ?? {},
    ...(input['ignoredFields'] ? { ignoredOf: (version: string) => ignoredSet(input.ignoredFields?.[version]) } : {}),
  };
  let live: unknown = undefined;
  let managers: Managers = new Map();
  const conflicts: unknown[] = [];
  for (const [index, operation] of input.operations.entries()) {
    if (operation['op'] === 'changeSchema') {
      for (const [version, type] of Object.entries(input.types))
        if (type !== 'deduced') schemas.set(version, translate(operation.schema.types, type.type ?? ''));
      continue;
    }
    const { manager, apiVersion } = operation;
    const write = { live, next: operation['object'], managers, manager, apiVersion };
    try {
      if (operation['op'] === 'update') {
        const problems = validateTyped(context.schemaOf(apiVersion)!, operation['object'], true);
        if (problems.length > 0) throw new Error(problems.join());
        ({ object: live, managers } = updateOwned(context, write));
        continue;
      }
      if (operation['op'] === 'extractApply') {
        const schema = context.schemaOf(apiVersion)!;
        const owned = managers.get(manager)?.set ?? createFieldSet();
        write.next = mergeTyped(schema, extractFields(schema, live ?? {}, owned) ?? {}, operation['object']);
      }
      const result = applyOwned(context, write, operation['op'] !== 'apply');
      if (result.conflicts.length === 0) ({ object: live, managers } = result);
      else
        conflicts.push({
          index,
          fields: result.conflicts
            .flatMap((one) => one.fields.map((path) => ({ manager: one.manager, path: formatFieldPath(path) })))
            .toSorted((left, right) => (left.manager + left.path < right.manager + right.path ? -1 : 1)),
        });
    } catch {
      return { error: true, failsAt: index };
    }
  }
  return {
    object: live,
    managers: Object.fromEntries(
      [...managers].map(([name, owned]) => [
        name,
        {
          apiVersion: owned.apiVersion,
          operation: owned.operation,
          fieldsV1: toFieldsV1(owned.set),
          paths: written(owned.set),
        },
      ]),
    ),
    ...(conflicts.length > 0 ? { conflicts } : {}),
  };
};

const sorted = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key: string, part: unknown) =>
    ['added', 'removed', 'modified', 'paths'].includes(key) && Array.isArray(part) ? part.map(String).toSorted() : part,
  );

/** Computes a case; a thrown problem is its result. */
const attempt = (name: string, one: Case): unknown => {
  try {
    return runs[name]?.(one.in);
  } catch (thrown) {
    return { thrown: String(thrown) };
  }
};

describe.each(Object.keys(runs))('vectors %s (skipped when the shared folder is absent)', (name) => {
  const cases = casesOf(name);
  it.each(cases)('$name', (one) => {
    expect(attempt(name, one)).toEqual(sorted(one.out));
  });
  it.skipIf(cases.length === 0)('prints how many held', () => {
    const held = cases.filter((one) => isEqual(attempt(name, one), sorted(one.out))).length;
    process.stdout.write(`${name}.json: ran ${cases.length}, held ${held}, not yet applicable 0\n`);
    expect(held).toBe(cases.length);
  });
});

it('a set without itself is empty', () => {
  const set = fromFieldsV1({ 'f:a': { '.': {}, 'k:{"x":1}': {} } });
  expect(pathsOf(subtract(set, set))).toEqual([]);
});
