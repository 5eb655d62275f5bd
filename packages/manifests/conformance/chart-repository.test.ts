import { afterEach, describe, expect, it } from 'vitest';

import { createSystemClock } from '@argosy/base';

import {
  ANONYMOUS,
  createHttpPort,
  createMemoryBlobStore,
  createNetworkSources,
  renderHelmText,
  type ChartRequest,
} from '../src/index.ts';
import { chartArchive, serve, sha256, tarArchive, type Answer, type TestServer } from './repository-server.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const start = async (...args: Parameters<typeof serve>): Promise<TestServer> => {
  const server = await serve(...args);
  servers.push(server);
  return server;
};

const archiveOf = (version: string): Uint8Array => chartArchive('web', version);

/** A repository of one chart in these versions. */
const aRepository = (
  versions: readonly string[],
  of: {
    readonly digest?: (data: Uint8Array) => string;
    readonly urls?: (version: string, url: string) => string;
    readonly archive?: (version: string) => Uint8Array;
    readonly guard?: (authorization: string | undefined, path: string) => Answer | undefined;
  } = {},
) =>
  start((request, url) => {
    const path = request.url ?? '';
    const refused = of.guard?.(request.headers.authorization, path);
    if (refused) return refused;
    const archives = versions.map((version) => ({ version, data: (of.archive ?? archiveOf)(version) }));
    if (path === '/charts/index.yaml') {
      const etag = `"${versions.join()}"`;
      if (request.headers['if-none-match'] === etag) return { status: 304 };
      const entries = archives.map(
        ({ version, data }) =>
          `  - {name: web, version: ${version}, digest: "${(of.digest ?? sha256)(data)}", urls: ["${of.urls?.(version, url) ?? `web-${version}.tgz`}"]}\n`,
      );
      return { status: 200, headers: { etag }, body: `apiVersion: v1\nentries:\n  web:\n${entries.join('')}` };
    }
    return archives.find(({ version }) => path.split('?')[0]?.endsWith(`/web-${version}.tgz`))?.data;
  });

const readers = () =>
  createNetworkSources({ http: createHttpPort(), blobs: createMemoryBlobStore(), clock: createSystemClock() }).charts;
const request = (server: TestServer, of: Partial<ChartRequest> = {}): ChartRequest => ({
  repository: `${server.url}/charts`,
  chart: 'web',
  version: '',
  access: ANONYMOUS,
  ...of,
});
const asUser = { identity: 'me', username: 'me', password: 'secret-word' };
const basic = `Basic ${Buffer.from('me:secret-word').toString('base64')}`;

describe('charts of an index', () => {
  it('lie in the folder of their name, whatever stands beside it', async () => {
    const files = { 'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n', 'notes/b.txt': '' };
    const server = await aRepository(['1.0.0'], { archive: () => tarArchive(files) });
    const { tree } = await readers().open(request(server));
    expect((await tree.list('')).map(({ path }) => path)).toEqual(['Chart.yaml']);
  });
  it('are found by version, by constraint and as the newest', async () => {
    const server = await aRepository(['1.0.0', '1.2.0', '2.0.0', '3.0.0-rc1']);
    const charts = readers();
    const asked = ['1.0.0', '^1.0.0', '', '1.0', '>=1, <3', '*-0', '3.0.0-rc1'];
    expect(await Promise.all(asked.map((version) => charts.resolve(request(server, { version }))))).toEqual([
      '1.0.0',
      '1.2.0',
      '2.0.0',
      '1.0.0',
      '2.0.0',
      '3.0.0-rc1',
      '3.0.0-rc1',
    ]);
    expect(await charts.versions(request(server))).toEqual(['1.0.0', '1.2.0', '2.0.0', '3.0.0-rc1']);
    expect(await charts.charts(request(server))).toEqual(['web']);
  });

  it('are rendered', async () => {
    const server = await aRepository(['1.0.0']);
    const { tree, version } = await readers().open(request(server));
    const { text } = await renderHelmText(tree, { releaseName: 'x' });
    expect([version, text]).toEqual([
      '1.0.0',
      '---\n# Source: web/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x-web\ndata:\n  version: "1.0.0"\n  size: "small"\n',
    ]);
  });

  it('are downloaded once, and the index only when it changed', async () => {
    const versions = ['1.0.0'];
    const server = await aRepository(versions);
    const charts = readers();
    await Promise.all([charts.open(request(server)), charts.open(request(server))]);
    await charts.open(request(server));
    versions.push('1.1.0');
    expect((await charts.open(request(server))).version).toBe('1.1.0');
    expect(server.asked).toEqual([
      'GET /charts/index.yaml',
      'GET /charts/web-1.0.0.tgz',
      'GET /charts/index.yaml',
      'GET /charts/index.yaml',
      'GET /charts/web-1.1.0.tgz',
    ]);
  });

  it('may lie at absolute addresses, and get the query of their repository', async () => {
    const elsewhere = await aRepository(['1.0.0']);
    const server = await aRepository(['1.0.0'], { urls: (version) => `${elsewhere.url}/a/web-${version}.tgz` });
    await readers().open(request(server));
    expect(elsewhere.asked).toEqual(['GET /a/web-1.0.0.tgz']);
    const queried = await start((asked) =>
      asked.url === '/charts/index.yaml?token=t'
        ? 'apiVersion: v1\nentries: {web: [{name: web, version: 1.0.0, urls: [web.tgz]}]}'
        : chartArchive('web', '1.0.0'),
    );
    await readers().open(request(queried, { repository: `${queried.url}/charts?token=t` }));
    expect(queried.asked.at(-1)).toBe('GET /charts/web.tgz?token=t');
  });

  it('are asked for with user and password, which other hosts do not see unless told so', async () => {
    const seen: (string | undefined)[] = [];
    const elsewhere = await aRepository(['1.0.0'], {
      guard: (authorization) => {
        seen.push(authorization);
        return undefined;
      },
    });
    const server = await aRepository(['1.0.0'], {
      urls: (version) => `${elsewhere.url}/a/web-${version}.tgz`,
      guard: (authorization) => (authorization === basic ? undefined : { status: 401 }),
    });
    await expect(readers().open(request(server))).rejects.toMatchObject({ code: 'Unauthorized' });
    await readers().open(request(server, { access: asUser }));
    await readers().open(request(server, { access: { ...asUser, passCredentials: true } }));
    expect(seen).toEqual([undefined, basic]);
  });

  it('are found behind redirects, without credentials for others', async () => {
    const seen: (string | undefined)[] = [];
    const behind = await aRepository(['1.0.0'], {
      guard: (authorization) => {
        seen.push(authorization);
        return undefined;
      },
    });
    const server = await start((asked) => ({ status: 302, headers: { location: `${behind.url}${asked.url}` } }));
    expect(await readers().resolve(request(server, { access: asUser }))).toBe('1.0.0');
    expect(seen).toEqual([undefined]);
    const circle = await start(() => ({ status: 302, headers: { location: '/charts/index.yaml' } }));
    await expect(readers().resolve(request(circle))).rejects.toThrow(/more than 10 redirects/);
  });

  it('come through a proxy', async () => {
    const behind = await aRepository(['1.0.0']);
    const proxy = await start(async (asked) => {
      const path = new URL(asked.url ?? '').pathname;
      return Buffer.from(await (await fetch(`${behind.url}${path}`)).arrayBuffer());
    });
    const access = { identity: '', proxy: proxy.url.replace('//', '//user:word@') };
    const { version } = await readers().open(request(behind, { repository: 'http://charts.invalid/charts', access }));
    expect([version, proxy.asked[0]]).toEqual(['1.0.0', 'GET http://charts.invalid/charts/index.yaml']);
    const direct = { ...access, noProxy: 'example.com, 127.0.0.1' };
    await readers().open(request(behind, { access: direct }));
    expect(proxy.asked.length).toBe(2);
  });

  it.each<readonly [string, Answer | undefined, string, RegExp]>([
    ['not there', undefined, 'NotFound', /index\.yaml: not found \(404\)/],
    ['failing', { status: 503 }, 'NetworkFailed', /the server answered 503/],
    ['of no version', 'entries: {}', 'InvalidIndex', /no API version specified/],
    ['no index', '<html>', 'InvalidIndex', /index\.yaml of .* is empty or no mapping/],
    ['broken', 'a: [', 'InvalidIndex', /index\.yaml/],
    ['without the chart', 'apiVersion: v1\nentries: {}', 'NotFound', /chart "web" not found in/],
    [
      'without a place of the archive',
      'apiVersion: v1\nentries: {web: [{version: 1.0.0}]}',
      'InvalidIndex',
      /no downloadable URLs/,
    ],
    [
      'that sends elsewhere',
      'apiVersion: v1\nentries: {web: [{version: 1.0.0, urls: ["file:///etc/passwd"]}]}',
      'InvalidIndex',
      /address of file:/,
    ],
    ['of ill entries', 'apiVersion: v1\nentries: {web: [null, {version: x}, 4]}', 'NotFound', /version "" not found/],
  ])('are refused by an index %s', async (_reason, answer, code, message) => {
    const server = await start(() => answer);
    const failure = readers().open(request(server));
    await expect(failure).rejects.toMatchObject({ code });
    await expect(failure).rejects.toThrow(message);
  });

  it('are refused when an archive is not what the index lists', async () => {
    const server = await aRepository(['1.0.0'], { digest: () => 'ab'.repeat(32) });
    await expect(readers().open(request(server))).rejects.toMatchObject({ code: 'DigestMismatch' });
  });

  it('are not asked for at addresses that are none of http', async () => {
    const server = await aRepository([]);
    const asked = (repository: string) => readers().resolve(request(server, { repository }));
    await expect(asked('ftp://user:word@example.com/x')).rejects.toThrow('"ftp://example.com/x" is not one of charts');
    await expect(asked('http://127.0.0.1:1')).rejects.toMatchObject({ code: 'NetworkFailed', retryable: true });
  });

  it('are not asked for at files, whoever names them', async () => {
    for (const location of ['file:///etc/passwd', 'file://localhost/etc/passwd', 'data:text/plain,x']) {
      const redirecting = await start(() => ({ status: 302, headers: { location } }));
      await expect(readers().resolve(request(redirecting))).rejects.toMatchObject({ code: 'InvalidURL' });
      const listing = await aRepository(['1.0.0'], { urls: () => location });
      await expect(readers().open(request(listing))).rejects.toMatchObject({ code: 'InvalidIndex' });
    }
  });
});
