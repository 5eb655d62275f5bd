/**
 * What the kubelet and its workers share.
 */
import type { Clock, Logger, Random } from '@argosy/base';
import type { Client, InformerSet } from '@argosy/client';
import type { Recorder } from '@argosy/controller';

import type { ServiceAccountTokens } from '../../access/service-account-tokens.ts';
import type { PodNetworkAccess } from '../pod-network-access.ts';
import type { PodRuntime, PodSupervisor } from '../pod-runtime.ts';

/** Ports of the kubelet. */
export interface KubeletDeps {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly runtime: PodRuntime;
  readonly supervisors: readonly PodSupervisor[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly recorder: Recorder;
  /** Issues the tokens that pods find in their volumes; without it they find none. */
  readonly tokens?: Pick<ServiceAccountTokens, 'issue'>;
  /** How pods reach services and the API server; without it they find addresses of services that may lead nowhere. */
  readonly network?: PodNetworkAccess;
  /** Told where pods have their folders, once per pod. */
  readonly onPrepared?: (podDirectory: string) => void;
  /** Whether the runtime took a container over from before a restart; starting the same attempt again returns it. */
  readonly isTakenOver?: (podUid: string, container: string) => boolean;
}
