/** What the gateway is made of. */
import type { Clock, Logger, Random } from '@argosy/base';
import type { Client, InformerSet } from '@argosy/client';

/** Ports of the gateway. */
export interface GatewayDeps {
  readonly client: Client;
  /** Running, or run later; the gateway answers 503 until they have synced. */
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Where the gateway listens. Port 0 takes a free one. */
export interface GatewayOptions {
  /** Default 127.0.0.1: nothing outside the machine gets in unasked. */
  readonly host?: string;
  /** Where requests come in; default 2748. */
  readonly port?: number;
  /** Where measurements are read; its own port, so that no path of a user is taken. Default 2749. */
  readonly metricsPort?: number;
}
