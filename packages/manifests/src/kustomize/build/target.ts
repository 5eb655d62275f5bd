/**
 * A kustomization found and read, and what holds for the whole build.
 * @upstream sigs.k8s.io/kustomize/api/internal/target/kusttarget.go#Load
 */
import { Failure } from '@argosy/base';

import type { Kustomization } from '../file/kustomization.ts';
import type { HelmInflation } from '../generate/inflate-chart.ts';
import { readKustomization } from '../file/read-kustomization.ts';
import { appendPath, joinLoosely, type Origin } from '../resources/origin.ts';
import type { Resource } from '../resources/resource.ts';
import { chooseSchema, type SchemaChoice } from './choose-schema.ts';
import type { Loader } from './loader.ts';
import { parseRemoteBase } from './remote-base.ts';

/** What holds for a whole build. */
export interface Build {
  /** Of the outermost kustomization. */
  readonly metadata: readonly string[];
  /** Types for merges, and what decided on them. */
  readonly schemas: SchemaChoice;
  readonly warn: (warning: string) => void;
  /** What charts are rendered with; they are refused without. */
  readonly helm: HelmInflation | undefined;
  /** Failures whose message already names its kustomization. */
  readonly located: WeakSet<Failure>;
}

/** A kustomization to build. */
export interface Target {
  readonly kustomization: Kustomization;
  readonly file: string;
  readonly loader: Loader;
  /** Where it stands, when origins are kept. */
  readonly origin: Origin | undefined;
}

/** The names a kustomization may have. @spec CD-GEN-01 */
export const KUSTOMIZATION_FILES: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** Reads the kustomization of a folder. Throws Failure `NotFound`, `InvalidKustomization`. */
export const loadTarget = async (loader: Loader, build: Pick<Build, 'warn'>): Promise<Omit<Target, 'origin'>> => {
  const found: { readonly file: string; readonly bytes: Uint8Array }[] = [];
  for (const file of KUSTOMIZATION_FILES) {
    const bytes = await loader.find(file);
    if (bytes) found.push({ file, bytes });
  }
  const [only] = found;
  const where = loader.root || 'the root';
  if (!only)
    throw new Failure(`unable to find one of ${KUSTOMIZATION_FILES.join(', ')} in ${where}`, {
      code: 'MissingKustomization',
    });
  if (found.length > 1)
    throw new Failure(`found multiple kustomization files in ${where}; keep one`, { code: 'InvalidKustomization' });
  const path = joinLoosely(loader.root, only.file);
  const { kustomization, warnings } = readKustomization(new TextDecoder().decode(only.bytes), path);
  for (const warning of warnings) build.warn(`${path}: ${warning}`);
  return { kustomization, file: only.file, loader };
};

/** Opens a folder or remote base a kustomization names, and reads what stands there. Throws Failure. */
export const openTarget = async (target: Target, path: string, build: Build): Promise<Target> => {
  const loader = await openFolder(target, path);
  const opened = await loadTarget(loader, build);
  await chooseSchema(opened, build.schemas);
  return { ...opened, origin: target.origin && originBelow(target.origin, loader, path) };
};

/** Where what a plugin does is configured. */
export const pluginOrigin = ({ origin, apiVersion, kind, name, namespace }: Resource): Origin | undefined =>
  origin && {
    repo: origin.repo,
    ref: origin.ref,
    configuredIn: origin.path,
    configuredBy: { apiVersion, kind, name, namespace },
  };

const openFolder = async ({ loader }: Target, path: string): Promise<Loader> => {
  try {
    return await loader.open(path);
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== 'NotFound' || parseRemoteBase(path)) throw thrown;
    throw new Failure(`${path} names no file or folder: ${joinLoosely(loader.root, path)}`, {
      code: 'NotFound',
      cause: thrown,
    });
  }
};

const originBelow = (origin: Origin, loader: Loader, path: string): Origin => {
  const remote = parseRemoteBase(path);
  return remote ? { repo: remote.repository, ref: remote.revision, path: loader.root } : appendPath(origin, path);
};
