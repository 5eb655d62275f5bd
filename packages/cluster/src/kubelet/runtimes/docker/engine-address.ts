/**
 * Where an engine may listen. @upstream docker cli/context/docker, podman docs/source/markdown/podman-system-service.1.md
 */
import { Failure } from '@argosy/base';

/** How to reach an engine. */
export type EngineAddress =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** Port of an engine without TLS. */
const USUAL_PORT = 2375;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/**
 * Addresses to try, in order: DOCKER_HOST alone when it is set, else the sockets Docker and Podman use. Throws a
 * Failure InvalidEngineAddress for one that cannot work: volumes are folders of this machine, so the engine must run on it. Pure.
 */
export const resolveEngineAddresses = (env: Readonly<Record<string, string | undefined>>): readonly EngineAddress[] => {
  const asked = env['DOCKER_HOST'];
  if (asked !== undefined && asked !== '') return [parseEngineAddress(asked)];
  const { HOME: home, XDG_RUNTIME_DIR: runtime } = env;
  return [
    '/var/run/docker.sock',
    ...(runtime ? [`${runtime}/docker.sock`] : []),
    ...(home ? [`${home}/.docker/run/docker.sock`] : []),
    ...(runtime ? [`${runtime}/podman/podman.sock`] : []),
    '/run/podman/podman.sock',
  ].map((path) => ({ kind: 'socket', path }));
};

/** How people write an address. Pure. */
export const formatEngineAddress = (address: EngineAddress): string =>
  address.kind === 'socket' ? `unix://${address.path}` : `tcp://${address.host}:${address.port}`;

const parseEngineAddress = (text: string): EngineAddress => {
  if (text.startsWith('unix:///')) return { kind: 'socket', path: text.slice('unix://'.length) };
  const found = /^tcp:\/\/(\[[^\]]+\]|[^:/]+)(?::(\d{1,5}))?\/?$/.exec(text);
  const host = found?.[1]?.replaceAll(/[[\]]/g, '') ?? '';
  if (LOOPBACK.test(host)) return { kind: 'tcp', host, port: Number(found?.[2] ?? USUAL_PORT) };
  throw new Failure(
    `DOCKER_HOST=${text} is not supported: use an engine of this machine, as in unix:///var/run/docker.sock`,
    {
      code: 'InvalidEngineAddress',
    },
  );
};
