/**
 * The files of an artifact's layer.
 * @spec CD-GEN-17, CD-GEN-18, CD-GEN-25
 * @upstream argo-cd util/oci/client.go, util/io/files/tar.go
 */
import path from 'node:path';

import { Failure } from '@argosy/base';

import { gunzipBounded, readTar, type RefuseArchive, type TarEntry } from '../tree/read-tar.ts';

/** Most bytes a layer may unpack to. Upstream's gigabyte is on disk; here files are in memory. */
export const LARGEST_LAYER_BYTES = 256 * 1024 * 1024;
/** Longest chain of links, as Linux. */
const MOST_LINKS = 40;

/**
 * Files by path. Links to files of the layer are those files; links that leave it, and special files, are refused.
 * Throws Failure `InvalidArtifact` naming the artifact.
 */
export const openLayer = (
  data: Uint8Array,
  of: { readonly name: string; readonly isCompressed: boolean },
): ReadonlyMap<string, Uint8Array> => {
  const refuse: RefuseArchive = (problem) => new Failure(`${of.name}: ${problem}`, { code: 'InvalidArtifact' });
  if (!of.isCompressed && data.length > LARGEST_LAYER_BYTES) throw refuse(`larger than ${LARGEST_LAYER_BYTES} bytes`);
  const bytes = of.isCompressed ? gunzipBounded(data, LARGEST_LAYER_BYTES, refuse) : data;
  const files = new Map<string, Uint8Array>();
  const links = new Map<string, string>();
  for (const entry of readTar(bytes, refuse)) {
    const name = nameWithin(entry.name, entry, refuse);
    if (entry.kind === 'other') throw refuse(`${JSON.stringify(entry.name)} is neither file nor folder nor link`);
    if (entry.kind === 'file') files.set(name, entry.data);
    if (entry.kind === 'hardlink') links.set(name, nameWithin(entry.target, entry, refuse));
    if (entry.kind === 'link') links.set(name, targetOf(name, entry, refuse));
  }
  for (const name of links.keys()) {
    const file = follow(name, { files, links, refuse });
    // Links to folders stand for no file; nothing reads through them.
    if (file) files.set(name, file);
  }
  return files;
};

const nameWithin = (name: string, entry: TarEntry, refuse: RefuseArchive): string => {
  const normal = path.posix.normalize(name.replaceAll('\\', '/')).replace(/\/$/, '');
  if (normal.startsWith('/') || normal === '..' || normal.startsWith('../') || normal.includes('\0'))
    throw refuse(`${JSON.stringify(entry.name)} leads outside of the artifact`);
  return normal;
};

const targetOf = (name: string, entry: TarEntry, refuse: RefuseArchive): string => {
  if (entry.target.startsWith('/')) throw refuse(`link ${JSON.stringify(entry.name)} leads outside of the artifact`);
  return nameWithin(path.posix.join(path.posix.dirname(name), entry.target), entry, refuse);
};

interface Links {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly links: ReadonlyMap<string, string>;
  readonly refuse: RefuseArchive;
}

const follow = (name: string, { files, links, refuse }: Links): Uint8Array | undefined => {
  let at = name;
  for (let followed = 0; followed < MOST_LINKS; followed += 1) {
    const target = links.get(at);
    if (target === undefined) return files.get(at);
    at = target;
  }
  throw refuse(`too many links at ${JSON.stringify(name)}`);
};
