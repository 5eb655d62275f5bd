/**
 * The port through which the kubelet and its runtimes learn how pods reach the rest of the cluster.
 */

/** Where a pod finds the API server. */
export interface ApiServerEntry {
  readonly host: string;
  readonly port: number;
  /** Names to be put into the pod's hosts file, when `host` is one that nobody else resolves. */
  readonly names?: readonly (readonly [name: string, address: string])[];
}

/** What of the network of services works here. */
export interface NetworkStatus {
  readonly isWhole: boolean;
  /** What does not work and why, in one line; empty when all does. */
  readonly message: string;
}

/**
 * How pods reach the rest of the cluster. `bridge` gives an address of this machine that pods with a network of their own
 * reach; pods on the machine's network have none.
 */
export interface PodNetworkAccess {
  /** Address of the name server; `undefined` where none can be had. */
  nameServer(bridge?: () => Promise<string>): Promise<string | undefined>;
  /** `undefined` when it cannot be reached. */
  apiServer(bridge?: () => Promise<string>): Promise<ApiServerEntry | undefined>;
  status(): NetworkStatus;
}
