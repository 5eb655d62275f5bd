/**
 * Files of /etc that a pod has of its own: its name, hosts it names, and how it resolves names.
 */
import fs from 'node:fs';
import path from 'node:path';

import {
  formatResolvConf,
  nameResolutionOf,
  parseResolvConf,
  type NameResolution,
} from '../../environment/name-resolution.ts';
import type { PodNetworkAccess } from '../../pod-network-access.ts';
import type { ContainerLaunch } from '../../pod-runtime.ts';
import { kernelHostnameOf } from '../pod-hostname.ts';
import { hostsEntries, ownEntry } from './hosts-file.ts';

/** A launch with these files mounted, where its author has put nothing else; they lie in the pod's folder. */
export const withOwnFiles = async (
  launch: ContainerLaunch,
  of: { readonly podFolder: string; readonly network: PodNetworkAccess | undefined; readonly podIP: string },
): Promise<ContainerLaunch> => {
  const { pod } = launch;
  const name = kernelHostnameOf(pod);
  const hosts = [name === undefined ? '' : ownEntry(pod, of.podIP), hostsEntries(pod) ?? ''].join('');
  const resolution = nameResolutionOf(launch.pod, {
    nameServer: await of.network?.nameServer(),
    machine: machineResolution(),
  });
  const files = [
    ...(hosts === '' ? [] : [{ name: 'hosts', text: readText('/etc/hosts') + hosts }]),
    ...(name === undefined ? [] : [{ name: 'hostname', text: `${name}\n` }]),
    ...(resolution === undefined ? [] : [{ name: 'resolv.conf', text: formatResolvConf(resolution) }]),
  ];
  const isTaken = ({ name: file }: { readonly name: string }): boolean =>
    launch.mounts.some(({ containerPath }) => `/etc/${file}/`.startsWith(`${path.posix.resolve('/', containerPath)}/`));
  const mounts = files
    .filter((file) => !isTaken(file))
    .map(({ name, text }) => {
      const hostPath = path.join(of.podFolder, `etc-${name}`);
      fs.writeFileSync(hostPath, text, { mode: 0o644 });
      return { containerPath: `/etc/${name}`, hostPath, readOnly: false };
    });
  return { ...launch, mounts: [...launch.mounts, ...mounts] };
};

const machineResolution = (): NameResolution => parseResolvConf(readText('/etc/resolv.conf'));

const readText = (file: string): string => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};
