/**
 * Files that Git LFS keeps elsewhere: a few lines stand for each in the repository.
 * @spec https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md, docs/api/batch.md
 */
import { Failure, isObject } from '@argosy/base';

import { digestOf, type BlobStore } from '../../network/blob-store.ts';
import { statusFailure } from '../../network/download.ts';
import { isSameOrigin, sendFollowing } from '../../network/follow-redirects.ts';
import { shownUrl, type HttpPort, type HttpResponse } from '../../network/http-port.ts';
import { parseJson } from '../../network/parse-json.ts';
import {
  authorizationOf,
  transportOf,
  withoutCredentialsOf,
  type RepositoryAccess,
} from '../../network/repository-access.ts';
import { LARGEST_FILE_BYTES, type Tree } from '../../tree/tree.ts';

/** What stands for a file. */
export interface LargeFile {
  /** SHA-256 in hexadecimal. */
  readonly id: string;
  readonly size: number;
}

/** Reads a file that a pointer stands for. Throws Failure: NotSupported, TooLarge, DigestMismatch, Unauthorized … */
export type ReadLargeFile = (file: LargeFile, path: string) => Promise<Uint8Array>;

const VERSION = 'version https://git-lfs.github.com/spec/v1\n';
const LARGEST_POINTER_BYTES = 1024;
const LARGEST_ANSWER_BYTES = 1024 * 1024;
const MEDIA_TYPE = 'application/vnd.git-lfs+json';

/** Files that charts carry along and no render reads: what stands for them hurts nobody. */
const UNREAD = /\.(?:png|jpe?g|gif|svg|webp|ico|pdf|mp4)$/i;

/** The tree with its large files; they are refused without a reader, as their pointers would be rendered in their place. */
export const withLargeFiles = (tree: Tree, readLarge: ReadLargeFile | undefined): Tree => ({
  ...tree,
  read: async (path) => {
    const data = await tree.read(path);
    const large = UNREAD.test(path) ? undefined : parseLargeFile(data);
    if (!large) return data;
    if (readLarge) return readLarge(large, path);
    throw new Failure(
      `${path} is kept in Git LFS, which is not enabled for its repository; set enableLfs, or commit the file itself`,
      { code: 'NotSupported' },
    );
  },
});

/** A reader of a repository's large files. */
export const createLargeFileReader =
  (
    deps: { readonly http: HttpPort; readonly blobs: BlobStore },
    { url, access }: { readonly url: string; readonly access: RepositoryAccess },
  ): ReadLargeFile =>
  async (file, path) => {
    const digest = `sha256:${file.id}`;
    if (file.size > LARGEST_FILE_BYTES)
      throw new Failure(`${path}: ${file.size} bytes are more than ${LARGEST_FILE_BYTES}`, { code: 'TooLarge' });
    const kept = await deps.blobs.read({ digest, owner: access.identity });
    if (kept) return kept;
    const { href, authorization, headers } = await findFile(deps.http, { url, access, file, path });
    const limitBytes = Math.max(1, file.size);
    const response = await sendFollowing(deps.http, {
      url: href,
      // Where files lie the server says, and with what to ask for them.
      access: isSameOrigin(href, url) ? access : withoutCredentialsOf(access),
      limitBytes,
      headers,
      ...(authorization !== undefined && { authorization }),
    });
    if (response.status !== 200) throw statusFailure(href, response.status);
    if (digestOf(response.body) !== digest)
      throw new Failure(`${path}: the server sent ${digestOf(response.body)} instead of ${digest}`, {
        code: 'DigestMismatch',
      });
    await deps.blobs.write({ digest, owner: access.identity }, response.body);
    return response.body;
  };

/** Reads a pointer; `undefined` for a file that is one itself. */
const parseLargeFile = (data: Uint8Array): LargeFile | undefined => {
  if (data.length > LARGEST_POINTER_BYTES) return undefined;
  const text = Buffer.from(data).toString('utf8');
  if (!text.startsWith(VERSION)) return undefined;
  const id = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
  const size = /^size (\d+)$/m.exec(text)?.[1];
  return id === undefined || size === undefined ? undefined : { id, size: Number(size) };
};

interface FoundFile {
  readonly href: string;
  readonly authorization: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

interface FileRequest {
  readonly url: string;
  readonly access: RepositoryAccess;
  readonly file: LargeFile;
  readonly path: string;
}

/** Where the server says a file lies. */
const findFile = async (http: HttpPort, { url, access, file, path }: FileRequest): Promise<FoundFile> => {
  const batch = batchUrl(url, path);
  const authorization = authorizationOf(access);
  const response = await http.send({
    url: batch,
    method: 'POST',
    headers: { accept: MEDIA_TYPE, 'content-type': MEDIA_TYPE, ...(authorization && { authorization }) },
    body: JSON.stringify({ operation: 'download', transfers: ['basic'], objects: [{ oid: file.id, size: file.size }] }),
    limitBytes: LARGEST_ANSWER_BYTES,
    ...transportOf(access, batch),
  });
  if (response.status !== 200) throw statusFailure(batch, response.status);
  return readAnswer(response, { batch, path });
};

const batchUrl = (url: string, path: string): string => {
  if (!/^https?:\/\//i.test(url))
    throw new Failure(`${path} is kept in Git LFS, which is read over https:// only; use such an address`, {
      code: 'NotSupported',
    });
  return `${url.replace(/\/+$/, '').replace(/(?:\.git)?$/, '.git')}/info/lfs/objects/batch`;
};

const readAnswer = (
  { body }: HttpResponse,
  { batch, path }: { readonly batch: string; readonly path: string },
): FoundFile => {
  const answer = parseJson(body);
  const objects = isObject(answer) ? answer['objects'] : undefined;
  const [object] = Array.isArray(objects) ? (objects as readonly unknown[]) : [];
  const { actions, error } = isObject(object) ? object : {};
  const why = isObject(error) ? error['message'] : undefined;
  const download = isObject(actions) ? actions['download'] : undefined;
  const href = isObject(download) ? download['href'] : undefined;
  if (!isObject(download) || typeof href !== 'string')
    throw new Failure(`${path}: ${shownUrl(batch)} has no such file${typeof why === 'string' ? `: ${why}` : ''}`, {
      code: 'NotFound',
    });
  const given = isObject(download['header']) ? Object.entries(download['header']) : [];
  const headers = given.flatMap(([name, value]) =>
    typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
  );
  return {
    href,
    // Kept apart, so that it does not follow a redirect to another host.
    authorization: headers.find(([name]) => name === 'authorization')?.[1],
    headers: Object.fromEntries(headers.filter(([name]) => name !== 'authorization')),
  };
};
