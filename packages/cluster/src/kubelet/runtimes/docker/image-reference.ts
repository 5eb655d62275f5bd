/**
 * Names of images. @spec https://github.com/distribution/reference/blob/main/reference.go
 */

/** A name as an engine is asked for it. */
export interface ImageReference {
  /** With the registry, where one was named. */
  readonly name: string;
  /** A tag, or a digest such as `sha256:…`. */
  readonly version: string;
}

/** One part of a path: letters and digits, joined by single separators. */
const PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const HOST_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const REFERENCE = new RegExp(
  `^((?:(?:${HOST_PART}(?:\\.${HOST_PART})*|\\[[a-fA-F0-9:]+\\])(?::\\d+)?/)?${PART}(?:/${PART})*)` +
    `(?::(\\w[\\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$`,
);

/** Reads a name; `latest` is its version when it has none, and a digest outweighs a tag. `undefined` when it is no name. Pure. */
export const parseImageReference = (text: string): ImageReference | undefined => {
  const found = REFERENCE.exec(text);
  if (!found?.[1]) return undefined;
  return { name: found[1], version: found[3] ?? found[2] ?? 'latest' };
};

/** How an engine's other requests name the image. Pure. */
export const formatImageReference = ({ name, version }: ImageReference): string =>
  `${name}${version.includes(':') ? '@' : ':'}${version}`;
