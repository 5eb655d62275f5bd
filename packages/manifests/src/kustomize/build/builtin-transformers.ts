/**
 * The transformers a kustomization's own fields stand for, in the order they run.
 * @upstream sigs.k8s.io/kustomize/api/internal/target/kusttarget_configplugin.go
 */
import type { TransformerFields } from '../fields/transformer-fields.ts';
import type { Kustomization } from '../file/kustomization.ts';
import type { MergeSchema } from '../merge/merge-schema.ts';
import { builtinOrigin, type Origin } from '../resources/origin.ts';
import { affixNames } from '../transform/affix-names.ts';
import { applyLegacyMerges, applyLegacyOperations, applyPatch } from '../transform/apply-patches.ts';
import { readReplacements } from '../transform/read-replacements.ts';
import { replaceValues } from '../transform/replace-values.ts';
import { setImage } from '../transform/set-images.ts';
import { setNamespace } from '../transform/set-namespace.ts';
import { setReplicas } from '../transform/set-replicas.ts';
import { fieldsOfLabels, setTexts } from '../transform/set-texts.ts';
import type { Transform, Transformer } from '../transform/transformer.ts';
import type { Loader } from './loader.ts';

/** A kustomization whose transformers are wanted. */
export interface TransformerSource {
  readonly kustomization: Kustomization;
  readonly file: string;
  readonly loader: Loader;
  readonly origin: Origin | undefined;
}

/** Prepares the transformers; what they read is read now. Throws Failure naming the field. */
export const prepareBuiltinTransformers = async (
  source: TransformerSource,
  fields: TransformerFields,
  schema: () => MergeSchema,
): Promise<readonly Transformer[]> => {
  const { kustomization } = source;
  const read = source.loader.readText;
  const steps: Transformer[] = [];
  const add = (kind: string, ...transforms: readonly Transform[]): void => {
    for (const transform of transforms) steps.push({ transform, origin: builtinOrigin(source, kind) });
  };
  const { patchesStrategicMerge = [], patches = [], patchesJson6902 = [], replacements = [] } = kustomization;
  if (patchesStrategicMerge.length > 0)
    add('PatchStrategicMergeTransformer', await applyLegacyMerges(patchesStrategicMerge, read, schema));
  for (const entry of patches) add('PatchTransformer', await applyPatch(entry, read, schema));
  addNames(kustomization, fields, add);
  addTexts(kustomization, fields, add);
  for (const entry of patchesJson6902) add('PatchJson6902Transformer', await applyLegacyOperations(entry, read));
  for (const entry of kustomization.replicas ?? []) add('ReplicaCountTransformer', setReplicas(entry, fields.replicas));
  for (const entry of kustomization.images ?? []) add('ImageTagTransformer', setImage(entry, fields.images));
  if (replacements.length > 0) add('ReplacementTransformer', replaceValues(await readReplacements(replacements, read)));
  return steps;
};

type Add = (kind: string, ...transforms: readonly Transform[]) => void;

const addNames = ({ namespace, namePrefix, nameSuffix }: Kustomization, fields: TransformerFields, add: Add): void => {
  if (namespace) add('NamespaceTransformer', setNamespace({ namespace, fields: fields.namespace }));
  if (namePrefix) add('PrefixTransformer', affixNames({ kind: 'prefix', text: namePrefix, fields: fields.namePrefix }));
  if (nameSuffix) add('SuffixTransformer', affixNames({ kind: 'suffix', text: nameSuffix, fields: fields.nameSuffix }));
};

const addTexts = (kustomization: Kustomization, fields: TransformerFields, add: Add): void => {
  const { labels = [], commonLabels = {}, commonAnnotations = {} } = kustomization;
  for (const entry of labels) add('LabelTransformer', setTexts(entry.pairs ?? {}, fieldsOfLabels(entry, fields)));
  // Upstream runs this one whenever there are labels of either sort, and says so in its annotations.
  if (labels.length > 0 || Object.keys(commonLabels).length > 0)
    add('LabelTransformer', setTexts(commonLabels, fields.commonLabels));
  if (Object.keys(commonAnnotations).length > 0)
    add('AnnotationsTransformer', setTexts(commonAnnotations, fields.commonAnnotations));
};
