/**
 * `patches`, `patchesStrategicMerge` and `patchesJson6902`.
 * @upstream sigs.k8s.io/kustomize/api/internal/builtins/PatchTransformer.go, PatchStrategicMergeTransformer.go,
 * PatchJson6902Transformer.go
 */
import { Failure, isObject, messageOf, type Result } from '@argosy/base';

import { parseYamlDocuments } from '../../yaml/parse-manifests.ts';
import { readDocuments } from '../document/read-documents.ts';
import { toJson } from '../document/write-document.ts';
import type { PatchEntry } from '../file/kustomization.ts';
import type { MergeSchema } from '../merge/merge-schema.ts';
import { parseResources } from '../resources/parse-resources.ts';
import { describeId } from '../resources/resource-id.ts';
import type { ResourceList } from '../resources/resource-list.ts';
import type { Resource } from '../resources/resource.ts';
import { selectResources, type Selector } from '../resources/select-resources.ts';
import { patchByJson } from './patch-by-json.ts';
import { patchStrategically, toTargetedPatch } from './patch-strategically.ts';
import type { Transform } from './transformer.ts';

/** Reads a file beside the kustomization. */
export type ReadText = (path: string) => Promise<string>;

/** Prepares an entry of `patches`. Throws Failure `InvalidPatch`. */
export const applyPatch = async (entry: PatchEntry, read: ReadText, schema: () => MergeSchema): Promise<Transform> => {
  const { text, source } = await readPatch(entry, read);
  const objects = attempt(() => parseResources(text, source));
  const operations = attempt(() => parseOperations(text, source));
  if (operations.ok) {
    if (objects.ok && objects.value.length > 0)
      throw invalid(source, 'illegally qualifies as both a strategic merge and a JSON patch');
    return applyOperations(entry.target, operations.value, source);
  }
  if (!objects.ok)
    throw invalid(
      source,
      `is neither a strategic merge patch (${objects.error}) nor a JSON patch (${operations.error})`,
    );
  for (const patch of objects.value) {
    patch.mayChangeName = entry.options?.['allowNameChange'] === true;
    patch.mayChangeKind = entry.options?.['allowKindChange'] === true;
    // Upstream notes it among the patch's annotations, which are text from then on: one cannot be taken away by null.
    if (patch.mayChangeName || patch.mayChangeKind) patch.setTexts('annotations', patch.textsOf('annotations'));
  }
  return applyObjects(objects.value, { target: entry.target, source, schema });
};

/** Prepares `patchesStrategicMerge`: paths, or patches written out. Throws Failure `InvalidPatch`. */
export const applyLegacyMerges = async (
  entries: readonly string[],
  read: ReadText,
  schema: () => MergeSchema,
): Promise<Transform> => {
  const patches: Resource[] = [];
  for (const entry of entries) {
    const inline = attempt(() => parseResources(entry, 'patchesStrategicMerge'));
    patches.push(...(inline.ok ? inline.value : parseResources(await read(entry), entry)));
  }
  if (patches.length === 0) throw invalid('patchesStrategicMerge', 'is empty');
  return (list) => {
    for (const patch of patches) patchSelected(list, [list.getById(patch.originalId)], patch, schema());
  };
};

/** Prepares an entry of `patchesJson6902`. Throws Failure `InvalidPatch`. */
export const applyLegacyOperations = async (entry: PatchEntry, read: ReadText): Promise<Transform> => {
  const { target } = entry;
  if (!target?.name) throw invalid('patchesJson6902', 'must specify the target name');
  const { text, source } = await readPatch(entry, read);
  const operations = parseOperations(text, source);
  if (operations.length === 0) throw invalid(source, 'appears to be empty');
  return (list) => {
    for (const resource of selectResources(list.all, target)) patchByJson(resource, operations, source);
  };
};

const readPatch = async (
  entry: PatchEntry,
  read: ReadText,
): Promise<{ readonly text: string; readonly source: string }> => {
  const inline = (entry.patch ?? '').trim();
  if (inline === '' && !entry.path) throw invalid('an entry', 'must specify one of patch and path');
  if (inline !== '' && entry.path) throw invalid(entry.path, 'has patch and path; keep one of the two');
  if (inline !== '') return { text: inline, source: 'inline patch' };
  const path = entry.path ?? '';
  try {
    return { text: await read(path), source: `patch ${path}` };
  } catch (thrown) {
    throw new Failure(`failed to get the patch file from path ${path}: ${messageOf(thrown)}`, {
      code: thrown instanceof Failure ? thrown.code : 'NotFound',
      cause: thrown,
    });
  }
};

const parseOperations = (text: string, source: string): readonly unknown[] => {
  const [operations] = text.startsWith('[') ? [parseJson(text, source)] : parseYamlDocuments(text, source);
  if (Array.isArray(operations) && operations.every((operation) => isObject(operation)))
    return text.endsWith('\n') ? operations : cutOffBlock(operations, text, source);
  throw invalid(source, 'is not a list of operations');
};

/** What begins with a bracket is JSON and no YAML. */
const parseJson = (text: string, source: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(
      source,
      'begins with a bracket and is no JSON; quote its names and texts, or write a dash per operation',
    );
  }
};

/** A block of lines that ends the text without a newline has none; only one of the two readers knows. */
const cutOffBlock = (operations: readonly unknown[], text: string, source: string): readonly unknown[] => {
  if (!/[|>][-+0-9]*[ \t]*$/m.test(text)) return operations;
  const [read] = readDocuments(text, source).map((document) => toJson(document));
  const align = (value: unknown, other: unknown): unknown => {
    if (typeof value === 'string') return value === `${String(other)}\n` ? other : value;
    if (Array.isArray(value)) return value.map((item, at) => align(item, Array.isArray(other) ? other[at] : undefined));
    if (!isObject(value) || !isObject(other)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, align(part, other[name])] as const));
  };
  return operations.map((operation, at) => align(operation, Array.isArray(read) ? read[at] : undefined));
};

interface MergePatch {
  readonly target: Selector | undefined;
  readonly source: string;
  readonly schema: () => MergeSchema;
}

const applyObjects = (patches: readonly Resource[], { target, source, schema }: MergePatch): Transform => {
  const [only] = patches;
  if (!only) return () => undefined;
  if (target && patches.length > 1)
    throw invalid(source, 'holds several strategic merge patches, which cannot be together with a target');
  if (target) return (list) => patchSelected(list, selectResources(list.all, target), only, schema());
  return (list) => {
    for (const patch of patches) patchStrategically(getPatched(list, patch, source), patch, schema());
  };
};

const getPatched = (list: ResourceList, patch: Resource, source: string): Resource => {
  try {
    return list.getById(patch.originalId);
  } catch (thrown) {
    throw new Failure(
      `${source}: no resource matches strategic merge patch ${describeId(patch.originalId)}: ${messageOf(thrown)}`,
      { code: 'NotFound', cause: thrown },
    );
  }
};

/** Applies a patch to what was chosen, whatever the patch calls itself; what it deletes is gone at once. */
const patchSelected = (
  list: ResourceList,
  selected: readonly Resource[],
  patch: Resource,
  schema: MergeSchema,
): void => {
  for (const resource of selected) patchStrategically(resource, toTargetedPatch(patch, resource), schema);
  list.dropEmpty();
  list.replaceAll(list.all);
};

const applyOperations = (target: Selector | undefined, operations: readonly unknown[], source: string): Transform => {
  return (list) => {
    if (!target) throw invalid(source, 'must specify a target for a JSON patch');
    for (const resource of selectResources(list.all, target)) {
      resource.rememberName();
      patchByJson(resource, operations, source);
    }
  };
};

const attempt = <T>(parse: () => T): Result<T> => {
  try {
    return { ok: true, value: parse() };
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return { ok: false, error: thrown.message };
  }
};

const invalid = (source: string, why: string): Failure =>
  new Failure(`patches: ${source} ${why}`, { code: 'InvalidPatch' });
