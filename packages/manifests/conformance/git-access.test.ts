import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSystemClock, createSystemRandom } from '@argosy/base';

import {
  createGitRunner,
  createHttpPort,
  createMemoryBlobStore,
  createRepositories,
  type GitRunner,
  type Repositories,
  type RepositoryAccess,
} from '../src/index.ts';
import { createCertificate } from '../src/helm/certificates/create-certificate.ts';
import { serve, sha256 } from './repository-server.ts';
import { env as ENVIRONMENT, run } from './test-git.ts';

let folder: string;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-access-'));
  env = { ...ENVIRONMENT, HOME: folder };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const git = async (where: string, ...args: readonly string[]): Promise<string> =>
  (
    await run('git', ['-C', path.join(folder, where), '-c', 'protocol.file.allow=always', ...args], { env })
  ).stdout.trim();

/** A repository with one commit of these files. */
const aRepository = async (name: string, files: Readonly<Record<string, string>>): Promise<string> => {
  const where = path.join(folder, name);
  await run('git', ['init', '-q', '-b', 'main', where], { env });
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(where, file)), { recursive: true });
    await writeFile(path.join(where, file), text);
  }
  await git(name, 'add', '-A');
  await git(name, 'commit', '-q', '-m', name);
  return git(name, 'rev-parse', 'HEAD');
};

const open = (name: string, of: { readonly commands?: string[][] } = {}): Repositories => {
  const runner = createGitRunner({ env });
  return createRepositories(
    {
      git: {
        run: (args, options) => {
          of.commands?.push([...args]);
          return runner.run(args, options);
        },
      },
      random: createSystemRandom(),
      clock: createSystemClock(),
    },
    { directory: path.join(folder, `mirrors-${name}`), allowLocal: true },
  );
};
const local = (name: string): string => `file://${path.join(folder, name)}`;
const textAt = async (repositories: Repositories, url: string, file: string): Promise<string> => {
  const tree = await repositories.tree(url, await repositories.resolve(url, 'HEAD'));
  return Buffer.from(await tree.read(file)).toString();
};

describe('revisions', () => {
  it('may be constraints, which name tags before a branch of that name', async () => {
    await aRepository('tags', { a: '1' });
    const commits = new Map<string, string>();
    for (const tag of ['v1.0.0', 'v1.1.0', 'v2.0.0-rc1', 'team/1.0.0', 'team/1.4.0']) {
      await git('tags', 'commit', '-q', '--allow-empty', '-m', tag);
      await git('tags', 'tag', tag);
      commits.set(tag, await git('tags', 'rev-parse', 'HEAD'));
    }
    await git('tags', 'branch', 'v9.x');
    await git('tags', 'branch', 'v1.x', 'HEAD~5');
    const repositories = open('tags');
    const url = local('tags');
    expect(await repositories.resolve(url, '^1')).toBe(commits.get('v1.1.0'));
    expect(await repositories.resolve(url, '>=1.0.0-0')).toBe(commits.get('v2.0.0-rc1'));
    expect(await repositories.resolve(url, '1.*', { tagPrefix: 'team/' })).toBe(commits.get('team/1.4.0'));
    expect(await repositories.resolve(url, '1.0.0', { tagPrefix: 'team/' })).toBe(commits.get('team/1.0.0'));
    expect(await repositories.resolve(url, 'main', { tagPrefix: 'team/' })).toBe(commits.get('team/1.4.0'));
    expect(await repositories.resolve(url, 'v1.x')).toBe(commits.get('v1.1.0'));
    expect(await repositories.resolve(url, 'v9.x')).toBe(commits.get('team/1.4.0'));
    for (const revision of ['^7', 'main~1', 'main^', 'main@{0}', 'main..v9.x', ':/c'])
      await expect(repositories.resolve(url, revision)).rejects.toMatchObject({ code: 'RevisionNotFound' });
  });

  it('may be what no branch has: requests to pull, commits', async () => {
    await aRepository('pulls', { a: '1' });
    await git('pulls', 'commit', '-q', '--allow-empty', '-m', 'asked');
    const asked = await git('pulls', 'rev-parse', 'HEAD');
    await git('pulls', 'update-ref', 'refs/pull/7/head', asked);
    await git('pulls', 'reset', '-q', '--hard', 'HEAD~1');
    await git('pulls', 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    expect(await open('pulls').resolve(local('pulls'), 'refs/pull/7/head')).toBe(asked);
    expect(await open('pulls-again').resolve(local('pulls'), asked)).toBe(asked);
    await expect(open('pulls').resolve(local('pulls'), 'refs/pull/8/head')).rejects.toMatchObject({
      code: 'RevisionNotFound',
    });
  });

  it('are fetched once for all who ask at the same time', async () => {
    await aRepository('shared', { a: '1' });
    const commands: string[][] = [];
    const repositories = open('shared', { commands });
    await Promise.all(Array.from({ length: 20 }, () => repositories.resolve(local('shared'), 'main')));
    const fetches = (): number => commands.filter((args) => args.includes('fetch')).length;
    expect(fetches()).toBe(1);
    // Who asks while one runs gets the next: what was pushed meanwhile is in it.
    const first = repositories.resolve(local('shared'), 'main');
    while (fetches() < 2) await wait(1);
    await git('shared', 'commit', '-q', '--allow-empty', '-m', 'pushed');
    const pushed = await git('shared', 'rev-parse', 'HEAD');
    const later = [repositories.resolve(local('shared'), 'main'), repositories.resolve(local('shared'), 'main')];
    expect([await Promise.all(later), (await first).length, fetches()]).toEqual([[pushed, pushed], 40, 3]);
  });
});

it('fetches of many repositories wait for each other', async () => {
  let [running, most] = [0, 0];
  const git: GitRunner = {
    run: async (args) => {
      if (!args.includes('fetch')) return Buffer.from('a'.repeat(40));
      running += 1;
      most = Math.max(most, running);
      await wait(1);
      running -= 1;
      return Buffer.from('');
    },
  };
  const directory = path.join(folder, 'mirrors-many');
  const repositories = createRepositories(
    { git, random: createSystemRandom(), clock: createSystemClock() },
    { directory, fetches: 3 },
  );
  await Promise.all(Array.from({ length: 20 }, (_, at) => repositories.resolve(`https://git.test/${at}`, 'main')));
  expect(most).toBe(3);
});

describe('trees', () => {
  it('hold their submodules', async () => {
    await aRepository('leaf', { 'deep/x.yaml': 'leaf' });
    await aRepository('inner', { 'in.yaml': 'inner' });
    await git('inner', 'submodule', '--quiet', 'add', '../leaf', 'leaf');
    await git('inner', 'commit', '-q', '-m', 'with leaf');
    await aRepository('outer', { 'a.yaml': 'outer' });
    await git('outer', 'submodule', '--quiet', 'add', '../inner', 'charts/inner');
    await git('outer', 'commit', '-q', '-m', 'with inner');
    const repositories = open('modules');
    const url = local('outer');
    const tree = await repositories.tree(url, await repositories.resolve(url, 'HEAD'));
    expect(Buffer.from(await tree.read('charts/inner/leaf/deep/x.yaml')).toString()).toBe('leaf');
    expect(await tree.list('charts')).toEqual([{ kind: 'directory', path: 'charts/inner' }]);
    expect((await tree.list('charts/inner/leaf')).map((entry) => entry.path)).toEqual(['charts/inner/leaf/deep']);
    expect((await tree.find('charts/inner/in.yaml'))?.path).toBe('charts/inner/in.yaml');
    expect(await tree.find('charts/inner/none')).toBeUndefined();
  });

  it('tell of a submodule that cannot be read only when somebody looks into it', async () => {
    await aRepository('broken', { 'a.yaml': 'fine' });
    await writeFile(
      path.join(folder, 'broken', '.gitmodules'),
      '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c true\n',
    );
    await git('broken', 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},x`);
    await git('broken', 'add', '.gitmodules');
    await git('broken', 'commit', '-q', '-m', 'x');
    const repositories = open('broken');
    expect(await textAt(repositories, local('broken'), 'a.yaml')).toBe('fine');
    await expect(textAt(repositories, local('broken'), 'x/y')).rejects.toThrow(
      /^submodule x: repository address "ext::/,
    );
  });

  it('refuse what Git LFS keeps elsewhere, by name', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;
    await aRepository('large', { 'a.yaml': pointer, 'icon.png': pointer });
    await expect(textAt(open('large'), local('large'), 'a.yaml')).rejects.toThrow(
      'a.yaml is kept in Git LFS, which is not enabled for its repository; set enableLfs, or commit the file itself',
    );
    expect(await textAt(open('large'), local('large'), 'icon.png')).toBe(pointer);
  });
});

/** Git over HTTP; `guard` answers what is refused. */
const serveGit = async (
  guard: (
    request: IncomingMessage,
  ) => { readonly status: number; readonly headers?: Record<string, string> } | undefined,
  secure?: https.ServerOptions,
): Promise<{ readonly url: string; readonly close: () => void }> => {
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const refused = guard(request);
    if (refused) return void response.writeHead(refused.status, refused.headers).end();
    const { pathname, search } = new URL(request.url ?? '', 'http://x');
    const backend = spawn('git', ['http-backend'], {
      env: {
        ...env,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: request.method ?? '',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
    });
    request.pipe(backend.stdin);
    const parts: Buffer[] = [];
    backend.stdout.on('data', (part: Buffer) => parts.push(part));
    backend.on('close', () => {
      const all = Buffer.concat(parts);
      const end = all.indexOf('\r\n\r\n');
      const headers = Object.fromEntries(
        all
          .subarray(0, end)
          .toString()
          .split('\r\n')
          .map((line) => line.split(': ') as [string, string]),
      );
      response.writeHead(Number.parseInt(headers['Status'] ?? '200', 10), headers);
      response.end(all.subarray(end + 4));
    });
  };
  const server = (secure ? https.createServer(secure, handle) : createServer(handle)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${secure ? 'https' : 'http'}://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

describe('private repositories over HTTP', () => {
  const challenge = { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } };

  it.each<readonly [string, Omit<RepositoryAccess, 'identity'>, string]>([
    ['user and password', { username: 'me', password: `s3cret p"w'd` }, basic('me', `s3cret p"w'd`)],
    ['a token alone', { password: 'token-x' }, basic('x-access-token', 'token-x')],
    ['a bearer token', { bearerToken: 'token-y' }, 'Bearer token-y'],
    [
      'a password nobody asked for',
      { username: 'me', password: 'unasked-x', forceBasicAuth: true },
      basic('me', 'unasked-x'),
    ],
  ])('are read with %s', async (reason, access, expected) => {
    const commit = await aRepository(`private-${reason.replaceAll(' ', '-')}`, { 'a.yaml': reason });
    const server = await serveGit(({ headers }) => (headers.authorization === expected ? undefined : challenge));
    const url = `${server.url}/private-${reason.replaceAll(' ', '-')}/.git`;
    const commands: string[][] = [];
    const repositories = open(reason, { commands });
    const given = { access: { identity: 'me', ...access } };
    expect(await repositories.resolve(url, 'main', given)).toBe(commit);
    expect(Buffer.from(await (await repositories.tree(url, commit, given)).read('a.yaml')).toString()).toBe(reason);
    // What one may read is in no mirror of another, and secrets are in no list of processes.
    await expect(repositories.tree(url, commit)).rejects.toMatchObject({ code: 'GitFailed' });
    await expect(repositories.resolve(url, commit)).rejects.toMatchObject({ code: 'GitFailed' });
    const secret = access.password ?? access.bearerToken ?? '';
    expect(JSON.stringify(commands)).not.toContain(JSON.stringify(secret).slice(1, -1));
    expect(readdirSync(path.join(folder, `mirrors-${reason}`)).filter((name) => name.startsWith('access-'))).toEqual(
      [],
    );
    server.close();
  });

  it('tell that access was denied, without the password', async () => {
    await aRepository('denied', { a: '1' });
    const server = await serveGit(() => challenge);
    const asked = open('denied').resolve(`${server.url}/denied/.git`, 'main', {
      access: { identity: 'me', username: 'me', password: 'secret-word' },
    });
    await expect(asked).rejects.toThrow(/^git fetch: .*(?:Authentication failed|403|401)/);
    await expect(asked).rejects.toThrow(/it is private or not there; give credentials for it/);
    await expect(open('denied').resolve(`${server.url}/denied/.git`, 'main')).rejects.toThrow(
      /give credentials for it/,
    );
    await expect(asked).rejects.not.toThrow(/secret-word/);
    server.close();
  });

  it('do not tell other hosts their password', async () => {
    const seen: (string | undefined)[] = [];
    const thief = await serveGit(({ headers }) => {
      seen.push(headers.authorization);
      return challenge;
    });
    const server = await serveGit(({ url }) => ({
      status: 302,
      headers: { location: `${thief.url.replace('127.0.0.1', 'localhost')}${url ?? ''}` },
    }));
    for (const access of [{ username: 'me', password: 'secret-word' }, { bearerToken: 'secret-word' }])
      await expect(
        open('redirected').resolve(`${server.url}/x/.git`, 'main', { access: { identity: 'me', ...access } }),
      ).rejects.toMatchObject({ code: 'GitFailed' });
    expect(seen.filter((header) => header !== undefined)).toEqual([]);
    server.close();
    thief.close();
  });

  it('do not tell their password to the hosts of submodules', async () => {
    const seen: (string | undefined)[] = [];
    const thief = await serveGit(({ headers }) => {
      seen.push(headers.authorization);
      return challenge;
    });
    await aRepository('lure', { a: '1' });
    const at = thief.url.replace('http://', '');
    const module = (name: string, url: string) => `[submodule "${name}"]\n\tpath = ${name}\n\turl = ${url}\n`;
    const expected = basic('me', 'secret-word');
    const server = await serveGit(({ headers }) => (headers.authorization === expected ? undefined : challenge));
    const own = server.url.replace('http://', '');
    await writeFile(
      path.join(folder, 'lure', '.gitmodules'),
      module('port', `${thief.url}/x`) +
        module('hash', `http://${at}#@${own}/x`) +
        module('query', `http://${at}?@${own}/x`),
    );
    for (const name of ['port', 'hash', 'query'])
      await git('lure', 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},${name}`);
    await git('lure', 'add', '.gitmodules');
    await git('lure', 'commit', '-q', '-m', 'lure');
    for (const credentials of [
      { username: 'me', password: 'secret-word', forceBasicAuth: true },
      { username: 'me', password: 'secret-word' },
    ]) {
      const given = { access: { identity: 'me', ...credentials } };
      const repositories = open('lured');
      const commit = await repositories.resolve(`${server.url}/lure/.git`, 'main', given);
      const tree = await repositories.tree(`${server.url}/lure/.git`, commit, given);
      await expect(tree.find('port/a')).rejects.toMatchObject({ code: 'GitFailed' });
      await expect(tree.find('hash/a')).rejects.toThrow(
        /submodule hash: repository address .* is not one git can fetch/,
      );
      await expect(tree.find('query/a')).rejects.toMatchObject({ code: 'InvalidURL' });
    }
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter((header) => header !== undefined)).toEqual([]);
    server.close();
    thief.close();
  });

  it('are read whatever way their host is written', async () => {
    const commit = await aRepository('written', { a: '1' });
    const expected = basic('me', 'secret-word');
    const server = await serveGit(({ headers }) => (headers.authorization === expected ? undefined : challenge));
    const url = `${server.url.replace('127.0.0.1', 'LOCALHOST')}/written/.git`;
    const given = { access: { identity: 'me', username: 'me', password: 'secret-word' } };
    expect(await open('written').resolve(url, 'main', given)).toBe(commit);
    server.close();
  });

  it('are read from hosts that are trusted', async () => {
    const commit = await aRepository('trusted', { a: '1' });
    const own = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const asked = { commonName: 'git.test', addresses: ['127.0.0.1'], names: [], days: 1, isAuthority: true };
    const cert = createCertificate({ ...asked, now: Date.now(), random: createSystemRandom() }, own, { key: own });
    const server = await serveGit(() => undefined, { cert, key: own.export({ type: 'pkcs8', format: 'pem' }) });
    const resolve = (tls: RepositoryAccess['tls']): Promise<string> =>
      open('trusted').resolve(`${server.url}/trusted/.git`, 'main', { access: { identity: '', ...(tls && { tls }) } });
    expect(await resolve({ authorities: cert })).toBe(commit);
    expect(await resolve({ skipVerification: true })).toBe(commit);
    await expect(resolve(undefined)).rejects.toThrow(/certificate/);
    server.close();
  });

  it('are read with what Git LFS keeps for them, where that is enabled', async () => {
    const content = 'kind: Large\n';
    const pointer = (text: string): string =>
      `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(text)}\nsize ${text.length}\n`;
    await aRepository('lfs.git', { 'a.yaml': pointer(content), 'b.yaml': pointer('other'), 'c.yaml': pointer('none') });
    const seen: string[] = [];
    const store = await serve((request) => {
      seen.push([request.url, request.headers['x-key'], request.headers.authorization ?? 'nobody'].join(' '));
      return request.url === '/other' ? 'wrong' : content;
    });
    const lfs = await serve(async (request) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const [object] = (JSON.parse(Buffer.concat(parts).toString()) as { objects: { oid: string }[] }).objects;
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      if (object?.oid === sha256('none'))
        return JSON.stringify({ objects: [{ error: { code: 404, message: 'gone' } }] });
      const href = `${store.url}/${object?.oid === sha256('other') ? 'other' : 'x'}`;
      return JSON.stringify({ objects: [{ actions: { download: { href, header: { 'X-Key': 'k' } } } }] });
    });
    // Git itself comes from the folder; only the batch API is asked over HTTP.
    const runner = createGitRunner({ env });
    const large = { http: createHttpPort(), blobs: createMemoryBlobStore() };
    const toLocal = (arg: string): string => (arg === `${lfs.url}/org/lfs` ? local('lfs.git') : arg);
    const repositories = createRepositories(
      {
        git: { run: (args, options) => runner.run(args.map(toLocal), options) },
        random: createSystemRandom(),
        clock: createSystemClock(),
        large,
      },
      { directory: path.join(folder, 'mirrors-lfs') },
    );
    const options = { access: { identity: 'me', username: 'me', password: 'secret-word', hasLargeFiles: true } };
    const url = `${lfs.url}/org/lfs`;
    const tree = await repositories.tree(url, await repositories.resolve(url, 'main', options), options);
    for (let times = 0; times < 2; times += 1) expect(Buffer.from(await tree.read('a.yaml')).toString()).toBe(content);
    await expect(tree.read('b.yaml')).rejects.toMatchObject({ code: 'DigestMismatch' });
    await expect(tree.read('c.yaml')).rejects.toThrow(/^c\.yaml: .*has no such file: gone/);
    expect(seen.slice(0, 2)).toEqual([
      `POST /org/lfs.git/info/lfs/objects/batch ${basic('me', 'secret-word')}`,
      '/x k nobody',
    ]);
    expect(seen.filter((one) => one.startsWith('/x')).length).toBe(1);
    await Promise.all([store.close(), lfs.close()]);
  });

  it('come through a proxy', async () => {
    const commit = await aRepository('proxied', { a: '1' });
    const asked: string[] = [];
    const proxy = await serveGit(({ url = '' }) => {
      asked.push(url);
      return undefined;
    });
    const access = { identity: 'p', proxy: proxy.url };
    expect(await open('proxied').resolve('http://git.invalid/proxied/.git', 'main', { access })).toBe(commit);
    expect(asked[0]).toMatch(/^http:\/\/git\.invalid\/proxied\/\.git\/info\/refs/);
    proxy.close();
  });
});

const sshd = ['/usr/sbin/sshd', '/usr/bin/sshd'].find((file) => existsSync(file));
const keygen = spawnSync('ssh-keygen', ['-?']).error === undefined;

describe.skipIf(sshd === undefined || !keygen)('private repositories over SSH (skipped without sshd)', () => {
  let server: ChildProcess;
  let port: number;
  let commit: string;
  let key: string;
  let hosts: string;

  beforeAll(async () => {
    commit = await aRepository('over-ssh', { 'a.yaml': 'by ssh' });
    const home = path.join(folder, 'sshd');
    await mkdir(home, { mode: 0o700 });
    for (const name of ['host', 'user', 'other'])
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(home, name)]);
    await writeFile(path.join(home, 'authorized'), await readFile(path.join(home, 'user.pub')), { mode: 0o600 });
    port = await freePort();
    const settings = {
      Port: String(port),
      ListenAddress: '127.0.0.1',
      HostKey: path.join(home, 'host'),
      AuthorizedKeysFile: path.join(home, 'authorized'),
      PasswordAuthentication: 'no',
      UsePAM: 'no',
      StrictModes: 'no',
      PidFile: 'none',
    };
    await writeFile(
      path.join(home, 'config'),
      Object.entries(settings)
        .map(([name, value]) => `${name} ${value}\n`)
        .join(''),
    );
    await mkdir('/run/sshd', { recursive: true }).catch(() => undefined);
    server = spawn(sshd ?? '', ['-D', '-e', '-f', path.join(home, 'config')], { stdio: 'ignore' });
    for (let tries = 0; tries < 100 && !(await accepts(port)); tries += 1) await wait(50);
    key = await readFile(path.join(home, 'user'), 'utf8');
    hosts = `[127.0.0.1]:${port} ${await readFile(path.join(home, 'host.pub'), 'utf8')}`;
  });
  afterAll(() => void server.kill());

  const address = (): string => `ssh://${os.userInfo().username}@127.0.0.1:${port}${path.join(folder, 'over-ssh')}`;
  const resolve = (access: Omit<RepositoryAccess, 'identity'>): Promise<string> =>
    open('ssh').resolve(address(), 'main', { access: { identity: 'ssh', ...access } });

  it('are read with a key, from a host that is known', async () => {
    expect(await resolve({ sshPrivateKey: key, knownHosts: hosts })).toBe(commit);
    expect(await resolve({ sshPrivateKey: key.trimEnd(), skipHostKeys: true })).toBe(commit);
    expect(readdirSync(path.join(folder, 'mirrors-ssh')).filter((name) => name.startsWith('access-'))).toEqual([]);
  });

  it('are refused from a host that is not known, and with another key', async () => {
    const other = await readFile(path.join(folder, 'sshd', 'other'), 'utf8');
    const stranger = hosts.replace(
      /AAAA\S+/,
      await readFile(path.join(folder, 'sshd', 'other.pub'), 'utf8').then((text) => text.split(' ')[1] ?? ''),
    );
    for (const [access, message] of [
      [{ sshPrivateKey: key, knownHosts: '# none\n' }, /the host's key is not known or has changed/],
      [{ sshPrivateKey: key, knownHosts: stranger }, /the host's key is not known or has changed/],
      [{ sshPrivateKey: other, knownHosts: hosts }, /the host refused the key/],
    ] as const)
      await expect(resolve(access)).rejects.toThrow(message);
  });

  it('are not read through a proxy yet', async () => {
    await expect(resolve({ sshPrivateKey: key, proxy: 'http://x' })).rejects.toThrow(/SSH through a proxy/);
  });
});

async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as net.AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
