import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSeededRandom, createSystemClock } from '@argosy/base';

import {
  ANONYMOUS,
  createHttpPort,
  createMemoryBlobStore,
  createMemoryTree,
  createNetworkSources,
  openFolderTree,
  renderHelmText,
  type ChartResolver,
  type LockedDependency,
  type Tree,
} from '../src/index.ts';
import { chartArchive, serve, type TestServer } from './repository-server.ts';

/** The real helm 3 and Docker's registry, where they are installed. */
const helm = findProgram(process.env['HELM'] ?? 'helm', ['version']);
const registryProgram = findProgram('docker-registry', ['--version']);
const sources = () =>
  createNetworkSources({ http: createHttpPort(), blobs: createMemoryBlobStore(), clock: createSystemClock() });
const access = { ...ANONYMOUS, plainHttp: true };

/** Opens charts anywhere; `@here` is the given address. */
const resolver = (here = ''): ChartResolver => {
  const { charts } = sources();
  return {
    open: ({ repository, name, version }) => charts.open({ repository, chart: name, version, access }),
    urlOf: (alias) => (alias === '@here' ? here : undefined),
  };
};

describe('dependencies of other repositories', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await serve((request) => {
      const versions = ['1.0.0', '1.1.0'];
      if (request.url === '/index.yaml')
        return `apiVersion: v1\nentries:\n  db:\n${versions.map((version) => `  - {name: db, version: ${version}, urls: [db-${version}.tgz]}`).join('\n')}`;
      const version = /^\/db-(.*)\.tgz$/.exec(request.url ?? '')?.[1];
      return version === undefined ? undefined : chartArchive('db', version);
    });
  });
  afterAll(() => server.close());

  const aChart = (dependencies: string, files: Readonly<Record<string, string>> = {}) =>
    createMemoryTree({
      'Chart.yaml': `apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n${dependencies}`,
      'values.yaml': 'store: {size: large}\n',
      ...files,
    });

  it('are fetched, aliases and constraints obeyed', async () => {
    const tree = aChart(
      `- {name: db, version: ^1.0.0, repository: ${server.url}, alias: store}\n- {name: db, version: 1.0.0, repository: "@here", alias: old, condition: old.enabled}\n`,
    );
    const { text } = await renderHelmText(tree, { charts: resolver(server.url) });
    expect(text.match(/Source: .*|version: .*|size: .*/g)).toEqual([
      'Source: web/charts/old/templates/a.yaml',
      'version: "1.0.0"',
      'size: "small"',
      'Source: web/charts/store/templates/a.yaml',
      'version: "1.1.0"',
      'size: "large"',
    ]);
    const off = await renderHelmText(tree, {
      charts: resolver(server.url),
      sets: [{ kind: 'set', text: 'old.enabled=false' }],
    });
    expect(off.text).not.toContain('charts/old');
  });

  it('are the versions that the lock names', async () => {
    // What Helm 3 computes of these two lists.
    const digest = 'f383b2303f8d4448213d9a140942c4174af5c64f15007aceb91e71422db4ee1a';
    const url = 'https://charts.example.com';
    const lock = `dependencies:\n- name: db\n  repository: ${url}\n  version: 1.0.0\ndigest: sha256:${digest}\n`;
    const render = async (wanted: string): Promise<string> => {
      const here = resolver();
      const tree = aChart(`- {name: db, version: "${wanted}", repository: ${url}}\n`, { 'Chart.lock': lock });
      const charts = { ...here, open: (one: LockedDependency) => here.open({ ...one, repository: server.url }) };
      return (await renderHelmText(tree, { charts })).text;
    };
    expect(await render('>=1.0.0')).toContain('version: "1.0.0"');
    await expect(render('>=1.0')).rejects.toThrow(
      'the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies',
    );
  });

  it.each<readonly [string, string, RegExp]>([
    ['of no repository', '- {name: db, version: 1.0.0}\n', /missing in charts\/ directory: db/],
    ['of an unknown name', '- {name: db, version: 1.0.0, repository: "@x"}\n', /no repository is named "@x"/],
    ['of a version nobody has', '- {name: db, version: ^7, repository: URL}\n', /dependency "db" \^7: .*not found in/],
    ['of a chart nobody has', '- {name: none, version: 1.0.0, repository: URL}\n', /chart "none" not found in/],
    ['of another protocol', '- {name: db, version: 1.0.0, repository: "s3://x"}\n', /is not one of charts/],
  ])('are refused %s', async (_reason, dependencies, message) => {
    const tree = aChart(dependencies.replace('URL', server.url));
    await expect(renderHelmText(tree, { charts: resolver() })).rejects.toThrow(message);
  });
});

describe.skipIf(helm === undefined)('what the real helm makes of repositories (skipped without helm 3)', () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'argosy-charts-'));
  const published = path.join(home, 'published');
  let server: TestServer;
  let registry: { readonly process: ChildProcess; readonly host: string } | undefined;

  const run = (...args: readonly string[]): string => {
    const env = { ...process.env, HELM_CONFIG_HOME: home, HELM_CACHE_HOME: home, HELM_DATA_HOME: home };
    const { status, stdout, stderr } = spawnSync(helm ?? '', args, { encoding: 'utf8', env });
    if (status !== 0) throw new Error(`helm ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  /** The same without blocking the server of this process. */
  const ask = (...args: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const env = { ...process.env, HELM_CONFIG_HOME: home, HELM_CACHE_HOME: home, HELM_DATA_HOME: home };
      const child = spawn(helm ?? '', args, { env });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (part) => (stdout += String(part)));
      child.stderr.on('data', (part) => (stderr += String(part)));
      child.on('close', (code) => (code === 0 ? resolve(stdout) : reject(new Error(stderr))));
    });

  beforeAll(async () => {
    mkdirSync(published, { recursive: true });
    const cache = path.join(home, 'cache');
    writeChart(cache, {
      'Chart.yaml': 'apiVersion: v2\nname: cache\nversion: 0.1.2\n',
      'templates/a.yaml': 'kind: ConfigMap\nname: {{ .Chart.Name }}\n',
    });
    run('package', cache, '--destination', published);
    for (const version of ['1.0.0', '1.1.0', '1.2.0+build.7', '2.0.0-rc1']) {
      const chart = path.join(home, 'db');
      writeChart(chart, {
        'Chart.yaml': `apiVersion: v2\nname: db\nversion: ${version}\n`,
        'templates/a.yaml': 'kind: ConfigMap\nname: {{ .Release.Name }}-{{ .Chart.Name }}-{{ .Chart.Version }}\n',
      });
      run('package', chart, '--destination', published);
    }
    server = await serve((request) => {
      const file = path.join(published, decodeURIComponent(request.url ?? ''));
      return existsSync(file) ? readFileSync(file) : undefined;
    });
    run('repo', 'index', published);
    registry = registryProgram === undefined ? undefined : await startRegistry(registryProgram, home);
    if (registry)
      for (const file of readdirSync(published).filter((name) => name.endsWith('.tgz')))
        run('push', path.join(published, file), `oci://${registry.host}/charts`, '--plain-http');
  });
  afterAll(async () => {
    registry?.process.kill();
    await server.close();
    rmSync(home, { recursive: true, force: true });
  });

  it.each(['', '1.0.0', '^1', '1.1', '>=1.0.0-0', '<2', '1.2.0+build.7'])(
    'picks the same version of an index for "%s"',
    async (version) => {
      const flag = version === '' ? [] : ['--version', version];
      const asked = await ask('template', 'rel', 'db', '--repo', server.url, ...flag);
      const { tree } = await sources().charts.open({ repository: server.url, chart: 'db', version, access });
      expect((await renderHelmText(tree, { releaseName: 'rel' })).text).toBe(asked);
    },
  );

  it.each(['', '1.0.0', '^1', '1.1.x', '>=1.0.0-0', '1.2.0+build.7'])(
    'picks the same version of a registry for "%s"',
    async (version) => {
      if (!registry) return;
      const repository = `oci://${registry.host}/charts`;
      const flag = version === '' ? [] : ['--version', version];
      const asked = await ask('template', 'rel', `${repository}/db`, '--plain-http', ...flag);
      const { tree } = await sources().charts.open({ repository, chart: 'db', version, access });
      expect((await renderHelmText(tree, { releaseName: 'rel' })).text).toBe(asked);
    },
  );

  it('builds the same dependencies, with and without a lock', async () => {
    const chart = path.join(home, 'web');
    writeChart(chart, {
      'Chart.yaml': `apiVersion: v2
name: web
version: 1.0.0
dependencies:
- {name: db, version: ">=1.0.0 <1.2.0", repository: "${server.url}", alias: store, tags: [a, b], condition: store.on}
- {name: lib, version: "*", repository: "file://../lib", import-values: [data, {child: b, parent: a}]}
${registry ? `- {name: cache, version: ^0.1.0, repository: "oci://${registry.host}/charts"}` : ''}
`,
      'templates/a.yaml': 'kind: ConfigMap\nname: web\n',
    });
    writeChart(path.join(home, 'lib'), {
      'Chart.yaml': 'apiVersion: v2\nname: lib\nversion: 0.1.0\n',
      'templates/a.yaml': 'kind: ConfigMap\nname: {{ .Chart.Version }}\n',
    });
    await ask('dependency', 'update', chart, ...(registry ? ['--plain-http'] : []));
    const asked = run('template', 'rel', chart);
    const render = async (): Promise<string> => {
      const { text } = await renderHelmText(await openFolderTree(home), {
        path: 'web',
        releaseName: 'rel',
        charts: resolver(),
      });
      return text;
    };
    rmSync(path.join(chart, 'charts'), { recursive: true });
    expect(await render()).toBe(asked);
    rmSync(path.join(chart, 'Chart.lock'));
    expect(await render()).toBe(asked);
  });

  it('refuses the same locks', async () => {
    const chart = path.join(home, 'locked');
    const files = (version: string) => ({
      'Chart.yaml': `apiVersion: v2\nname: locked\nversion: 1.0.0\ndependencies:\n- {name: db, version: "${version}", repository: "${server.url}"}\n`,
    });
    writeChart(chart, files('>=1.0.0 <1.1.0'));
    await ask('dependency', 'update', chart);
    const lock = readFileSync(path.join(chart, 'Chart.lock'), 'utf8');
    writeChart(chart, { ...files('>=1.0.0'), 'Chart.lock': lock });
    const why = await ask('dependency', 'build', chart).catch((thrown: Error) => thrown.message);
    const ours = renderHelmText(await openFolderTree(chart), { charts: resolver() });
    await expect(ours).rejects.toThrow(
      String(why)
        .replace(/^Error: /, '')
        .trim(),
    );
  });
});

const shared = new URL('../../../../shared/conformance/', import.meta.url).pathname;
const carried = ['memcached', 'minio', 'nginx', 'postgresql', 'rabbitmq', 'redis', 'wordpress'];

describe.skipIf(!existsSync(`${shared}helm/charts`))('charts of others (skipped without the conformance data)', () => {
  it.each(carried)('renders bitnami-%s the same when its locked dependencies are fetched', async (name) => {
    const whole = await openFolderTree(`${shared}helm/charts/bitnami-${name}`);
    const isInner = (file: string): boolean => file === 'charts' || file.startsWith('charts/');
    const bare: Tree = {
      ...whole,
      find: async (file) => (isInner(file) ? undefined : whole.find(file)),
      list: async (file) => (await whole.list(file)).filter((entry) => !isInner(entry.path)),
    };
    const asked: LockedDependency[] = [];
    const charts: ChartResolver = {
      open: async (wanted) => {
        asked.push(wanted);
        return {
          version: wanted.version,
          tree: await openFolderTree(`${shared}helm/charts/bitnami-${name}/charts/${wanted.name}`),
        };
      },
      urlOf: () => undefined,
    };
    // What a chart draws at random is drawn in the same order.
    const options = () => ({ releaseName: 'rel', ports: { now: () => 0, random: createSeededRandom(1) } });
    const { text } = await renderHelmText(bare, { ...options(), charts });
    // Certificates are made anew each time.
    const masked = (rendered: string): string => rendered.replace(/LS0tLS1CRUdJTi[A-Za-z0-9+/=]+/g, 'pem');
    expect(masked(text)).toBe(masked((await renderHelmText(whole, options())).text));
    // Exact versions: those of the lock, not the constraints of Chart.yaml.
    expect(asked.filter(({ version }) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    expect(asked.length).toBeGreaterThan(0);
  });

  it.skipIf(helm === undefined).each([
    ['helm/charts/prometheus-kafka-exporter', 'kafka', '32.4.3', 'kafka: {enabled: true}'],
    ['cd/example-apps/helm-dependency', 'wordpress', '9.0.3', ''],
  ])('renders %s as the real helm does', async (where, name, version, values) => {
    const home = mkdtempSync(path.join(os.tmpdir(), 'argosy-chart-'));
    cpSync(`${shared}${where}`, home, { recursive: true });
    mkdirSync(path.join(home, 'charts'), { recursive: true });
    writeFileSync(path.join(home, 'charts', `${name}-${version}.tgz`), chartArchive(name, version));
    writeFileSync(path.join(home, 'more.yaml'), values);
    const args = ['template', 'rel', home, '--values', path.join(home, 'more.yaml'), '--kube-version', '1.31.0'];
    const { stdout, stderr } = spawnSync(helm ?? '', args, { encoding: 'utf8' });
    expect(stderr).toBe('');
    rmSync(path.join(home, 'charts'), { recursive: true });
    const server = await serve((request) =>
      request.url === '/index.yaml'
        ? `apiVersion: v1\nentries: {${name}: [{version: ${version}, urls: [c.tgz]}]}`
        : chartArchive(name, version),
    );
    const here = resolver();
    const { text } = await renderHelmText(await openFolderTree(home), {
      releaseName: 'rel',
      kubeVersion: '1.31.0',
      values: [{ kind: 'file', path: 'more.yaml' }],
      charts: { ...here, open: (wanted) => here.open({ ...wanted, repository: server.url }) },
    });
    expect(text).toBe(stdout);
    await server.close();
    rmSync(home, { recursive: true });
  });
});

function writeChart(folder: string, files: Readonly<Record<string, string>>): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

function findProgram(program: string, args: readonly string[]): string | undefined {
  return spawnSync(program, args, { encoding: 'utf8' }).status === 0 ? program : undefined;
}

async function startRegistry(program: string, home: string): Promise<{ process: ChildProcess; host: string }> {
  const port = await new Promise<number>((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(free));
    });
  });
  const config = path.join(home, 'registry.yml');
  writeFileSync(
    config,
    `version: 0.1\nstorage: {filesystem: {rootdirectory: ${path.join(home, 'registry')}}}\nhttp: {addr: "127.0.0.1:${port}"}\n`,
  );
  const child = spawn(program, ['serve', config], { stdio: 'ignore' });
  const host = `127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries += 1) {
    if (
      await fetch(`http://${host}/v2/`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      break;
    await wait(50);
  }
  return { process: child, host };
}
