/**
 * Credential plugins: a program prints an ExecCredential, which is used until it ends or the server refuses it.
 * @spec https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
import { Failure, isObject, parseTimestamp, type Clock, type Instant } from '@argosy/base';

import type { Credentials, CredentialSource } from './cluster-access.ts';
import type { CommandOutcome, RunCommand } from './run-command.ts';

/** A plugin as a kubeconfig declares it. */
export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What a person may do when the program is missing. */
  readonly installHint?: string;
  /** Handed to the program when it asks for it by `provideClusterInfo`. */
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly interactiveMode: 'Never' | 'IfAvailable' | 'Always';
}

/** Versions of ExecCredential that are understood. */
export const EXEC_API_VERSIONS: readonly string[] = [
  'client.authentication.k8s.io/v1',
  'client.authentication.k8s.io/v1beta1',
];

/** What running a plugin needs of the machine. */
export interface ExecPorts {
  readonly run: RunCommand;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether a person sits at a terminal. */
  readonly isTerminal: boolean;
}

/** Ports of plugins. */
export interface ExecDeps extends ExecPorts {
  readonly clock: Clock;
}

/** Plugins may open a browser and wait for a person. */
const LONGEST_RUN_MS = 5 * 60_000;
const LONGEST_OUTPUT = 1024 * 1024;

/** Runs the plugin once for all who wait; again when what it gave has expired or was refused. */
export const execCredentials = (deps: ExecDeps, plugin: ExecPlugin): CredentialSource => {
  let known: Granted | undefined;
  let running: Promise<Granted> | undefined;
  const renew = async (): Promise<Granted> => {
    running ??= runPlugin(deps, plugin).finally(() => (running = undefined));
    known = await running;
    return known;
  };
  return {
    current: async () => {
      const valid = known && (known.expires === undefined || deps.clock.now() < known.expires) ? known : undefined;
      return (valid ?? (await renew())).credentials;
    },
    refused: (credentials) => {
      if (known?.credentials === credentials) known = undefined;
      return true;
    },
  };
};

interface Granted {
  readonly credentials: Credentials;
  readonly expires?: Instant;
}

const runPlugin = async (deps: ExecDeps, plugin: ExecPlugin): Promise<Granted> => {
  if (plugin.interactiveMode === 'Always' && !deps.isTerminal)
    throw unavailable(plugin, 'needs a terminal (interactiveMode: Always), and standard input is none');
  const interactive = plugin.interactiveMode !== 'Never' && deps.isTerminal;
  const outcome = await deps.run({
    command: plugin.command,
    args: plugin.args,
    environment: {
      ...deps.environment,
      ...plugin.environment,
      KUBERNETES_EXEC_INFO: JSON.stringify({
        kind: 'ExecCredential',
        apiVersion: plugin.apiVersion,
        spec: { interactive, ...(plugin.cluster ? { cluster: plugin.cluster } : {}) },
      }),
    },
    interactive,
    timeoutMs: LONGEST_RUN_MS,
    longestOutput: LONGEST_OUTPUT,
  });
  return readCredential(plugin, printed(plugin, outcome));
};

/** What the program printed holds secrets: it is read, never quoted. */
const printed = (plugin: ExecPlugin, outcome: CommandOutcome): string => {
  switch (outcome.kind) {
    case 'missing':
      throw unavailable(plugin, `was not found${plugin.installHint ? `\n${plugin.installHint}` : '; install it'}`);
    case 'failed':
      throw unavailable(plugin, `failed: ${outcome.why}`);
    case 'ended':
      if (outcome.exitCode === 0) return outcome.output;
      throw unavailable(plugin, `ended with exit code ${outcome.exitCode}: ${outcome.errors.trim().slice(-500)}`);
  }
};

const readCredential = (plugin: ExecPlugin, output: string): Granted => {
  const document = parseDocument(plugin, output);
  if (document['kind'] !== 'ExecCredential') throw unavailable(plugin, 'printed something else than an ExecCredential');
  if (document['apiVersion'] !== plugin.apiVersion)
    throw unavailable(
      plugin,
      `printed version ${JSON.stringify(document['apiVersion'])} where the kubeconfig says ${plugin.apiVersion}`,
    );
  const status = isObject(document['status']) ? document['status'] : {};
  const token = text(status['token']);
  const clientCertificate = text(status['clientCertificateData']);
  const clientKey = text(status['clientKeyData']);
  if (!token && !clientCertificate) throw unavailable(plugin, 'gave neither status.token nor a client certificate');
  if (Boolean(clientCertificate) !== Boolean(clientKey))
    throw unavailable(plugin, 'gave one of status.clientCertificateData and clientKeyData without the other');
  const expires = parseTimestamp(text(status['expirationTimestamp']));
  return {
    credentials: {
      ...(token ? { token } : {}),
      ...(clientCertificate && clientKey ? { clientCertificate, clientKey } : {}),
    },
    ...(expires === undefined ? {} : { expires }),
  };
};

const parseDocument = (plugin: ExecPlugin, output: string): Readonly<Record<string, unknown>> => {
  try {
    const parsed: unknown = JSON.parse(output);
    if (isObject(parsed)) return parsed;
  } catch {
    // The parser's message quotes its input, which may be a token.
  }
  throw unavailable(plugin, 'printed something that is not a JSON object');
};

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const unavailable = (plugin: ExecPlugin, why: string): Failure =>
  new Failure(`the credential plugin ${plugin.command} ${why}`, { code: 'CredentialsUnavailable' });
