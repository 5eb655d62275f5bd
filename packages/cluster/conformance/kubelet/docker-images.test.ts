import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CORE_EVENTS, SECRETS, SERVICE_ACCOUNTS, type Pod, type ServiceAccount } from '@argosy/kube';

import { buildPauseArchive } from '../../src/kubelet/runtimes/docker/pause-image.ts';
import { engine, eventually, startDockerWorld, type DockerWorld } from './docker-world.ts';

const digestOf = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** A registry with one image, whose program sleeps, under every name. */
const buildImage = (architecture: string): ReadonlyMap<string, Buffer> => {
  const layer = buildPauseArchive(architecture);
  const packed = gzipSync(layer);
  const config = Buffer.from(
    JSON.stringify({
      architecture,
      os: 'linux',
      config: { Entrypoint: ['/pause'] },
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    }),
  );
  const part = (mediaType: string, content: Buffer) => ({ mediaType, size: content.length, digest: digestOf(content) });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: part('application/vnd.docker.container.image.v1+json', config),
      layers: [part('application/vnd.docker.image.rootfs.diff.tar.gzip', packed)],
    }),
  );
  return new Map([config, packed, manifest].map((content) => [digestOf(content), content])).set('1', manifest);
};
const V2 = { 'docker-distribution-api-version': 'registry/2.0' };
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

describe.skipIf(!engine)('images of the docker runtime', () => {
  let world: DockerWorld;
  let registry: http.Server;
  let manifests = 0;
  let isPrivate = false;
  const privateImage = (): string => image().replace('/team/', '/private/');
  const image = (): string => `127.0.0.1:${(registry.address() as AddressInfo).port}/team/sleeper:1`;
  const listen = (port: number): Promise<void> => new Promise((resolve) => registry.listen(port, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      registry.close(() => resolve());
      registry.closeAllConnections();
    });
  const runPod = async (name: string, of: { readonly image: string; readonly policy: string }): Promise<Pod> => {
    await world.create(name, { containers: [{ name: 'main', image: of.image, imagePullPolicy: of.policy }] });
    return world.until(name, ({ status }) => status?.containerStatuses?.[0]?.state?.running);
  };

  beforeAll(async () => {
    const version = (await engine?.call({ method: 'GET', path: '/version' })) as { readonly Arch?: string } | undefined;
    const contents = buildImage(version?.Arch ?? '');
    registry = http.createServer((request, response) => {
      const key = request.url?.split('/').at(-1) ?? '';
      const content = contents.get(key);
      const isLetIn = request.headers.authorization === `Basic ${Buffer.from('bob:secret').toString('base64')}`;
      if (request.url?.startsWith('/v2/private/') && !isLetIn)
        return response.writeHead(401, { ...V2, 'www-authenticate': 'Basic realm="test"' }).end();
      if (request.url === '/v2/' && isPrivate && !isLetIn)
        return response.writeHead(401, { ...V2, 'www-authenticate': 'Basic realm="test"' }).end();
      if (request.url === '/v2/') return response.writeHead(200, V2).end('{}');
      if (!content) return response.writeHead(404, V2).end();
      const isManifest = request.url?.includes('/manifests/');
      if (isManifest && request.method === 'GET') manifests += 1;
      const type = isManifest ? MANIFEST : 'application/octet-stream';
      response.writeHead(200, {
        'content-type': type,
        'content-length': content.length,
        'docker-content-digest': digestOf(content),
      });
      return response.end(request.method === 'HEAD' ? undefined : content);
    });
    await listen(0);
    world = await startDockerWorld([], () => []);
  });
  afterAll(async () => {
    const names = [image(), privateImage()];
    await world.stop();
    await close();
    for (const name of names)
      await engine?.call({ method: 'DELETE', path: `/images/${name}`, query: { force: true } }).catch(() => undefined);
  });

  it('are pulled when absent, and not again', async () => {
    await runPod('first', { image: image(), policy: 'IfNotPresent' });
    const pulled = manifests;
    expect(pulled).toBeGreaterThan(0);
    await runPod('second', { image: image(), policy: 'IfNotPresent' });
    await runPod('third', { image: image(), policy: 'Never' });
    expect(manifests).toBe(pulled);
  });

  it('are pulled with the secrets of the pod, or of its account', async () => {
    isPrivate = true;
    const { port } = registry.address() as AddressInfo;
    const content = { auths: { [`127.0.0.1:${port}`]: { username: 'bob', password: 'secret' } } };
    await world.client.create(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/dockerconfigjson',
      metadata: { name: 'registry', namespace: 'default' },
      data: { '.dockerconfigjson': Buffer.from(JSON.stringify(content)).toString('base64') },
    });
    const container = { name: 'main', image: privateImage(), imagePullPolicy: 'Always' };
    await world.create('refused', { containers: [container] });
    await world.until(
      'refused',
      ({ status }) => status?.containerStatuses?.[0]?.state?.waiting?.reason === 'ErrImagePull',
    );
    await world.create('let-in', { containers: [container], imagePullSecrets: [{ name: 'registry' }] });
    await world.until('let-in', ({ status }) => status?.containerStatuses?.[0]?.state?.running);
    await world.client.create(SERVICE_ACCOUNTS, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'puller', namespace: 'default' },
      imagePullSecrets: [{ name: 'registry' }],
    } as ServiceAccount);
    await world.create('by-account', { containers: [container], serviceAccountName: 'puller' });
    await world.until('by-account', ({ status }) => status?.containerStatuses?.[0]?.state?.running);
    isPrivate = false;
    const events = await eventually('events', async () => {
      const all = (await world.client.list(CORE_EVENTS, { namespace: 'default' })).items;
      const reasons = all.filter((one) => one.involvedObject.name === 'let-in').map(({ reason }) => reason);
      return reasons.includes('Started') && reasons;
    });
    expect(new Set(events)).toEqual(new Set(['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started']));
  });

  it('of this machine are used when the registry cannot be reached', async () => {
    const { port } = registry.address() as AddressInfo;
    const name = image();
    await close();
    await runPod('offline', { image: name, policy: 'Always' });
    await listen(port);
  });
});
