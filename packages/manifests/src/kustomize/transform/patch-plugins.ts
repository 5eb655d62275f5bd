/**
 * Patches and replacements configured by objects of their own.
 * @upstream sigs.k8s.io/kustomize/api/internal/builtins/PatchTransformer.go, ReplacementTransformer.go
 */
import { toJson } from '../document/write-document.ts';
import { decodeLoosely, type Shape } from '../file/decode.ts';
import { REPLACEMENT, SELECTOR } from '../file/kustomization-shapes.ts';
import type { PatchEntry, ReplacementEntry } from '../file/kustomization.ts';
import type { MergeSchema } from '../merge/merge-schema.ts';
import type { Resource } from '../resources/resource.ts';
import { applyLegacyMerges, applyLegacyOperations, applyPatch, type ReadText } from './apply-patches.ts';
import { readReplacements } from './read-replacements.ts';
import { replaceValues } from './replace-values.ts';
import type { Transform } from './transformer.ts';

/** What patches need of the build. */
export interface PatchContext {
  readonly read: ReadText;
  readonly schema: () => MergeSchema;
}

const SETTINGS: Shape = {
  fields: {
    path: 'text',
    patch: 'text',
    jsonOp: 'text',
    paths: { list: 'text' },
    patches: 'text',
    target: { fields: SELECTOR },
    options: { map: 'bool' },
    replacements: { list: { fields: { ...REPLACEMENT, path: 'text' } } },
  },
};

interface Settings extends PatchEntry {
  readonly jsonOp?: string;
  readonly paths?: readonly string[];
  readonly patches?: string;
  readonly replacements?: readonly ReplacementEntry[];
}

/** Prepares a plugin of one of the four kinds. Throws Failure `InvalidPatch`, `InvalidReplacement`. */
export const applyPatchPlugin = async (config: Resource, { read, schema }: PatchContext): Promise<Transform> => {
  // The shape is the type's.
  const settings = (decodeLoosely(toJson(config.document ?? {}), SETTINGS, config.kind) ?? {}) as Settings;
  if (config.kind === 'PatchTransformer') return applyPatch(settings, read, schema);
  if (config.kind === 'PatchJson6902Transformer')
    return applyLegacyOperations({ ...settings, patch: settings.jsonOp }, read);
  if (config.kind === 'ReplacementTransformer')
    return replaceValues(await readReplacements(settings.replacements ?? [], read));
  const inline = settings.patches ? [settings.patches] : [];
  return applyLegacyMerges([...(settings.paths ?? []), ...inline], read, schema);
};
