/**
 * One kustomization and everything it builds on, objects gathered and transformed in Kustomize's order: resources,
 * generators, components, transformers, validators.
 * @upstream sigs.k8s.io/kustomize/api/internal/target/kusttarget.go, kusttarget_configplugin.go
 */
import { Failure, isEqual, messageOf } from '@argosy/base';

import {
  DEFAULT_FIELDS,
  mergeTransformerFields,
  NO_FIELDS,
  type TransformerFields,
} from '../fields/transformer-fields.ts';
import type { Kustomization, VarEntry } from '../file/kustomization.ts';
import { readKustomization } from '../file/read-kustomization.ts';
import { generateData, mergeGeneratorOptions } from '../generate/generate-data.ts';
import type { MergeSchema } from '../merge/merge-schema.ts';
import { bindVars, mergeVars } from '../references/resolve-vars.ts';
import { appendPath, joinLoosely, type Origin } from '../resources/origin.ts';
import { parseResources } from '../resources/parse-resources.ts';
import { ResourceList } from '../resources/resource-list.ts';
import type { Resource } from '../resources/resource.ts';
import type { Transformer } from '../transform/transformer.ts';
import { prepareBuiltinTransformers } from './builtin-transformers.ts';
import type { Loader } from './loader.ts';
import { prepareTransformer, refusedHelm, runGenerator } from './plugins.ts';
import { parseConfiguration, parseCrdFields } from './read-configurations.ts';
import { chooseSchema, noteKinds, useSchema, type SchemaChoice } from './choose-schema.ts';
import { isRemoteFile, parseRemoteBase } from './remote-base.ts';

/** What has been gathered so far. */
export interface Accumulator {
  readonly list: ResourceList;
  fields: TransformerFields;
  vars: readonly VarEntry[];
}

/** What holds for a whole build. */
export interface Build {
  /** Of the outermost kustomization. */
  readonly metadata: readonly string[];
  /** Types for merges, and what decided on them. */
  readonly schemas: SchemaChoice;
  readonly warn: (warning: string) => void;
}

/** A kustomization to build. */
export interface Target {
  readonly kustomization: Kustomization;
  readonly file: string;
  readonly loader: Loader;
  /** Where it stands, when origins are kept. */
  readonly origin: Origin | undefined;
}

/** Nothing gathered. */
export const createAccumulator = (): Accumulator => ({ list: new ResourceList(), fields: NO_FIELDS, vars: [] });

const FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** Reads the kustomization of a folder. Throws Failure `NotFound`, `InvalidKustomization`. */
export const loadTarget = async (loader: Loader, build: Pick<Build, 'warn'>): Promise<Omit<Target, 'origin'>> => {
  const found: { readonly file: string; readonly bytes: Uint8Array }[] = [];
  for (const file of FILES) {
    const bytes = await loader.find(file);
    if (bytes) found.push({ file, bytes });
  }
  const [only] = found;
  const where = loader.root || 'the root';
  if (!only)
    throw new Failure(`unable to find one of ${FILES.join(', ')} in ${where}`, { code: 'MissingKustomization' });
  if (found.length > 1)
    throw new Failure(`found multiple kustomization files in ${where}; keep one`, { code: 'InvalidKustomization' });
  const path = joinLoosely(loader.root, only.file);
  const { kustomization, warnings } = readKustomization(new TextDecoder().decode(only.bytes), path);
  for (const warning of warnings) build.warn(`${path}: ${warning}`);
  return { kustomization, file: only.file, loader };
};

/** Gathers a kustomization's objects into what is there. Throws Failure naming what could not be read or done. */
export const accumulate = async (target: Target, into: Accumulator, build: Build): Promise<Accumulator> => {
  const { kustomization } = target;
  await accumulateResources(target, { paths: kustomization.resources ?? [], into }, build);
  await addFields(target, into);
  into.list.absorb(await generate(target, build));
  for (const path of kustomization.components ?? []) await accumulateComponent(target, { path, into }, build);
  const schema = (): MergeSchema => useSchema(build.schemas);
  const builtin = await prepareBuiltinTransformers(target, into.fields, schema);
  const external = await loadPlugins(target, kustomization.transformers ?? [], build);
  for (const step of [...builtin, ...external]) run(step, into.list);
  await validate(target, into, build);
  bindVars(into.list, kustomization.vars ?? []);
  into.vars = mergeVars(into.vars, kustomization.vars ?? []);
  return into;
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

const isRemote = (path: string): boolean => {
  const remote = parseRemoteBase(path);
  if (isRemoteFile(path) && (!remote || /\.(ya?ml|json)$/i.test(path.split('?')[0] ?? '')))
    throw new Failure(
      `resources: ${path} would be downloaded, which is not allowed here; copy it into the repository`,
      {
        code: 'RemoteBaseRefused',
      },
    );
  return remote !== undefined;
};

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

const openTarget = async (target: Target, path: string, build: Build): Promise<Target> => {
  const loader = await openFolder(target, path);
  const opened = await loadTarget(loader, build);
  await chooseSchema(opened, build.schemas);
  return { ...opened, origin: target.origin && originBelow(target.origin, loader, path) };
};

const openFolder = async ({ loader }: Target, path: string): Promise<Loader> => {
  try {
    return await loader.open(path);
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== 'NotFound') throw thrown;
    const where = joinLoosely(loader.root, path);
    throw new Failure(`accumulating ${path}: no file or folder ${where}: ${messageOf(thrown)}`, {
      code: 'NotFound',
      cause: thrown,
    });
  }
};

const originBelow = (origin: Origin, loader: Loader, path: string): Origin => {
  const remote = parseRemoteBase(path);
  return remote ? { repo: remote.repository, ref: remote.revision, path: loader.root } : appendPath(origin, path);
};

const generate = async (target: Target, build: Build): Promise<readonly Resource[]> => {
  const { kustomization, loader } = target;
  const { generatorOptions } = kustomization;
  if ((kustomization.helmCharts ?? []).length > 0) throw refusedHelm();
  const generated: Resource[] = [];
  for (const kind of ['ConfigMap', 'Secret'] as const) {
    const entries = kind === 'ConfigMap' ? kustomization.configMapGenerator : kustomization.secretGenerator;
    for (const entry of entries ?? []) {
      const resource = await generateData(kind, mergeGeneratorOptions(entry, generatorOptions), loader.read);
      resource.origin = builtinOrigin(target, `${kind}Generator`);
      generated.push(resource);
    }
  }
  for (const config of await loadConfigs(target, kustomization.generators ?? [], build)) {
    const resource = await runGenerator(config, { loader, schema: () => useSchema(build.schemas) });
    resource.origin = pluginOrigin(config);
    generated.push(resource);
  }
  return generated;
};

/** Where something of the kustomization itself is configured. */
export const builtinOrigin = ({ origin, file }: Target, kind: string): Origin | undefined =>
  origin && {
    repo: origin.repo,
    ref: origin.ref,
    configuredIn: joinLoosely(origin.path ?? '', file),
    configuredBy: { apiVersion: 'builtin', kind },
  };

const pluginOrigin = ({ origin, apiVersion, kind, name, namespace }: Resource): Origin | undefined =>
  origin && {
    repo: origin.repo,
    ref: origin.ref,
    configuredIn: origin.path,
    configuredBy: { apiVersion, kind, name, namespace },
  };

/** The objects that configure plugins: written out, in files, or in folders built on their own. */
const loadConfigs = async (target: Target, entries: readonly string[], build: Build): Promise<readonly Resource[]> => {
  const into = createAccumulator();
  const paths: string[] = [];
  for (const entry of entries) {
    const inline = parseInline(entry);
    if (!inline) paths.push(entry);
    else {
      noteKinds(build.schemas, inline);
      if (target.origin) for (const resource of inline) resource.origin = appendPath(target.origin, target.file);
      into.list.append(inline);
    }
  }
  await accumulateResources(target, { paths, into }, build);
  return into.list.all;
};

const parseInline = (entry: string): readonly Resource[] | undefined => {
  try {
    const resources = parseResources(entry, 'inline plugin');
    return resources.length > 0 ? resources : undefined;
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined;
    throw thrown;
  }
};

const loadPlugins = async (
  target: Target,
  entries: readonly string[],
  build: Build,
): Promise<readonly Transformer[]> => {
  const steps: Transformer[] = [];
  for (const config of await loadConfigs(target, entries, build)) {
    const context = { loader: target.loader, schema: () => useSchema(build.schemas) };
    steps.push({ transform: await prepareTransformer(config, context), origin: pluginOrigin(config) });
  }
  return steps;
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

/** Validators are transformers that must not change anything but the label that says they ran. */
const validate = async (target: Target, into: Accumulator, build: Build): Promise<void> => {
  for (const { transform } of await loadPlugins(target, target.kustomization.validators ?? [], build)) {
    const before = into.list.all.map((resource) => resource.copy());
    transform(into.list);
    const isSame =
      before.length === into.list.all.length &&
      into.list.all.every((resource, at) => isEqual(withoutMark(resource), withoutMark(before[at])));
    if (!isSame)
      throw new Failure("validator shouldn't modify the resource map; use it as a transformer", {
        code: 'InvalidPlugin',
      });
  }
};

const withoutMark = (resource: Resource | undefined): unknown => {
  const copy = resource?.copy();
  const labels = new Map(copy?.textsOf('labels'));
  if (labels.delete('validated-by')) copy?.setTexts('labels', labels);
  return copy?.document;
};
