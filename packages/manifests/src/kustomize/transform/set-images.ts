/**
 * `images`: names, tags and digests of images, in every list called containers or initContainers and in the fields
 * configured.
 * @upstream sigs.k8s.io/kustomize/api/filters/imagetag, api/internal/image/image.go
 */
import { Failure } from '@argosy/base';
import { compileRegularExpression, type RegularExpression } from '@argosy/expressions';

import { isMap, isMissing, kindOfValue, memberOf, setMember, textOf, type Value } from '../document/value.ts';
import { visitField, type FieldSpec } from '../fields/field-spec.ts';
import type { ImageEntry } from '../file/kustomization.ts';
import type { Transform } from './transformer.ts';

/** The parts of an image; empty where it has none. */
export interface ImageParts {
  readonly name: string;
  readonly tag: string;
  readonly digest: string;
}

/** Replaces an image. Throws Failure `InvalidImage` for a name that is no pattern. */
export const setImage = (entry: ImageEntry, fields: readonly FieldSpec[]): Transform => {
  const pattern = compileName(entry.name ?? '');
  const replace = (image: Value): Value => {
    const text = textOf(image);
    return pattern.test(text) ? replaceImage(text, entry) : image;
  };
  return (list) => {
    for (const { document, kind } of list.all) {
      if (!document || kind === 'CustomResourceDefinition') continue;
      replaceInContainers(document, replace);
      for (const spec of fields) {
        visitField(document, spec, {
          visit: (slot) => {
            const image = slot.get() ?? null;
            if (isMissing(image)) return;
            if (kindOfValue(image) !== 'scalar')
              throw new Failure(`field ${spec.path} is not an image but a ${kindOfValue(image)}`, {
                code: 'InvalidField',
              });
            slot.set(replace(image));
          },
        });
      }
    }
  };
};

/** An image with another name, tag or digest. */
const replaceImage = (image: string, entry: ImageEntry): string => {
  const parts = splitImage(image);
  const name = entry.newName || parts.name;
  const { tag, digest } = replaceVersion(parts, entry);
  return `${name}${tag && `:${tag}`}${digest && `@${digest}`}`;
};

/** Splits `[[host[:port]/]component/]component[:tag][@digest]`. */
export const splitImage = (image: string): ImageParts => {
  const slash = image.indexOf('/');
  const start = slash > 0 ? slash : 0;
  const at = image.indexOf('@', start);
  const colon = image.indexOf(':', start);
  if (at < 0 && colon < 0) return { name: image, tag: '', digest: '' };
  if (at >= 0 && (at < colon || colon < 0)) return { name: image.slice(0, at), tag: '', digest: image.slice(at + 1) };
  if (at >= 0) return { name: image.slice(0, colon), tag: image.slice(colon + 1, at), digest: image.slice(at + 1) };
  return { name: image.slice(0, colon), tag: image.slice(colon + 1), digest: '' };
};

const replaceVersion = (
  { tag, digest }: ImageParts,
  entry: ImageEntry,
): { readonly tag: string; readonly digest: string } => {
  if (entry.newTag || entry.digest) return { tag: entry.newTag ?? '', digest: entry.digest ?? '' };
  return entry.tagSuffix ? { tag: `${tag}${entry.tagSuffix}`, digest: '' } : { tag, digest };
};

const compileName = (name: string): RegularExpression => {
  // Upstream takes the name as a pattern as well.
  const compiled = compileRegularExpression(`^${name}(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$`);
  if (compiled.ok) return compiled.value;
  throw new Failure(`images: name ${JSON.stringify(name)}: ${compiled.error}`, { code: 'InvalidImage' });
};

const replaceInContainers = (value: Value, replace: (image: Value) => Value): void => {
  if (Array.isArray(value)) return value.forEach((item) => replaceInContainers(item, replace));
  if (!isMap(value)) return;
  for (const name of Object.keys(value)) {
    const part = value[name] ?? null;
    replaceInContainers(part, replace);
    if ((name !== 'containers' && name !== 'initContainers') || !Array.isArray(part)) continue;
    for (const container of part) {
      const image = memberOf(container, 'image');
      if (isMap(container) && !isMissing(image) && kindOfValue(image) === 'scalar')
        setMember(container, 'image', replace(image));
    }
  }
};
