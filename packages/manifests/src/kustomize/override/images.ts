/**
 * Images as an application names them: `[old=]new[:tag][@digest]`.
 * @spec CD-KUS-03
 * @upstream argo-cd pkg/apis/application/v1alpha1/types.go#KustomizeImage, kustomize/commands/edit/set/setimage.go
 */
import { Failure } from '@argosy/base';
import { compareText } from '@argosy/expressions';

import type { ImageEntry } from '../file/kustomization.ts';
import { splitImage } from '../transform/set-images.ts';

/** Keeps what the kustomization says. */
const KEEP = '*';

/** Whether two overrides are of the same image: what they begin with decides. */
export const isSameKustomizeImage = (left: string, right: string): boolean => keyOf(left) === keyOf(right);

/** Adds an override, or puts it in the place of that for the same image. */
export const mergeKustomizeImage = (images: readonly string[], image: string): readonly string[] => {
  const at = images.findIndex((other) => isSameKustomizeImage(other, image));
  return at < 0 ? [...images, image] : images.with(at, image);
};

/** The entries of a kustomization with overrides laid over them, sorted by name. Throws Failure `InvalidImage`. */
export const overrideImages = (entries: readonly ImageEntry[], images: readonly string[]): readonly ImageEntry[] => {
  const byName = new Map<string, ImageEntry>();
  for (const image of images) {
    const entry = parseImage(image);
    byName.set(entry.name ?? '', entry);
  }
  for (const entry of entries) {
    const name = entry.name ?? '';
    const override = byName.get(name);
    byName.set(name, override ? keepWhatIsAsked(override, entry) : entry);
  }
  const merged = [...byName.values()].map((entry) => keepWhatIsAsked(entry, {}));
  return merged.sort((left, right) => compareText(left.name ?? '', right.name ?? ''));
};

const keyOf = (image: string): string => image.split(/[=:@]/, 1)[0] ?? '';

const parseImage = (image: string): ImageEntry => {
  const at = image.indexOf('=');
  const key = image.slice(0, Math.max(0, at));
  const { name, tag, digest } = splitImage(image.slice(at + 1));
  if (name === image)
    throw new Failure(
      `images: ${JSON.stringify(image)} changes nothing; write name:tag, name@digest, name=other or name=other:tag`,
      { code: 'InvalidImage' },
    );
  const version = { newTag: tag, digest };
  return key === '' ? { name, ...version } : { name: key, newName: name, ...version };
};

const keepWhatIsAsked = (override: ImageEntry, entry: ImageEntry): ImageEntry => {
  const choose = (field: 'newName' | 'newTag' | 'digest'): string | undefined =>
    override[field] === KEEP ? entry[field] : override[field];
  const keepsSome = [override.newName, override.newTag, override.digest].includes(KEEP);
  return keepsSome
    ? { name: override.name, newName: choose('newName'), newTag: choose('newTag'), digest: choose('digest') }
    : override;
};
