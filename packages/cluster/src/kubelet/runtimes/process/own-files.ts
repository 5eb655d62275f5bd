/**
 * Files of /etc that a pod has of its own: hosts it names, and how it resolves names.
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
import { hostsEntries } from './hosts-file.ts';

/** A launch with these files mounted; they lie in the pod's folder. */
export const withOwnFiles = async (
  launch: ContainerLaunch,
  of: { readonly podFolder: string; readonly network: PodNetworkAccess | undefined },
): Promise<ContainerLaunch> => {
  const hosts = hostsEntries(launch.pod);
  const resolution = nameResolutionOf(launch.pod, {
    nameServer: await of.network?.nameServer(),
    machine: machineResolution(),
  });
  const files = [
    ...(hosts === undefined ? [] : [{ name: 'hosts', text: readText('/etc/hosts') + hosts }]),
    ...(resolution === undefined ? [] : [{ name: 'resolv.conf', text: formatResolvConf(resolution) }]),
  ];
  const mounts = files.map(({ name, text }) => {
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
