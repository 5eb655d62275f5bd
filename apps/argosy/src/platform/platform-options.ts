/**
 * What a platform is started with.
 */
import type { Clock, Logger, Random } from '@argosy/base';

/** The flag of `gitSizeLimitBytes`; errors name it. */
export const GIT_SIZE_LIMIT = '--git-size-limit';

/** What may run the pods. `auto` takes what is there. */
export type RuntimeName = 'auto' | 'docker' | 'process' | 'simulated';

/** What the platform is started with. */
export interface PlatformOptions {
  readonly host: string;
  readonly port: number;
  readonly kubePort: number;
  /** Where requests to what runs on the platform come in; absent: 2748, or a free one where that is taken. */
  readonly gatewayPort?: number;
  /** Where the gateway's measurements are read; absent: 2749, or a free one where that is taken. */
  readonly gatewayMetricsPort?: number;
  readonly inMemory: boolean;
  readonly dataDirectory: string;
  readonly runtime: RuntimeName;
  /** Most of the disk that the mirror of one Git repository may take; absent: 2 GiB. */
  readonly gitSizeLimitBytes?: number;
}

/** What only the composition root may give. */
export interface PlatformDeps {
  readonly log: Logger;
  /** Environment of the programs the platform starts (git): what they need and no more. */
  readonly env: Readonly<Record<string, string>>;
}

/** The ports to the machine that every part is given. */
export interface MachinePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}
