/** The flags of commands that start a platform. */
import { InvalidArgumentError, Option, type Command } from 'commander';

import { parseQuantity } from '@argosy/base';

import { LOG_LEVELS, type LogLevel } from '../platform/machine/console-logger.ts';
import { defaultDataDirectory } from '../platform/machine/data-directory.ts';
import { GIT_SIZE_LIMIT, type PlatformOptions, type RuntimeName } from '../platform/platform-options.ts';

/** What commander gives. */
export interface PlatformFlags {
  readonly data?: string;
  readonly port: number;
  readonly kubePort: number;
  readonly gatewayPort?: number;
  readonly gatewayMetricsPort?: number;
  readonly host: string;
  readonly inMemory: boolean;
  readonly runtime: RuntimeName;
  readonly logLevel: LogLevel;
  readonly gitSizeLimit?: number;
}

/** Ports of a platform that is there to stay: users know them by heart. */
export const STANDARD_PORTS: DefaultPorts = { port: 2746, kubePort: 2747 };

/** Ports where no flag says otherwise; 0 takes a free one. */
export interface DefaultPorts {
  readonly port: number;
  readonly kubePort: number;
  readonly gatewayPort?: number;
  readonly gatewayMetricsPort?: number;
}

/** Adds the flags. */
export const addPlatformFlags = (command: Command, ports: DefaultPorts): Command =>
  command
    .option(
      '--port <number>',
      'port of the platform: pages, routes, webhooks; 0 takes a free one',
      parsePort,
      ports.port,
    )
    .option('--kube-port <number>', 'port of the Kubernetes API; 0 takes a free one', parsePort, ports.kubePort)
    .option('--gateway-port <number>', 'port of the gateway: requests to what runs here', parsePort, ports.gatewayPort)
    .option(
      '--gateway-metrics-port <number>',
      "port of the gateway's measurements",
      parsePort,
      ports.gatewayMetricsPort,
    )
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      `${GIT_SIZE_LIMIT} <size>`,
      'most that one Git repository may take of the disk, with its history, as 500Mi or 4Gi (default: 2Gi)',
      parseSize,
    )
    .addOption(new Option('--log-level <level>', 'least level to log').choices(LOG_LEVELS).default('warn'));

/** The options a platform is started with. */
export const toPlatformOptions = (flags: PlatformFlags): PlatformOptions => ({
  host: flags.host,
  port: flags.port,
  kubePort: flags.kubePort,
  ...(flags.gatewayPort === undefined ? {} : { gatewayPort: flags.gatewayPort }),
  ...(flags.gatewayMetricsPort === undefined ? {} : { gatewayMetricsPort: flags.gatewayMetricsPort }),
  inMemory: flags.inMemory,
  runtime: flags.runtime,
  ...(flags.gitSizeLimit === undefined ? {} : { gitSizeLimitBytes: flags.gitSizeLimit }),
  dataDirectory: flags.data ?? defaultDataDirectory(process.cwd(), process.env),
});

const parsePort = (text: string): number => {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('a port is a number from 0 to 65535.');
  return port;
};

const parseSize = (text: string): number => {
  const bytes = Number((parseQuantity(text) ?? 0n) / 1_000_000_000n);
  if (bytes < 1) throw new InvalidArgumentError('a size is a number of bytes, as 500Mi or 4Gi.');
  return bytes;
};
