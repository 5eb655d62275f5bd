/**
 * A Git server over HTTP for repositories in one folder: `git http-backend` behind the door, for the story, for
 * tests and for people without a Git host. After a push the teller says which branches moved.
 * @spec https://git-scm.com/docs/git-http-backend
 */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

import type { Logger } from '@argosy/base';
import { ApiStatusError } from '@argosy/kube';

import { parseCgiResponse } from './cgi-response.ts';
import type { PushTeller } from './push-teller.ts';
import { runGit } from './run-git.ts';
import type { Route, RouteRequest, RouteResponse } from '../door/route.ts';

/** Ports and listeners of the Git server. */
export interface GitServerDeps {
  readonly log: Logger;
  /** Environment for git; PATH at least. */
  readonly env: Readonly<Record<string, string>>;
  /** Tells of pushes. */
  readonly teller: PushTeller;
}

/** Where the repositories are. */
export interface GitServerOptions {
  /** Folder of bare repositories named `NAME.git`. */
  readonly directory: string;
}

/** Largest push, in bytes. */
const LARGEST_PUSH_BYTES = 64 * 1024 * 1024;

/** The routes below `/git/`. */
export const createGitRoutes = (deps: GitServerDeps, options: GitServerOptions): readonly Route[] => {
  const handle = async (request: RouteRequest): Promise<RouteResponse> => {
    const { repository, rest } = splitPath(request.params['*'] ?? '');
    const isPush = rest === 'git-receive-pack';
    await findRepository(options.directory, repository);
    if (isPush) await deps.teller.prepare(repository);
    const response = await runBackend(deps, options, { repository, rest, request });
    if (isPush) await deps.teller.tell(repository);
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

const findRepository = async (directory: string, repository: string): Promise<void> => {
  const found = await stat(path.join(directory, `${repository}.git`, 'HEAD')).catch(() => undefined);
  if (found) return;
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
