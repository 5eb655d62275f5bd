/**
 * The files of volumes made from objects: configMap, secret, downwardAPI, and projections of these and of tokens.
 * @spec https://kubernetes.io/docs/concepts/storage/projected-volumes/
 */
import { Failure, isObject } from '@argosy/base';
import type { Pod, Volume } from '@argosy/kube';

import { readPodField } from '../environment/pod-field.ts';
import { readResourceField, type NamespaceObjects, type ResourceField } from '../environment/resolve-environment.ts';
import { nodeCapacity } from '../node-capacity.ts';

/** Files by path below the volume. */
export type FileSet = Readonly<Record<string, { readonly content: Buffer; readonly mode: number }>>;

/** A token as a projection asks for it. */
export interface TokenRequest {
  /** The API server itself when absent. */
  readonly audience: string | undefined;
  readonly expirationSeconds: number;
}

/** What files are made from. */
export interface FileWorld {
  readonly objects: NamespaceObjects;
  readonly podIP: string;
  /** Gives a token of the pod's account that is good for a while; absent in clusters that issue none. */
  readonly token?: (request: TokenRequest) => Promise<string>;
}

/** The fields that configMap, secret and downwardAPI sources share. */
interface FileSource {
  readonly name?: string;
  readonly secretName?: string;
  readonly optional?: boolean;
  readonly defaultMode?: number;
  readonly items?: readonly {
    readonly key?: string;
    readonly path: string;
    readonly mode?: number;
    readonly fieldRef?: { readonly fieldPath: string };
    readonly resourceFieldRef?: ResourceField;
  }[];
}
interface NamedSource {
  readonly kind: string;
  readonly source: FileSource;
  readonly volume: string;
  readonly mode: number;
}

const KINDS = ['configMap', 'secret', 'downwardAPI', 'projected'];
const DEFAULT_MODE = 0o644;
const TOKEN_SECONDS = 3600;

/** Whether a volume holds files of objects; those change while the pod runs. Pure. */
export const hasObjectFiles = (volume: Volume): boolean => KINDS.some((kind) => Object.hasOwn(volume, kind));

/** Reads the files of a volume. Throws a Failure FailedMount naming the volume and what is missing. */
export const readVolumeFiles = async (pod: Pod, volume: Volume, world: FileWorld): Promise<FileSet> => {
  const kind = KINDS.find((one) => Object.hasOwn(volume, one));
  const given: unknown = kind && (volume as unknown as Readonly<Record<string, unknown>>)[kind];
  if (kind === undefined || !isObject(given)) {
    const unknown = Object.keys(volume).find((key) => key !== 'name') ?? '';
    throw failedMount(`volume ${volume.name}: not supported yet: ${unknown}`);
  }
  const mode = typeof given['defaultMode'] === 'number' ? given['defaultMode'] : DEFAULT_MODE;
  if (kind !== 'projected') return sourceFiles(pod, { kind, source: given, volume: volume.name, mode }, world);
  const sources = Array.isArray(given['sources']) ? given['sources'].filter(isObject) : [];
  const sets = await Promise.all(
    sources.flatMap((one) =>
      Object.entries(one).map(([part, source]) =>
        sourceFiles(pod, { kind: part, source: isObject(source) ? source : {}, volume: volume.name, mode }, world),
      ),
    ),
  );
  return Object.assign({}, ...sets) as FileSet;
};

const sourceFiles = async (pod: Pod, from: NamedSource, world: FileWorld): Promise<FileSet> => {
  switch (from.kind) {
    case 'downwardAPI':
      return downwardFiles(pod, from, world);
    case 'serviceAccountToken':
      return tokenFiles(from, world);
    default:
      return keyedFiles(from, world);
  }
};

const downwardFiles = (pod: Pod, { source, mode, volume }: NamedSource, world: FileWorld): FileSet =>
  Object.fromEntries(
    (source.items ?? []).map((item) => {
      if (!item.fieldRef && !item.resourceFieldRef)
        throw failedMount(`volume ${volume}: downwardAPI item ${item.path}: set fieldRef or resourceFieldRef`);
      const text = item.fieldRef
        ? readPodField(pod, item.fieldRef.fieldPath, world.podIP)
        : readResourceField(pod, item.resourceFieldRef ?? { resource: '' }, { capacity: nodeCapacity() });
      return [item.path, { content: Buffer.from(text), mode: item.mode ?? mode }] as const;
    }),
  );

const tokenFiles = async (from: NamedSource, world: FileWorld): Promise<FileSet> => {
  // A cluster without keys gives no tokens; its pods run all the same.
  if (!world.token) return {};
  const { audience, expirationSeconds, path } = from.source as {
    readonly audience?: string;
    readonly expirationSeconds?: number;
    readonly path?: string;
  };
  const token = await world.token({
    audience: audience === '' ? undefined : audience,
    expirationSeconds: expirationSeconds ?? TOKEN_SECONDS,
  });
  return { [path ?? 'token']: { content: Buffer.from(token), mode: from.mode } };
};

const keyedFiles = async (from: NamedSource, world: FileWorld): Promise<FileSet> => {
  const { source, mode } = from;
  const data = await keyedData(from, world);
  if (data === undefined) return {};
  if (!source.items) return Object.fromEntries(Object.entries(data).map(([key, content]) => [key, { content, mode }]));
  const chosen = source.items.flatMap((item) => {
    const key = item.key ?? '';
    const content = Object.hasOwn(data, key) ? data[key] : undefined;
    if (content !== undefined) return [[item.path, { content, mode: item.mode ?? mode }] as const];
    if (source.optional) return [];
    throw failedMount(`volume ${from.volume}: references non-existent key: ${key}`);
  });
  return Object.fromEntries(chosen);
};

/** Name of the config map every namespace of a cluster with certificates has. */
const ROOT_CA = 'kube-root-ca.crt';

/** The entries of an object by key; `undefined` for an absent one that is not needed. */
const keyedData = async (
  { kind, source, volume }: NamedSource,
  world: FileWorld,
): Promise<Readonly<Record<string, Buffer>> | undefined> => {
  const name = source.secretName ?? source.name ?? '';
  if (kind !== 'configMap' && kind !== 'secret') throw failedMount(`volume ${volume}: not supported yet: ${kind}`);
  const found = kind === 'configMap' ? await world.objects.configMap(name) : await world.objects.secret(name);
  const binary = found && 'binaryData' in found ? found.binaryData : undefined;
  if (found)
    return {
      ...buffers(found.data, kind === 'secret' ? 'base64' : 'utf8'),
      ...buffers(binary, 'base64'),
    };
  if (source.optional || (name === ROOT_CA && !world.token)) return undefined;
  const what = `${kind.toLowerCase()} ${JSON.stringify(name)}`;
  throw failedMount(`MountVolume.SetUp failed for volume ${JSON.stringify(volume)} : ${what} not found`);
};

const buffers = (
  data: Readonly<Record<string, string>> | undefined,
  encoding: 'utf8' | 'base64',
): Readonly<Record<string, Buffer>> =>
  Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, encoding)]));

const failedMount = (message: string): Failure => new Failure(message, { code: 'FailedMount', retryable: true });
