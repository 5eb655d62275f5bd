/**
 * Places input artifacts before a container starts: from the store, the manifest, over HTTP, out of Git.
 * @spec WF-ART, WF-ART-29
 */
import { chmod, cp, mkdir, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { Failure, type Random } from '@argosy/base';
import type { Client } from '@argosy/client';
import type { ContainerContext } from '@argosy/cluster';
import { SECRETS } from '@argosy/kube';

import type { Artifact } from '../api/template-schema.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { fetchGit } from '../artifacts/fetch-git.ts';

/** Where artifacts come from. */
export interface ArtifactSources {
  readonly client: Client;
  readonly artifacts: ArtifactStore;
  readonly random: Random;
  /** Environment of the programs it starts (git). */
  readonly env: Readonly<Record<string, string>>;
  /** For clones on their way into a container; made if absent. */
  readonly scratchDirectory: string;
}

/** Largest artifact fetched over HTTP. */
const LARGEST_DOWNLOAD_BYTES = 1024 * 1024 * 1024;
const DOWNLOAD_PATIENCE_MS = 300_000;

/** Places one. Throws Failure ArtifactMissing when there is nothing and it is not optional, DownloadFailed, DownloadTooLarge. */
export const placeArtifact = async (
  sources: ArtifactSources,
  context: ContainerContext,
  artifact: Artifact,
): Promise<void> => {
  if (artifact.path === undefined) return;
  const destination = context.resolvePath(artifact.path);
  const isPlaced = await fetchArtifact(sources, { context, artifact, destination });
  if (!isPlaced) {
    if (artifact.optional) return;
    throw new Failure(`artifact ${artifact.name} failed to load: there is nothing under its key`, {
      code: 'ArtifactMissing',
    });
  }
  if (artifact.mode !== undefined) await setMode(destination, artifact.mode, artifact.recurseMode === true);
};

interface ArtifactFetch {
  readonly context: ContainerContext;
  readonly artifact: Artifact;
  readonly destination: string;
}

const fetchArtifact = async (
  sources: ArtifactSources,
  { context, artifact, destination }: ArtifactFetch,
): Promise<boolean> => {
  if (artifact.raw) {
    await mkdir(path.dirname(destination), { recursive: true });
    await writeFile(destination, artifact.raw.data);
    return true;
  }
  if (artifact.s3?.key !== undefined) return sources.artifacts.load(artifact.s3.key, destination, artifact.subPath);
  if (artifact.http) return download(artifact, destination);
  if (artifact.git) {
    await cloneInto(sources, { context, artifact, destination });
    return true;
  }
  return false;
};

const cloneInto = async (
  { client, random, env, scratchDirectory }: ArtifactSources,
  { context, artifact, destination }: ArtifactFetch,
): Promise<void> => {
  const { git } = artifact;
  if (!git) return;
  const namespace = context.pod.metadata.namespace ?? '';
  const scratch = path.join(scratchDirectory, random.uuid());
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  try {
    const credentials = {
      username: await readSecret(client, namespace, git.usernameSecret),
      password: await readSecret(client, namespace, git.passwordSecret),
      sshPrivateKey: await readSecret(client, namespace, git.sshPrivateKeySecret),
    };
    const clone = path.join(scratch, 'clone');
    await fetchGit({ git, credentials, destination: clone, scratch, env });
    await mkdir(destination, { recursive: true });
    await cp(clone, destination, { recursive: true, verbatimSymlinks: true });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

const readSecret = async (
  client: Client,
  namespace: string,
  reference: { readonly name?: string; readonly key: string; readonly optional?: boolean } | undefined,
): Promise<string | undefined> => {
  if (!reference) return undefined;
  const secret = await client.get(SECRETS, { namespace, name: reference.name ?? '' });
  const value = secret.data?.[reference.key];
  if (value === undefined && !reference.optional)
    throw new Failure(`secret ${reference.name ?? ''} has no key ${reference.key}`, { code: 'SecretMissing' });
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
};

const download = async ({ http, name }: Artifact, destination: string): Promise<boolean> => {
  if (!http) return false;
  const response = await fetch(http.url, {
    headers: (http.headers ?? []).map((header): [string, string] => [header.name, header.value]),
    signal: AbortSignal.timeout(DOWNLOAD_PATIENCE_MS),
  });
  if (response.status === 404) return false;
  if (!response.ok || !response.body)
    throw new Failure(`artifact ${name}: ${http.url} answered ${response.status}`, {
      code: 'DownloadFailed',
      retryable: true,
    });
  await mkdir(path.dirname(destination), { recursive: true });
  const file = await open(destination, 'w');
  try {
    let total = 0;
    for await (const chunk of response.body) {
      total += chunk.byteLength;
      if (total > LARGEST_DOWNLOAD_BYTES)
        throw new Failure(`artifact ${name}: ${http.url} is larger than 1 GiB`, { code: 'DownloadTooLarge' });
      await file.write(chunk);
    }
  } finally {
    await file.close();
  }
  return true;
};

const setMode = async (file: string, mode: number, doRecurse: boolean): Promise<void> => {
  await chmod(file, mode);
  if (!doRecurse || !(await stat(file)).isDirectory()) return;
  for (const entry of await readdir(file, { withFileTypes: true }))
    if (!entry.isSymbolicLink()) await setMode(path.join(file, entry.name), mode, true);
};
