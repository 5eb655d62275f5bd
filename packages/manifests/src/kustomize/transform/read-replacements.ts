/**
 * Replacements that stand in files of their own.
 * @upstream sigs.k8s.io/kustomize/api/internal/builtins/ReplacementTransformer.go
 */
import { Failure } from '@argosy/base';

import { parseYamlDocuments } from '../../yaml/parse-manifests.ts';
import { decodeLoosely, type Shape } from '../file/decode.ts';
import { REPLACEMENT } from '../file/kustomization-shapes.ts';
import type { ReplacementEntry } from '../file/kustomization.ts';
import type { ReadText } from './apply-patches.ts';

const SHAPE: Shape = { fields: REPLACEMENT };

/** The replacements of entries, files read. Throws Failure `InvalidReplacement`, or what reading throws. */
export const readReplacements = async (
  entries: readonly ReplacementEntry[],
  read: ReadText,
): Promise<readonly ReplacementEntry[]> => {
  const replacements: ReplacementEntry[] = [];
  for (const entry of entries) {
    if (!entry.path) replacements.push(entry);
    else if (entry.source || (entry.targets ?? []).length > 0)
      throw new Failure(`replacements: ${entry.path}: cannot specify both path and inline replacement`, {
        code: 'InvalidReplacement',
      });
    else replacements.push(...parseReplacements(await read(entry.path), entry.path));
  }
  return replacements;
};

const parseReplacements = (text: string, path: string): readonly ReplacementEntry[] => {
  const [document] = parseYamlDocuments(text, path);
  const items = Array.isArray(document) ? document : [document];
  // The shape is the type's.
  return items.map((item) => (decodeLoosely(item, SHAPE, path) ?? {}) as ReplacementEntry);
};
