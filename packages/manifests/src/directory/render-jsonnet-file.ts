/**
 * Objects from a Jsonnet program: what it gives, arrays and plain containers taken apart.
 * @spec CD-DIR-06
 * @upstream argo-cd reposerver/repository/repository.go#makeJsonnetVm
 */
import { isObject } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';

import { evaluateJsonnet, type JsonnetVariable } from '../jsonnet/evaluate-jsonnet.ts';
import { normalizePath, type Tree } from '../tree/tree.ts';
import { toKubeObjects } from '../yaml/parse-manifests.ts';

/** `directory.jsonnet` of an Application. */
export interface JsonnetSourceOptions {
  readonly extVars?: readonly JsonnetArgument[];
  /** Top-level arguments: the program is then a function. */
  readonly tlas?: readonly JsonnetArgument[];
  /** Folders for imports, relative to the root of the tree. */
  readonly libs?: readonly string[];
}

/** A variable; `code` says that its value is a program. */
export interface JsonnetArgument {
  readonly name: string;
  readonly value: string;
  readonly code?: boolean;
}

/** Renders a file; the folder of the application is where imports are looked for first. Throws Failure: those of `evaluateJsonnet`, `InvalidManifest`. */
export const renderJsonnetFile = async (
  tree: Tree,
  file: string,
  of: { readonly folder: string; readonly jsonnet: JsonnetSourceOptions },
): Promise<readonly KubeObject[]> => {
  const { extVars = [], tlas = [], libs = [] } = of.jsonnet;
  const { value } = await evaluateJsonnet(tree, file, {
    externalVariables: extVars.map(toVariable),
    topLevelArguments: tlas.map(toVariable),
    // A leading slash means the root of the source, as in paths of values files.
    libraries: [of.folder, ...libs.map((lib) => normalizePath(lib.replace(/^\/+/, '')))],
  });
  return objectsIn(value, file);
};

const toVariable = ({ name, value, code }: JsonnetArgument): JsonnetVariable => ({
  name,
  value,
  isCode: code === true,
});

/**
 * Deviates: upstream takes an object or an array of objects. Arrays within arrays, and objects that only hold others
 * (`{ deployment: …, service: … }`, as libraries for Kubernetes give them), are taken apart too. Pinned by `render-directory.test.ts`.
 */
const objectsIn = (value: unknown, where: string): readonly KubeObject[] => {
  if (value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, at) => objectsIn(item, `${where} [${at}]`));
  const isContainer =
    isObject(value) && !('kind' in value) && !('apiVersion' in value) && Object.values(value).every(isNested);
  if (isContainer) return Object.entries(value).flatMap(([name, part]) => objectsIn(part, `${where} ${name}`));
  return toKubeObjects(value, where);
};

const isNested = (part: unknown): boolean => typeof part === 'object';
