/**
 * Which types merges know in a build. A kustomization may bring its own by `openapi`; whether Kubernetes' own count
 * besides depends, as upstream, on what the build did before.
 * @upstream sigs.k8s.io/kustomize/kyaml/openapi/openapi.go#SetSchema, initSchema
 */
import { Failure } from '@argosy/base';

import type { Kustomization } from '../file/kustomization.ts';
import {
  BUILTIN_MERGE_SCHEMA,
  joinSchemas,
  parseMergeSchema,
  typeOfKind,
  type MergeSchema,
} from '../merge/merge-schema.ts';
import type { Resource } from '../resources/resource.ts';
import type { Loader } from './loader.ts';

/** The choice so far. */
export interface SchemaChoice {
  /** Given by the first kustomization that names one. */
  chosen: MergeSchema | undefined;
  /** Whether Kubernetes' own types were used for a merge. */
  hasMerged: boolean;
  /** Whether an object was read whose kind Kubernetes does not have. */
  hasForeignKind: boolean;
}

/** Nothing chosen. */
export const createSchemaChoice = (): SchemaChoice => ({ chosen: undefined, hasMerged: false, hasForeignKind: false });

/** Takes the description a kustomization names, unless one was named before. Throws Failure `InvalidOpenAPI`. */
export const chooseSchema = async (
  { kustomization, loader }: { readonly kustomization: Kustomization; readonly loader: Loader },
  choice: SchemaChoice,
): Promise<void> => {
  const { path, version } = kustomization.openapi ?? {};
  const text = path === undefined ? undefined : await loader.readText(path);
  if (choice.chosen) return;
  if (text !== undefined && version !== undefined)
    throw new Failure('openapi: version and path provided, cannot use both', { code: 'InvalidOpenAPI' });
  if (text !== undefined) choice.chosen = withBuiltin(parseMergeSchema(text, path ?? ''), choice);
  else if (version && version !== 'v1.21.2')
    throw new Failure(`openapi: version ${version} is not built in; use v1.21.2 or a path`, { code: 'InvalidOpenAPI' });
  else if (version) choice.chosen = BUILTIN_MERGE_SCHEMA;
};

/** The types to merge by now. */
export const useSchema = (choice: SchemaChoice): MergeSchema => {
  choice.hasMerged = true;
  return choice.chosen ?? BUILTIN_MERGE_SCHEMA;
};

/** Notes which kinds were read. */
export const noteKinds = (choice: SchemaChoice, resources: readonly Resource[]): void => {
  choice.hasForeignKind ||= resources.some(
    ({ apiVersion, kind }) => typeOfKind(BUILTIN_MERGE_SCHEMA, apiVersion, kind) === undefined,
  );
};

const withBuiltin = (own: MergeSchema, { hasMerged, hasForeignKind }: SchemaChoice): MergeSchema => {
  if (hasMerged) return joinSchemas(own, BUILTIN_MERGE_SCHEMA);
  return hasForeignKind ? joinSchemas(BUILTIN_MERGE_SCHEMA, own) : own;
};
