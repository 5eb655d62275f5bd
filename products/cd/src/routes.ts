/**
 * What CD adds to the door: comparisons and the push webhook. @upstream argo-cd util/webhook/webhook.go
 * @spec CD-WEBHOOK, CD-DIFF-24
 */
import { readJsonBody, type Route } from '@argosy/server';

import type { ApplicationLoop } from './application/controller.ts';
import { concernsFiles, concernsSource, readPushEvent } from './webhook/push-event.ts';

/** The routes. `controlNamespace`: where applications are looked for unless `appNamespace` says otherwise. */
export const createApplicationRoutes = (loop: ApplicationLoop, controlNamespace = 'argocd'): readonly Route[] => [
  {
    method: 'GET',
    path: '/api/v1/applications/:name/managed-resources',
    summary:
      'Every object of an application as it is, as it should be and as a sync would make it; secrets are masked.',
    handle: async (request) => {
      const key = { namespace: request.query['appNamespace'] || controlNamespace, name: request.params['name'] ?? '' };
      const compared = await loop.compare(key);
      if (!compared)
        return {
          kind: 'json',
          status: 404,
          value: { code: 5, message: `application ${key.namespace}/${key.name} not found` },
        };
      return compared.ok
        ? { kind: 'json', value: { items: compared.value } }
        : { kind: 'json', status: 400, value: { code: 9, message: compared.error } };
    },
  },
  {
    method: 'POST',
    path: '/api/webhook',
    summary:
      'Tells of a push to a repository (the body GitHub, Gitea, GitLab or Bitbucket sends); applications that use what was pushed, at paths that concern them, look at once.',
    isPublic: true,
    handle: async (request) => {
      const event = readPushEvent(readJsonBody(request));
      if (!event) {
        return {
          kind: 'json',
          status: 400,
          value: {
            error:
              'the body is not a push event: repository.clone_url, repository.html_url or project.git_http_url is needed',
          },
        };
      }
      const refreshed = loop.refreshSources(
        ({ repoURL, targetRevision }, paths) =>
          event.addresses.some((address) => isSameRepository(address, repoURL)) &&
          concernsSource(event, targetRevision) &&
          concernsFiles(event, paths),
      );
      return { kind: 'json', value: { refreshed } };
    },
  },
];

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
