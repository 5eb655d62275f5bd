import { afterEach, describe, expect, it } from 'vitest';

import { createSystemClock } from '@argosy/base';

import {
  createHttpPort,
  createMemoryBlobStore,
  createNetworkSources,
  isOciAddress,
  parseManifests,
  renderHelmText,
  type RepositoryAccess,
  type Tree,
} from '../src/index.ts';
import { aChart, CHART_LAYER, serveRegistry, type Artifact, type TestRegistry } from './registry-server.ts';
import { chartArchive, serve, tarArchive, type Answer, type TestServer } from './repository-server.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
const start = async (...args: Parameters<typeof serveRegistry>): Promise<TestRegistry> => {
  const server = await serveRegistry(...args);
  servers.push(server);
  return server;
};

const readers = () =>
  createNetworkSources({ http: createHttpPort(), blobs: createMemoryBlobStore(), clock: createSystemClock() });
const PLAIN: RepositoryAccess = { identity: '', plainHttp: true };
const AS_USER: RepositoryAccess = { ...PLAIN, identity: 'me', username: 'me', password: 'secret-word' };
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
const anArtifact = (files: Readonly<Record<string, string>>): Artifact => ({
  layers: [{ type: LAYER, data: tarArchive(files) }],
  annotations: { 'org.opencontainers.image.title': 'apps' },
});
const texts = async (tree: Tree, path: string): Promise<string> => Buffer.from(await tree.read(path)).toString();

describe('charts of a registry', () => {
  const versions = ['1.0.0', '1.2.0', '1.3.0_build.1', '2.0.0-rc1', 'latest'];
  const charts = Object.fromEntries(
    versions.map((tag) => [`charts/web:${tag}`, aChart(chartArchive('web', tag.replace('_', '+')))] as const),
  );

  it('are found by tag and constraint, plus signs written as underscores', async () => {
    const server = await start(charts);
    const request = { repository: `${server.host}/charts`, chart: 'web', access: PLAIN };
    const found = ['1.0.0', '>=1.0.0', '1.2.x', '', '*-0', '1.3.0+build.1'].map((version) =>
      readers().charts.resolve({ ...request, version }),
    );
    expect(await Promise.all(found)).toEqual([
      '1.0.0',
      '1.3.0+build.1',
      '1.2.0',
      '1.3.0+build.1',
      '2.0.0-rc1',
      '1.3.0+build.1',
    ]);
    const { tree } = await readers().charts.open({ ...request, version: '1.3.0+build.1' });
    expect((await renderHelmText(tree)).text).toContain('version: "1.3.0+build.1"');
    await expect(readers().charts.resolve({ ...request, version: '^7' })).rejects.toThrow(/no tag satisfies "\^7"/);
    await expect(readers().charts.open({ ...request, version: '7.0.0' })).rejects.toMatchObject({ code: 'NotFound' });
  });

  it('lie in the folder of their name, whatever stands beside it', async () => {
    const chart = { 'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n', 'web/values.yaml': 'a: 1\n' };
    const archive = tarArchive({ ...chart, 'notes/values.yaml': 'a: 2\n', 'notes/b.txt': '' });
    const server = await start({ 'charts/web:1.0.0': aChart(archive), 'charts/other:1.0.0': aChart(archive) });
    const { charts } = readers();
    const open = async (chart: string): Promise<readonly string[]> => {
      const request = { repository: `${server.host}/charts`, chart, version: '1.0.0', access: PLAIN };
      return (await (await charts.open(request)).tree.list('')).map(({ path }) => path);
    };
    expect(await open('web')).toEqual(['Chart.yaml', 'values.yaml']);
    // None of its name: all of it, as helm reads it. The same bytes under another name are another tree.
    expect(await open('other')).toEqual(['Chart.yaml', 'b.txt', 'values.yaml']);
    const inRepository = { repository: `${server.host}/charts/web`, chart: '', version: '1.0.0', access: PLAIN };
    expect(await texts((await charts.open(inRepository)).tree, 'values.yaml')).toBe('a: 1\n');
  });
  it('are let in by a token, which is asked for once', async () => {
    const tokens: string[] = [];
    const server = await start(charts, (request, url) => {
      const path = new URL(request.url ?? '', url);
      if (path.pathname === '/token') {
        if (request.headers.authorization !== `Basic ${Buffer.from('me:secret-word').toString('base64')}`)
          return { status: 401 };
        tokens.push(path.search);
        return JSON.stringify({ token: 'abc' });
      }
      if (request.headers.authorization === 'Bearer abc') return undefined;
      const challenge = `Bearer realm="${url}/token",service="reg",scope="repository:charts/web:pull"`;
      return { status: 401, headers: { 'www-authenticate': challenge } };
    });
    const request = { repository: `oci://${server.host}/charts`, chart: 'web', version: '^1' };
    const { charts: reader } = readers();
    expect((await reader.open({ ...request, access: AS_USER })).version).toBe('1.3.0+build.1');
    expect(tokens).toEqual(['?service=reg&scope=repository%3Acharts%2Fweb%3Apull']);
    await expect(reader.open({ ...request, access: PLAIN })).rejects.toMatchObject({ code: 'Unauthorized' });
    await expect(
      reader.open({ ...request, access: { ...AS_USER, identity: 'x', password: 'secret-wrong' } }),
    ).rejects.toThrow(/^(?!.*secret-wrong).*access denied/s);
  });

  it('are let in by user and password', async () => {
    const server = await start(charts, (request) =>
      request.headers.authorization?.startsWith('Basic ')
        ? undefined
        : { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
    );
    const request = { repository: `${server.host}/charts`, chart: 'web', version: '1.0.0' };
    expect((await readers().charts.open({ ...request, access: AS_USER })).version).toBe('1.0.0');
  });

  it('lie behind redirects, which see no credentials', async () => {
    const seen: (string | undefined)[] = [];
    const store = await serve(async (request) => {
      seen.push(request.headers.authorization);
      return chartArchive('web', '1.0.0');
    });
    servers.push(store);
    const server = await start({ 'web:1.0.0': aChart(chartArchive('web', '1.0.0')) }, (request): Answer | undefined => {
      if (request.url?.includes('/blobs/')) return { status: 307, headers: { location: `${store.url}/x` } };
      return request.headers.authorization
        ? undefined
        : { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } };
    });
    await readers().charts.open({ repository: server.host, chart: 'web', version: '1.0.0', access: AS_USER });
    expect(seen).toEqual([undefined]);
  });

  it('tell nobody behind a redirect who asks, whatever it asks for', async () => {
    const seen: (string | undefined)[] = [];
    const thief = await serve((request, url) => {
      seen.push(request.headers.authorization);
      if (request.url?.startsWith('/token')) return JSON.stringify({ token: 'stolen' });
      return { status: 401, headers: { 'www-authenticate': `Bearer realm="${url}/token",service="x",scope="y"` } };
    });
    servers.push(thief);
    const server = await start({ 'web:1.0.0': aChart(chartArchive('web', '1.0.0')) }, (request): Answer | undefined =>
      request.url?.includes('/blobs/') ? { status: 307, headers: { location: `${thief.url}/x` } } : undefined,
    );
    await expect(
      readers().charts.open({ repository: server.host, chart: 'web', version: '1.0.0', access: AS_USER }),
    ).rejects.toMatchObject({ code: 'Unauthorized' });
    expect(seen).toEqual([undefined]);
  });

  it('may be what an index names', async () => {
    const server = await start({ 'web:1.0.0': aChart(chartArchive('web', '1.0.0')) });
    const index = await serve(
      () => `apiVersion: v1\nentries: {web: [{version: 1.0.0, urls: ["oci://${server.host}/web:1.0.0"]}]}`,
    );
    servers.push(index);
    const access = { ...PLAIN, passCredentials: true };
    const found = await readers().charts.open({ repository: index.url, chart: 'web', version: '', access });
    expect(found.version).toBe('1.0.0');
  });

  it.each<readonly [string, Artifact, RegExp]>([
    [
      'an image',
      { configType: 'application/vnd.oci.image.config.v1+json', layers: [] },
      /is no chart: its manifest has/,
    ],
    ['no archive', aChart(Buffer.from('text')), /not a gzipped archive/],
    ['a bomb', aChart(tarArchive({ 'web/Chart.yaml': ' '.repeat(30_000_000) })), /200 times as large/],
  ])('are refused when they are %s', async (_reason, artifact, message) => {
    const server = await start({ 'web:1.0.0': artifact });
    const opened = readers().charts.open({ repository: server.host, chart: 'web', version: '1.0.0', access: PLAIN });
    await expect(opened).rejects.toThrow(message);
  });
});

describe('artifacts', () => {
  const files = { 'app/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n', 'b.yaml': 'x: 1\n' };

  it('are found by tag, digest and constraint', async () => {
    const server = await start({ 'team/apps:1.0.0': anArtifact(files), 'team/apps:1.1.0': anArtifact({ a: 'b' }) });
    const { artifacts } = readers();
    const url = `oci://${server.host}/team/apps`;
    const digest = server.digests.get('team/apps:1.0.0') ?? '';
    const resolve = (revision: string) => artifacts.resolve({ url, revision, access: PLAIN });
    expect([await resolve('1.0.0'), await resolve(digest), await resolve('^1.0.0')]).toEqual([
      digest,
      digest,
      server.digests.get('team/apps:1.1.0'),
    ]);
    const tree = await artifacts.open({ url, revision: digest, access: PLAIN });
    expect(parseManifests(await texts(tree, 'app/a.yaml'), 'a.yaml').length).toBe(1);
    expect((await tree.list('')).map(({ path }) => path)).toEqual(['app', 'b.yaml']);
    expect(await artifacts.annotations({ url, revision: digest, access: PLAIN })).toEqual({
      'org.opencontainers.image.title': 'apps',
    });
    expect(await artifacts.tags({ url, access: PLAIN })).toEqual(['1.0.0', '1.1.0']);
  });

  it('that are charts have the chart at their root', async () => {
    const server = await start({ 'web:1.0.0': aChart(chartArchive('web', '1.0.0')) });
    const request = { url: `oci://${server.host}/web`, revision: '1.0.0', access: PLAIN };
    expect((await (await readers().artifacts.open(request)).find('Chart.yaml'))?.kind).toBe('file');
  });

  it.each<readonly [string, Artifact, RegExp]>([
    [
      'several layers',
      {
        layers: [
          { type: LAYER, data: tarArchive({}) },
          { type: LAYER, data: tarArchive({}) },
        ],
      },
      /only a single oci layer/,
    ],
    ['a layer of another type', { layers: [{ type: 'text/plain', data: Buffer.from('x') }] }, /found text\/plain/],
    ['a path that climbs', anArtifact({ '../x': 'y' }), /"\.\.\/x" leads outside of the artifact/],
    ['an absolute path', anArtifact({ '/etc/passwd': 'y' }), /leads outside/],
    ['a chart that is none', { layers: [{ type: CHART_LAYER, data: tarArchive({ x: 'y' }) }] }, /outside the base/],
  ])('are refused with %s', async (_reason, artifact, message) => {
    const server = await start({ 'apps:1': artifact });
    const request = { url: `oci://${server.host}/apps`, revision: '1', access: PLAIN };
    await expect(readers().artifacts.open(request)).rejects.toThrow(message);
  });

  it('are refused when they are not what their digest says', async () => {
    const server = await start({ 'apps:1': anArtifact(files) }, (request) =>
      request.url?.includes('/manifests/sha256') ? JSON.stringify({ layers: [] }) : undefined,
    );
    const request = { url: `oci://${server.host}/apps`, revision: `sha256:${'ab'.repeat(32)}`, access: PLAIN };
    await expect(readers().artifacts.open(request)).rejects.toMatchObject({ code: 'DigestMismatch' });
  });

  it('have addresses of their own', () => {
    expect(['demo.goharbor.io', 'host:8080/x', 'oci://host/x', 'https://host/x'].map(isOciAddress)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});
