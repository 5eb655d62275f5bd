/**
 * The generators, transformers and validators of a kustomization, those configured by objects of their own included.
 * @upstream sigs.k8s.io/kustomize/api/internal/target/kusttarget.go#runGenerators, runTransformers, runValidators
 */
import { Failure, isEqual } from '@argosy/base';

import { generateData, mergeGeneratorOptions } from '../generate/generate-data.ts';
import { appendPath, builtinOrigin, type Origin } from '../resources/origin.ts';
import { parseResources } from '../resources/parse-resources.ts';
import { ResourceList } from '../resources/resource-list.ts';
import type { Resource } from '../resources/resource.ts';
import type { Transformer } from '../transform/transformer.ts';
import { noteKinds, useSchema } from './choose-schema.ts';
import { inflateCharts, prepareTransformer, runGenerator, type PluginContext } from './plugins.ts';
import { pluginOrigin, type Build, type Target } from './target.ts';

/** What plugins are loaded with. */
export interface PluginSource {
  readonly target: Target;
  readonly build: Build;
  /** Builds what paths of the target name. */
  readonly gather: (paths: readonly string[]) => Promise<readonly Resource[]>;
}

/** Runs the generators. Throws Failure naming the one at fault. */
export const generate = async (source: PluginSource): Promise<readonly Resource[]> => {
  const { target, build } = source;
  const { kustomization, loader } = target;
  const { generatorOptions } = kustomization;
  const context: PluginContext = { loader, schema: () => useSchema(build.schemas), helm: build.helm };
  const generated: Resource[] = [];
  for (const kind of ['ConfigMap', 'Secret'] as const) {
    const entries = kind === 'ConfigMap' ? kustomization.configMapGenerator : kustomization.secretGenerator;
    for (const entry of entries ?? []) {
      const resource = await generateData(kind, mergeGeneratorOptions(entry, generatorOptions), loader.read);
      resource.origin = builtinOrigin(target, `${kind}Generator`);
      generated.push(resource);
    }
  }
  const { helmCharts = [], helmGlobals = {} } = kustomization;
  const inflated = await inflateCharts(helmCharts, helmGlobals, context);
  generated.push(...withOrigin(inflated, builtinOrigin(target, 'HelmChartInflationGenerator')));
  for (const config of await loadConfigs(source, kustomization.generators ?? []))
    generated.push(...withOrigin(await runGenerator(config, context), pluginOrigin(config)));
  return generated;
};

/** Loads transformers. Throws Failure naming the one at fault. */
export const loadTransformers = async (
  source: PluginSource,
  entries: readonly string[],
): Promise<readonly Transformer[]> => {
  const { target, build } = source;
  const steps: Transformer[] = [];
  for (const config of await loadConfigs(source, entries)) {
    const context = { loader: target.loader, schema: () => useSchema(build.schemas), helm: build.helm };
    steps.push({ transform: await prepareTransformer(config, context), origin: pluginOrigin(config) });
  }
  return steps;
};

/** Runs the validators: transformers that must not change anything but the label that says they ran. Throws Failure. */
export const validate = async (source: PluginSource, list: ResourceList): Promise<void> => {
  for (const { transform } of await loadTransformers(source, source.target.kustomization.validators ?? [])) {
    const before = list.all.map((resource) => resource.copy());
    transform(list);
    const isSame =
      before.length === list.all.length &&
      list.all.every((resource, at) => isEqual(withoutMark(resource), withoutMark(before[at])));
    if (!isSame)
      throw new Failure("validator shouldn't modify the resource map; use it as a transformer", {
        code: 'InvalidPlugin',
      });
  }
};

const withOrigin = (resources: readonly Resource[], origin: Origin | undefined): readonly Resource[] => {
  for (const resource of resources) resource.origin = origin;
  return resources;
};

const withoutMark = (resource: Resource | undefined): unknown => {
  const copy = resource?.copy();
  const labels = new Map(copy?.textsOf('labels'));
  if (labels.delete('validated-by')) copy?.setTexts('labels', labels);
  return copy?.document;
};

/** The objects that configure plugins: written out, in files, or in folders built on their own. */
const loadConfigs = async (
  { target, build, gather }: PluginSource,
  entries: readonly string[],
): Promise<readonly Resource[]> => {
  const list = new ResourceList();
  const paths: string[] = [];
  for (const entry of entries) {
    const inline = parseInline(entry);
    if (!inline) paths.push(entry);
    else {
      noteKinds(build.schemas, inline);
      if (target.origin) for (const resource of inline) resource.origin = appendPath(target.origin, target.file);
      list.append(inline);
    }
  }
  list.append(await gather(paths));
  return list.all;
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
