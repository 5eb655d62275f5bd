/**
 * A pod's volumes as folders of this machine. @spec https://kubernetes.io/docs/concepts/storage/volumes/
 */
import fs from 'node:fs/promises';
import path from 'node:path';

import { Failure, isObject } from '@argosy/base';
import type { Container, Pod, Volume } from '@argosy/kube';

import { readPodField } from '../environment/pod-field.ts';
import type { NamespaceObjects } from '../environment/resolve-environment.ts';
import type { ContainerLaunch } from '../pod-runtime.ts';
import { claimedVolumePath } from './claimed-volume.ts';

/** What volumes are made from. */
export interface VolumeWorld {
  readonly objects: NamespaceObjects;
  readonly podDirectory: string;
  readonly podIP: string;
}

type FileSet = Readonly<Record<string, { readonly content: Buffer; readonly mode: number }>>;

/** Makes all volumes; returns their paths by name. Throws a Failure FailedMount naming the volume and what is missing. */
export const prepareVolumes = async (pod: Pod, world: VolumeWorld): Promise<ReadonlyMap<string, string>> => {
  const made = new Map<string, string>();
  for (const volume of pod.spec?.volumes ?? []) made.set(volume.name, await prepareVolume(pod, volume, world));
  return made;
};

/** A container's mounts. Throws a Failure CreateContainerConfigError for a volume that is not declared or a path that leaves it. */
export const toMounts = async (
  container: Container,
  volumes: ReadonlyMap<string, string>,
): Promise<ContainerLaunch['mounts']> => {
  const mounts: { containerPath: string; hostPath: string; readOnly: boolean }[] = [];
  for (const mount of container.volumeMounts ?? []) {
    const volume = volumes.get(mount.name);
    if (volume === undefined)
      throw failure(
        'CreateContainerConfigError',
        `volumeMounts: volume "${mount.name}" is not declared in spec.volumes`,
      );
    const hostPath = mount.subPath ? inside(volume, mount.subPath) : volume;
    if (mount.subPath) {
      if (!(await exists(hostPath))) await fs.mkdir(hostPath, { recursive: true });
      const [root, real] = await Promise.all([fs.realpath(volume), fs.realpath(hostPath)]);
      if (real !== root && !real.startsWith(`${root}/`))
        throw failure('CreateContainerConfigError', `subPath ${mount.subPath} leaves its volume`);
    }
    mounts.push({ containerPath: mount.mountPath, hostPath, readOnly: mount.readOnly ?? false });
  }
  return mounts;
};

const prepareVolume = async (pod: Pod, volume: Volume, world: VolumeWorld): Promise<string> => {
  if (volume.hostPath) return prepareHostPath(volume.hostPath.path, volume.hostPath.type);
  if (volume.persistentVolumeClaim) return prepareClaimed(volume.persistentVolumeClaim.claimName, world);
  const kind = Object.keys(volume).find((key) => key !== 'name') ?? 'emptyDir';
  const folder = path.join(world.podDirectory, 'volumes', inside('/', volume.name).slice(1));
  await fs.mkdir(folder, { recursive: true });
  if (kind === 'emptyDir') {
    await fs.chmod(folder, 0o777);
    return folder;
  }
  const source = (volume as unknown as Readonly<Record<string, unknown>>)[kind];
  const files =
    kind === 'projected'
      ? await projectedFiles(pod, source, world)
      : await sourceFiles(pod, { kind, source, volume: volume.name }, world);
  for (const [name, { content, mode }] of Object.entries(files)) {
    const file = inside(folder, name);
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.rm(file, { force: true });
    await fs.writeFile(file, content, { mode });
  }
  return folder;
};

const prepareHostPath = async (hostPath: string, type = ''): Promise<string> => {
  if (type === 'DirectoryOrCreate') await fs.mkdir(hostPath, { recursive: true });
  if (!(await exists(hostPath))) throw failure('FailedMount', `hostPath ${hostPath} does not exist on this host`);
  return hostPath;
};

const prepareClaimed = async (claim: string, world: VolumeWorld): Promise<string> => {
  const volume = await world.objects.claimedVolume(claim);
  if (!volume) throw failure('FailedMount', `persistentvolumeclaim ${JSON.stringify(claim)} is not bound to a volume`);
  return claimedVolumePath(volume, world.podDirectory);
};

const projectedFiles = async (pod: Pod, projected: unknown, world: VolumeWorld): Promise<FileSet> => {
  const sources =
    isObject(projected) && Array.isArray(projected['sources'])
      ? (projected['sources'] as readonly Readonly<Record<string, unknown>>[])
      : [];
  const sets = await Promise.all(
    sources.map((one) => {
      const kind = Object.keys(one)[0] ?? '';
      return sourceFiles(pod, { kind, source: one[kind], volume: 'projected' }, world);
    }),
  );
  return Object.assign({}, ...sets) as FileSet;
};

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
  }[];
}

const sourceFiles = async (
  pod: Pod,
  from: { readonly kind: string; readonly source: unknown; readonly volume: string },
  world: VolumeWorld,
): Promise<FileSet> => {
  const source = (from.source ?? {}) as FileSource;
  const mode = source.defaultMode ?? 0o644;
  if (from.kind === 'downwardAPI') {
    const entries = (source.items ?? []).map((item) => {
      if (!item.fieldRef)
        throw failure(
          'FailedMount',
          `volume ${from.volume}: not supported yet: downwardAPI item ${item.path} without fieldRef`,
        );
      const content = Buffer.from(readPodField(pod, item.fieldRef.fieldPath, world.podIP));
      return [item.path, { content, mode: item.mode ?? mode }] as const;
    });
    return Object.fromEntries(entries);
  }
  const data = await keyedData(from, source, world);
  if (!source.items) return Object.fromEntries(Object.entries(data).map(([key, content]) => [key, { content, mode }]));
  const chosen = source.items.flatMap((item) => {
    const key = item.key ?? '';
    const content = Object.hasOwn(data, key) ? data[key] : undefined;
    if (content !== undefined) return [[item.path, { content, mode: item.mode ?? mode }] as const];
    if (source.optional) return [];
    throw failure('FailedMount', `volume ${from.volume}: references non-existent key: ${key}`);
  });
  return Object.fromEntries(chosen);
};

const keyedData = async (
  from: { readonly kind: string; readonly volume: string },
  source: FileSource,
  world: VolumeWorld,
): Promise<Readonly<Record<string, Buffer>>> => {
  const name = source.secretName ?? source.name ?? '';
  if (from.kind === 'configMap') {
    const found = await world.objects.configMap(name);
    if (!found && !source.optional)
      throw failure(
        'FailedMount',
        `MountVolume.SetUp failed for volume "${from.volume}" : configmap "${name}" not found`,
      );
    return { ...buffers(found?.data, 'utf8'), ...buffers(found?.binaryData, 'base64') };
  }
  if (from.kind === 'secret') {
    const found = await world.objects.secret(name);
    if (!found && !source.optional)
      throw failure('FailedMount', `MountVolume.SetUp failed for volume "${from.volume}" : secret "${name}" not found`);
    return buffers(found?.data, 'base64');
  }
  throw failure('FailedMount', `volume ${from.volume}: not supported yet: ${from.kind}`);
};

const buffers = (
  data: Readonly<Record<string, string>> | undefined,
  encoding: 'utf8' | 'base64',
): Readonly<Record<string, Buffer>> =>
  Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, encoding)]));

/** Joins, and refuses what would leave the folder. */
const inside = (folder: string, name: string): string => {
  const joined = path.resolve(folder, name);
  const root = path.resolve(folder);
  if (!path.isAbsolute(name) && joined !== root && joined.startsWith(root === '/' ? '/' : `${root}/`)) return joined;
  throw failure('FailedMount', `path ${JSON.stringify(name)} must be relative and may not leave its volume`);
};

const exists = (file: string): Promise<boolean> =>
  fs.access(file).then(
    () => true,
    () => false,
  );

const failure = (code: string, message: string): Failure => new Failure(message, { code, retryable: true });
