/**
 * One kustomization and everything it builds on, objects gathered and transformed in Kustomize's order: resources,
 * generators, components, transformers, validators.
 * @upstream sigs.k8s.io/kustomize/api/internal/target/kusttarget.go, kusttarget_configplugin.go
 */
import { Failure } from '@argosy/base';

import {
  DEFAULT_FIELDS,
  mergeTransformerFields,
  NO_FIELDS,
  type TransformerFields,
} from '../fields/transformer-fields.ts';
import type { VarEntry } from '../file/kustomization.ts';
import { bindVars, mergeVars } from '../references/resolve-vars.ts';
import { appendPath, joinLoosely } from '../resources/origin.ts';
import { parseResources } from '../resources/parse-resources.ts';
import { ResourceList } from '../resources/resource-list.ts';
import type { Resource } from '../resources/resource.ts';
import type { Transformer } from '../transform/transformer.ts';
import { prepareBuiltinTransformers } from './builtin-transformers.ts';
import { noteKinds, useSchema } from './choose-schema.ts';
import { generate, loadTransformers, validate, type PluginSource } from './load-plugins.ts';
import { parseConfiguration, parseCrdFields } from './read-configurations.ts';
import { isDownload, parseRemoteBase } from './remote-base.ts';
import { openTarget, type Build, type Target } from './target.ts';

/** What has been gathered so far. */
export interface Accumulator {
  readonly list: ResourceList;
  fields: TransformerFields;
  vars: readonly VarEntry[];
}

/** Nothing gathered. */
export const createAccumulator = (): Accumulator => ({ list: new ResourceList(), fields: NO_FIELDS, vars: [] });

/** Gathers a kustomization's objects into what is there. Throws Failure naming the file and what could not be done. */
export const accumulate = async (target: Target, into: Accumulator, build: Build): Promise<Accumulator> => {
  try {
    await accumulateAll(target, into, build);
    return into;
  } catch (thrown) {
    if (!(thrown instanceof Failure) || build.located.has(thrown)) throw thrown;
    const file = joinLoosely(target.loader.root, target.file);
    const { message, code, retryable, object } = thrown;
    const failure = message.startsWith(file)
      ? thrown
      : new Failure(`${file}: ${message}`, { code, retryable, object, cause: thrown });
    build.located.add(failure);
    throw failure;
  }
};

const accumulateAll = async (target: Target, into: Accumulator, build: Build): Promise<void> => {
  const { kustomization } = target;
  await accumulateResources(target, { paths: kustomization.resources ?? [], into }, build);
  await addFields(target, into);
  const plugins: PluginSource = { target, build, gather: (paths) => gather(target, paths, build) };
  into.list.absorb(await generate(plugins));
  for (const path of kustomization.components ?? []) await accumulateComponent(target, { path, into }, build);
  const builtin = await prepareBuiltinTransformers(target, into.fields, () => useSchema(build.schemas));
  const external = await loadTransformers(plugins, kustomization.transformers ?? []);
  for (const step of [...builtin, ...external]) run(step, into.list);
  await validate(plugins, into.list);
  bindVars(into.list, kustomization.vars ?? []);
  into.vars = mergeVars(into.vars, kustomization.vars ?? []);
};

const gather = async (target: Target, paths: readonly string[], build: Build): Promise<readonly Resource[]> => {
  const into = createAccumulator();
  await accumulateResources(target, { paths, into }, build);
  return into.list.all;
};

const addFields = async ({ kustomization, loader }: Target, into: Accumulator): Promise<void> => {
  let fields = DEFAULT_FIELDS;
  for (const path of kustomization.configurations ?? [])
    fields = mergeTransformerFields(fields, parseConfiguration(await loader.readText(path), path));
  into.fields = mergeTransformerFields(into.fields, fields);
  for (const path of kustomization.crds ?? [])
    into.fields = mergeTransformerFields(into.fields, parseCrdFields(await loader.readText(path), path));
};

interface Paths {
  readonly paths: readonly string[];
  readonly into: Accumulator;
}

const accumulateResources = async (target: Target, { paths, into }: Paths, build: Build): Promise<void> => {
  for (const path of paths) {
    const bytes = isRemote(path) ? undefined : await target.loader.find(path);
    if (bytes === undefined) await accumulateFolder(target, { path, into }, build);
    else into.list.append(readFile(target, { path, text: new TextDecoder().decode(bytes) }, build));
  }
};

/** Whether a path names another repository and not a file, be it one to download. */
const isRemote = (path: string): boolean => parseRemoteBase(path) !== undefined && !isDownload(path);

const readFile = (
  { origin, loader }: Target,
  { path, text }: { readonly path: string; readonly text: string },
  build: Build,
): readonly Resource[] => {
  const resources = parseResources(text, joinLoosely(loader.root, path));
  noteKinds(build.schemas, resources);
  if (origin) for (const resource of resources) resource.origin = appendPath(origin, path);
  return resources;
};

interface Path {
  readonly path: string;
  readonly into: Accumulator;
}

/** A folder is built on its own, and what it made is added. */
const accumulateFolder = async (target: Target, { path, into }: Path, build: Build): Promise<void> => {
  const below = await openTarget(target, path, build);
  if (below.kustomization.kind === 'Component')
    throw new Failure(`expected kind != 'Component' for path ${path}; list it under components`, {
      code: 'InvalidKustomization',
    });
  const made = await accumulate(below, createAccumulator(), build);
  merge(into, made);
};

/** A component works on what is there already. */
const accumulateComponent = async (target: Target, { path, into }: Path, build: Build): Promise<void> => {
  const below = await openTarget(target, path, build);
  if (below.kustomization.kind !== 'Component')
    throw new Failure(
      `expected kind 'Component' for path ${path} but got '${below.kustomization.kind ?? ''}'; list it under resources`,
      { code: 'InvalidKustomization' },
    );
  await accumulate(below, into, build);
};

const merge = (into: Accumulator, made: Accumulator): void => {
  into.list.append(made.list.all);
  into.fields = mergeTransformerFields(into.fields, made.fields);
  into.vars = mergeVars(into.vars, made.vars);
};

const run = ({ transform, origin }: Transformer, list: ResourceList): void => {
  transform(list);
  if (origin) {
    for (const resource of list.all) {
      if (resource.origin) resource.transformations = [...resource.transformations, origin];
      else resource.origin = origin;
    }
  }
  list.dropEmpty();
};
