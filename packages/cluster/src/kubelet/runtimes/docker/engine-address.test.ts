import { describe, expect, it } from 'vitest';

import { formatEngineAddress, resolveEngineAddresses } from './engine-address.ts';

describe('addresses of engines', () => {
  it.each([
    { reason: 'a socket', host: 'unix:///run/x.sock', expected: 'unix:///run/x.sock' },
    { reason: 'the usual port', host: 'tcp://localhost', expected: 'tcp://localhost:2375' },
    { reason: 'a port', host: 'tcp://127.0.0.1:99', expected: 'tcp://127.0.0.1:99' },
  ])('takes $reason', ({ host, expected }) =>
    expect(resolveEngineAddresses({ DOCKER_HOST: host, HOME: '/h' }).map(formatEngineAddress)).toEqual([expected]),
  );
  it.each(['ssh://box', 'tcp://10.0.0.1:2375', 'npipe:////./pipe/docker_engine', 'unix://'])('refuses %s', (host) =>
    expect(() => resolveEngineAddresses({ DOCKER_HOST: host })).toThrow(`DOCKER_HOST=${host} is not supported`),
  );
  it('tries docker before podman', () =>
    expect(resolveEngineAddresses({ HOME: '/h', XDG_RUNTIME_DIR: '/r' }).map(formatEngineAddress)).toEqual([
      'unix:///var/run/docker.sock',
      'unix:///r/docker.sock',
      'unix:///h/.docker/run/docker.sock',
      'unix:///r/podman/podman.sock',
      'unix:///run/podman/podman.sock',
    ]));
});
