/**
 * The gateway, listening.
 */
import { Failure } from '@argosy/base';
import { createGateway, type Gateway, type GatewayAddresses, type GatewayDeps } from '@argosy/cluster';

import type { Lifetime } from '../machine/lifetime.ts';
import type { PlatformOptions } from '../platform-options.ts';

/** A gateway that listens; it answers once it runs. */
export interface OpenGateway {
  readonly gateway: Gateway;
  readonly addresses: GatewayAddresses;
}

/**
 * Opens it. A port nobody asked for by name must not keep a second platform from starting: a free one is taken then.
 * Throws Failure PortInUse for others.
 */
export const openGateway = async (
  deps: GatewayDeps,
  options: PlatformOptions,
  lifetime: Lifetime,
): Promise<OpenGateway> => {
  const opened = await listen(deps, options);
  lifetime.onEnd(() => opened.gateway.close());
  return opened;
};

const listen = async (deps: GatewayDeps, options: PlatformOptions): Promise<OpenGateway> => {
  const { host, gatewayPort, gatewayMetricsPort } = options;
  const open = async (ports: { readonly port?: number; readonly metricsPort?: number }) => {
    const gateway = createGateway(deps, { host, ...ports });
    return { gateway, addresses: await gateway.listen() };
  };
  try {
    return await open({ port: gatewayPort, metricsPort: gatewayMetricsPort });
  } catch (thrown) {
    const isAsked = gatewayPort !== undefined && gatewayMetricsPort !== undefined;
    if (!(thrown instanceof Failure) || thrown.code !== 'PortInUse' || isAsked) throw thrown;
    return open({ port: gatewayPort ?? 0, metricsPort: gatewayMetricsPort ?? 0 });
  }
};
