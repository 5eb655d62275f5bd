/**
 * Streams into the pods of this node: commands, containers, ports.
 */
import net from 'node:net';
import type { Duplex } from 'node:stream';

import { ApiStatusError, formatKey, keyOf, type Pod } from '@argosy/kube';

import type { PodAccess, RunningContainer } from '../pod-runtime.ts';
import { isForeignAddress } from './foreign-address.ts';
import { findContainer } from './find-container.ts';

/** Longest a connection to a pod's port may take, in milliseconds. */
const CONNECT_MS = 10_000;

/** What runs on this node. */
export interface RunningPods {
  /** A container of a pod that runs right now. */
  running(pod: Pod, container: string): RunningContainer | undefined;
  /** The address a pod was given here. */
  addressOf(pod: Pod): string | undefined;
}

/** Gives access to what runs here. */
export const createPodStreams = (
  runtimeName: string,
  pods: RunningPods,
): Required<Pick<PodAccess, 'exec' | 'attach' | 'connect'>> => {
  const find = (pod: Pod, wanted: string | undefined): RunningContainer => {
    const name = findContainer(pod, wanted);
    const found = pods.running(pod, name);
    if (found) return found;
    throw new ApiStatusError('BadRequest', `container ${name} is not running in pod ${formatKey(keyOf(pod))}`);
  };
  const unable = (what: string): ApiStatusError =>
    new ApiStatusError('MethodNotAllowed', `the ${runtimeName} runtime runs no programs: ${what} needs one that does`);
  return {
    exec: async (pod, request) => {
      const container = find(pod, request.container);
      if (!container.open) throw unable('exec');
      return container.open(request);
    },
    attach: async (pod, request) => {
      const container = find(pod, request.container);
      if (!container.attach) throw unable('attach');
      return container.attach();
    },
    connect: async (pod, port) => {
      const address = pods.addressOf(pod) ?? elsewhere(pod);
      if (!address || runtimeName === 'simulated') throw unable('port-forward');
      return connectTo(address, port);
    },
  };
};

/** Pods of other nodes are where their status says, but nobody reaches this machine's own servers by writing one. */
const elsewhere = ({ status }: Pod): string | undefined => {
  const { podIP } = status ?? {};
  if (podIP && !isForeignAddress(podIP)) throw new ApiStatusError('BadRequest', 'address not allowed');
  return podIP;
};

const connectTo = (host: string, port: number): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const socket = net.connect({ host, port, timeout: CONNECT_MS });
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('timeout', () => socket.destroy(new Error('connection timed out')));
    socket.once('error', (error) =>
      reject(new Error(`connect to port ${port} of the pod at ${host}: ${error.message}`)),
    );
  });
