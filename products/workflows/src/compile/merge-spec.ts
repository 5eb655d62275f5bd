/**
 * Merging specs: the workflow over its template over the defaults. @spec WF-SPEC-04, WF-TMPL-14
 * @upstream argo-workflows workflow/util/merge.go
 */
import { isObject } from '@argosy/base';

import type { Template, WorkflowSpec } from '../api/template-schema.ts';

type Loose = Readonly<Record<string, unknown>>;

/** Lists merged by the name of their elements; every other list is replaced as a whole. */
const BY_NAME: ReadonlySet<string> = new Set([
  'parameters',
  'artifacts',
  'templates',
  'volumes',
  'containers',
  'sidecars',
  'initContainers',
  'imagePullSecrets',
  'env',
]);

/** Merges `target` over `base`: what the target says wins. */
export const mergeOver = <T extends object>(target: T, base: T | undefined): T =>
  base === undefined ? target : (mergeObjects(target as Loose, base as Loose) as T);

/** The spec that runs: workflow, then the template it refers to, then defaults. `suspend` is the workflow's alone. */
export const joinSpecs = (workflow: WorkflowSpec, template?: WorkflowSpec, defaults?: WorkflowSpec): WorkflowSpec => {
  const merged = mergeOver(mergeOver(workflow, template), defaults);
  const rest = Object.fromEntries(Object.entries(merged).filter(([key]) => key !== 'suspend')) as WorkflowSpec;
  return workflow.suspend === undefined ? rest : { ...rest, suspend: workflow.suspend };
};

const TYPES = ['container', 'script', 'steps', 'dag', 'suspend', 'http'] as const;

/** A template with the workflow's defaults under it; a block of a type only reaches templates of that type. */
export const withTemplateDefaults = (template: Template, defaults: Template | undefined): Template => {
  if (!defaults) return template;
  const fitting = Object.fromEntries(
    Object.entries(defaults).filter(
      ([key]) => key !== 'name' && (!TYPES.includes(key as 'dag') || template[key as 'dag'] !== undefined),
    ),
  );
  return mergeOver(template, fitting as Template);
};

const mergeObjects = (target: Loose, base: Loose): Loose => {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(target)) {
    if (value === undefined) continue;
    merged[key] = mergeValues(key, value, Object.hasOwn(base, key) ? base[key] : undefined);
  }
  return merged;
};

const mergeValues = (key: string, target: unknown, base: unknown): unknown => {
  if (isObject(target) && isObject(base)) return mergeObjects(target, base);
  if (Array.isArray(target) && Array.isArray(base) && BY_NAME.has(key))
    return mergeLists(target as readonly Loose[], base as readonly Loose[], key);
  return target;
};

const mergeLists = (target: readonly Loose[], base: readonly Loose[], key: string): readonly Loose[] => {
  const baseNames = new Set(base.map((one) => one['name']));
  const inPlace = base.map((one) => {
    const own = target.find((other) => other['name'] === one['name']);
    return own ? mergeElement(own, one, key) : one;
  });
  const added = target.filter((one) => !baseNames.has(one['name']));
  // Templates of the workflow come first, arguments keep the order of the template they belong to.
  return key === 'templates' ? [...added, ...inPlace] : [...inPlace, ...added];
};

/** A parameter given a value loses the base's other source of a value. */
const mergeElement = (target: Loose, base: Loose, key: string): Loose => {
  if (key === 'templates') return target;
  if (key !== 'parameters') return mergeObjects(target, base);
  const isGiven = target['value'] !== undefined || target['valueFrom'] !== undefined;
  const rest = Object.fromEntries(Object.entries(base).filter(([name]) => name !== 'value' && name !== 'valueFrom'));
  return mergeObjects(target, isGiven ? rest : base);
};
