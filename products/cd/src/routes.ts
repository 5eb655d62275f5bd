/**
 * What CD adds to the door: comparisons and the push webhook. @upstream argo-cd util/webhook/webhook.go
 * @spec CD-WEBHOOK, CD-DIFF-24
 */
import type { Json } from '@argosy/base';
import { readJsonBody, type Route, type RouteRequest, type RouteResponse } from '@argosy/server';

import type { ApplicationLoop } from './application/controller.ts';
import { concernsFiles, concernsSource, readPushEvent } from './webhook/push-event.ts';

/** The routes. `controlNamespace`: where applications are looked for unless `appNamespace` says otherwise. */
export const createApplicationRoutes = (loop: ApplicationLoop, controlNamespace = 'argocd'): readonly Route[] => [
  {
    method: 'GET',
    path: '/api/v1/applications/:name/managed-resources',
    summary:
      'Every object of an application as it is, as it should be and as a sync would make it; secrets are masked.',
    handle: (request) => compare(loop, request, controlNamespace),
  },
  {
    method: 'POST',
    path: '/api/webhook',
    summary:
      'Tells of a push to a repository (the body GitHub, Gitea, GitLab or Bitbucket sends); applications that use what was pushed, at paths that concern them, look at once.',
    isPublic: true,
    handle: async (request) => tellOfPush(loop, request),
  },
];

const compare = async (
  loop: ApplicationLoop,
  { query, params }: RouteRequest,
  controlNamespace: string,
): Promise<RouteResponse> => {
  const key = { namespace: query['appNamespace'] || controlNamespace, name: params['name'] ?? '' };
  const compared = await loop.compare(key);
  if (!compared) return refused(404, { code: 5, message: `application ${key.namespace}/${key.name} not found` });
  return compared.ok
    ? { kind: 'json', value: { items: compared.value } }
    : refused(400, { code: 9, message: compared.error });
};

const tellOfPush = (loop: ApplicationLoop, request: RouteRequest): RouteResponse => {
  const event = readPushEvent(readJsonBody(request));
  if (!event)
    return refused(400, {
      error:
        'the body is not a push event: repository.clone_url, repository.html_url or project.git_http_url is needed',
    });
  const refreshed = loop.refreshSources(
    ({ repoURL, targetRevision }, paths) =>
      event.addresses.some((address) => isSameRepository(address, repoURL)) &&
      concernsSource(event, targetRevision) &&
      concernsFiles(event, paths),
  );
  return { kind: 'json', value: { refreshed } };
};

const refused = (status: number, value: Json): RouteResponse => ({ kind: 'json', status, value });

/** Compares host and path: scheme, user, port, the `.git` ending and a slash at the end do not matter. */
export const isSameRepository = (left: string, right: string): boolean => {
  const a = identity(left);
  return a !== undefined && a === identity(right);
};

const identity = (address: string): string | undefined => {
  const scp = /^[^@/\s]+@([^:/\s]+):(.+)$/.exec(address);
  const url = scp ? `ssh://${scp[1] ?? ''}/${scp[2] ?? ''}` : address;
  if (!URL.canParse(url)) return undefined;
  const { protocol, username, hostname: name, port, pathname } = new URL(url);
  // Such a user would be an option of ssh.
  if (username.startsWith('-')) return undefined;
  // Hosts that offer SSH where only HTTPS may pass do so under a name of their own.
  const hostname = protocol === 'ssh:' && port === '443' ? name.replace(/^(?:alt)?ssh\./, '') : name;
  return `${hostname}${pathname.replace(/\/+$/, '').replace(/\.git$/, '')}`.toLowerCase();
};
