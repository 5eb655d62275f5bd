/**
 * What an application says over a kustomization, as `kustomize edit` would write it into the file.
 * @spec CD-KUS-01, CD-KUS-02, CD-KUS-05, CD-KUS-06, CD-KUS-07
 * @upstream argo-cd util/kustomize/kustomize.go#Build, kustomize/commands/edit
 */
import { Failure } from '@argosy/base';

import { joinPath, type Tree } from '../../tree/tree.ts';
import type { Kustomization, LabelEntry, PatchEntry } from '../file/kustomization.ts';
import { overrideImages } from './images.ts';
import { overrideReplicas, type KustomizeReplica } from './replicas.ts';

/** What to say over a kustomization; what is absent or empty leaves it alone. */
export interface KustomizeOverrides {
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly namespace?: string;
  /** `[old=]new[:tag][@digest]`; the last one of an image counts. */
  readonly images?: readonly string[];
  readonly replicas?: readonly KustomizeReplica[];
  readonly commonLabels?: Readonly<Record<string, string>>;
  readonly commonAnnotations?: Readonly<Record<string, string>>;
  /** Whether labels and annotations the kustomization has may be replaced. */
  readonly forceCommonLabels?: boolean;
  readonly forceCommonAnnotations?: boolean;
  readonly labelWithoutSelector?: boolean;
  readonly labelIncludeTemplates?: boolean;
  readonly patches?: readonly PatchEntry[];
  readonly components?: readonly string[];
  readonly ignoreMissingComponents?: boolean;
}

/** Lays overrides over the kustomization of a folder. Throws Failure `InvalidOverride` and those of images and replicas. */
export const overrideKustomization = async (
  kustomization: Kustomization,
  overrides: KustomizeOverrides,
  folder: { readonly tree: Tree; readonly root: string },
): Promise<Kustomization> => {
  const { namePrefix, nameSuffix, namespace, images = [], replicas = [], patches = [] } = overrides;
  return {
    ...kustomization,
    ...(namePrefix && { namePrefix }),
    ...(nameSuffix && { nameSuffix }),
    ...(namespace && { namespace }),
    ...(images.length > 0 && { images: overrideImages(kustomization.images ?? [], images) }),
    ...(replicas.length > 0 && { replicas: overrideReplicas(kustomization.replicas ?? [], replicas) }),
    ...(patches.length > 0 && { patches: [...(kustomization.patches ?? []), ...patches] }),
    ...overrideLabels(kustomization, overrides),
    ...overrideAnnotations(kustomization, overrides),
    ...(await addComponents(kustomization, overrides, folder)),
  };
};

const overrideLabels = (kustomization: Kustomization, overrides: KustomizeOverrides): Partial<Kustomization> => {
  const { commonLabels = {}, forceCommonLabels, labelWithoutSelector, labelIncludeTemplates } = overrides;
  if (Object.keys(commonLabels).length === 0) return {};
  if (labelWithoutSelector) {
    const entry: LabelEntry = { pairs: commonLabels, includeTemplates: labelIncludeTemplates === true };
    return { labels: [...(kustomization.labels ?? []), entry] };
  }
  if (labelIncludeTemplates)
    throw invalid('labelIncludeTemplates needs labelWithoutSelector; set it, or remove labelIncludeTemplates');
  const known = kustomization.commonLabels ?? {};
  if (!forceCommonLabels) refuseKnown(known, commonLabels, { what: 'label', force: 'forceCommonLabels' });
  return { commonLabels: { ...known, ...commonLabels } };
};

const overrideAnnotations = (kustomization: Kustomization, overrides: KustomizeOverrides): Partial<Kustomization> => {
  const { commonAnnotations = {}, forceCommonAnnotations } = overrides;
  if (Object.keys(commonAnnotations).length === 0) return {};
  const known = kustomization.commonAnnotations ?? {};
  if (!forceCommonAnnotations)
    refuseKnown(known, commonAnnotations, { what: 'annotation', force: 'forceCommonAnnotations' });
  return { commonAnnotations: { ...known, ...commonAnnotations } };
};

const refuseKnown = (
  known: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>>,
  { what, force }: { readonly what: string; readonly force: string },
): void => {
  const twice = Object.keys(added).find((name) => Object.hasOwn(known, name));
  if (twice !== undefined)
    throw invalid(`${what} ${twice} already in kustomization file; remove it from one of the two or set ${force}`);
};

const addComponents = async (
  kustomization: Kustomization,
  { components = [], ignoreMissingComponents }: KustomizeOverrides,
  { tree, root }: { readonly tree: Tree; readonly root: string },
): Promise<Partial<Kustomization>> => {
  const merged = [...(kustomization.components ?? [])];
  for (const component of components) {
    if (merged.includes(component)) continue;
    const entry = ignoreMissingComponents ? await tree.find(joinPath(root, component)) : undefined;
    if (!ignoreMissingComponents || entry) merged.push(component);
  }
  return components.length === 0 ? {} : { components: merged };
};

const invalid = (why: string): Failure => new Failure(why, { code: 'InvalidOverride' });
