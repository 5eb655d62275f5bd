/**
 * A Git server over HTTP for repositories in one folder: `git http-backend` behind the door, for the story, for
 * tests and for people without a Git host. After a push it tells the listeners which branches moved.
 * @spec https://git-scm.com/docs/git-http-backend
 */
import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

import { Failure, messageOf, type Logger } from '@argosy/base';
import { ApiStatusError } from '@argosy/kube';

import { parseCgiResponse } from './cgi-response.ts';
import type { Route, RouteRequest, RouteResponse } from '../door/route.ts';

/** A branch that a push moved. */
export interface PushedBranch {
  /** Name of the repository's folder without `.git`. */
  readonly repository: string;
  /** Full name, e.g. `refs/heads/main`. */
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

/** Ports and listeners of the Git server. */
export interface GitServerDeps {
  readonly log: Logger;
  /** Environment for git; PATH at least. */
  readonly env: Readonly<Record<string, string>>;
  /** Told after each push, in order. Must not throw. */
  readonly onPush: (pushed: readonly PushedBranch[]) => void;
}

/** Where the repositories are. */
export interface GitServerOptions {
  /** Folder of bare repositories named `NAME.git`. */
  readonly directory: string;
}

/** Largest push, in bytes. */
const LARGEST_PUSH_BYTES = 64 * 1024 * 1024;
/** A zero object id: the branch did not exist, or no longer does. */
const NO_COMMIT = '0'.repeat(40);

/** The routes below `/git/`. */
export const createGitRoutes = (deps: GitServerDeps, options: GitServerOptions): readonly Route[] => {
  const handle = async (request: RouteRequest): Promise<RouteResponse> => {
    const { repository, rest } = splitPath(request.params['*'] ?? '');
    const folder = await findRepository(options.directory, repository);
    const isPush = rest === 'git-receive-pack';
    const before = isPush ? await readBranches(deps, folder) : undefined;
    const response = await runBackend(deps, options, { repository, rest, request });
    if (before) tellPush(deps, repository, before, await readBranches(deps, folder));
    return response;
  };
  const summary = "Repositories over Git's smart HTTP protocol.";
  return [
    { method: 'GET', path: '/git/*', summary, handle },
    { method: 'POST', path: '/git/*', summary, bodyLimitBytes: LARGEST_PUSH_BYTES, handle },
  ];
};

/** Only the smart protocol's paths are served: nothing else of a repository's folder is reachable. */
const SERVED = /^([A-Za-z0-9][A-Za-z0-9._-]{0,99})\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/;

const splitPath = (rest: string): { readonly repository: string; readonly rest: string } => {
  const match = SERVED.exec(rest);
  if (!match || (match[1] ?? '').includes('..'))
    throw new ApiStatusError('NotFound', 'no such repository: use /git/NAME.git');
  return { repository: match[1] ?? '', rest: match[2] ?? '' };
};

const findRepository = async (directory: string, repository: string): Promise<string> => {
  const folder = path.join(directory, `${repository}.git`);
  const found = await stat(path.join(folder, 'HEAD')).catch(() => undefined);
  if (found) return folder;
  const known = (await readdir(directory).catch(() => []))
    .filter((name) => name.endsWith('.git'))
    .map((name) => name.slice(0, -4));
  throw new ApiStatusError(
    'NotFound',
    `repository "${repository}" not found; there are: ${known.join(', ') || 'none'}`,
  );
};

const runBackend = async (
  deps: GitServerDeps,
  options: GitServerOptions,
  call: { readonly repository: string; readonly rest: string; readonly request: RouteRequest },
): Promise<RouteResponse> => {
  const { request } = call;
  const env = {
    ...deps.env,
    GIT_PROJECT_ROOT: options.directory,
    GIT_HTTP_EXPORT_ALL: '1',
    REMOTE_USER: 'argosy',
    REMOTE_ADDR: request.remoteAddress,
    REQUEST_METHOD: request.method,
    PATH_INFO: `/${call.repository}.git/${call.rest}`,
    QUERY_STRING: new URLSearchParams(request.query).toString(),
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    CONTENT_LENGTH: String(request.body.byteLength),
    ...(request.headers['content-encoding']
      ? { HTTP_CONTENT_ENCODING: String(request.headers['content-encoding']) }
      : {}),
    ...(typeof request.headers['git-protocol'] === 'string' ? { GIT_PROTOCOL: request.headers['git-protocol'] } : {}),
  };
  const output = await runGit(['-c', 'http.receivepack=true', 'http-backend'], { env, input: request.body });
  const response = parseCgiResponse(output);
  return {
    kind: 'stream',
    status: response.status,
    contentType: response.contentType,
    headers: { 'cache-control': 'no-cache' },
    chunks: chunk(response.body),
  };
};

const chunk = async function* (bytes: Uint8Array): AsyncIterable<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
};

const readBranches = async (deps: GitServerDeps, folder: string): Promise<ReadonlyMap<string, string>> => {
  const output = await runGit(
    ['--git-dir', folder, 'for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads', 'refs/tags'],
    { env: deps.env },
  );
  const lines = new TextDecoder()
    .decode(output)
    .split('\n')
    .filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)] as const));
};

const tellPush = (
  deps: GitServerDeps,
  repository: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): void => {
  const refs = new Set([...before.keys(), ...after.keys()]);
  const moved = [...refs]
    .filter((ref) => before.get(ref) !== after.get(ref))
    .map((ref): PushedBranch => ({
      repository,
      ref,
      before: before.get(ref) ?? NO_COMMIT,
      after: after.get(ref) ?? NO_COMMIT,
    }));
  if (moved.length === 0) return;
  deps.log.info('push received', { repository, refs: moved.map((branch) => branch.ref) });
  deps.onPush(moved);
};

const runGit = (
  args: readonly string[],
  run: { readonly env: Readonly<Record<string, string>>; readonly input?: Uint8Array },
): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const child = spawn('git', args, { env: run.env, stdio: ['pipe', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    const complaints: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => output.push(part));
    child.stderr.on('data', (part: Buffer) => complaints.push(part));
    child.stdin.on('error', () => undefined); // git may close its input early; its exit code tells
    child.on('error', (error) =>
      reject(new Failure(`run git: ${messageOf(error)}; is git installed?`, { code: 'GitMissing', cause: error })),
    );
    child.on('close', (code) => {
      if (code === 0) return resolve(Buffer.concat(output));
      reject(
        new Failure(
          `git ${args.at(-1) ?? ''} ended with ${code}: ${Buffer.concat(complaints).toString('utf8').slice(0, 500)}`,
          { code: 'GitFailed' },
        ),
      );
    });
    child.stdin.end(run.input ?? new Uint8Array());
  });
