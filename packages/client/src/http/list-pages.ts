/**
 * Lists, page by page.
 */
import { isApiError, type KubeList, type KubeObject, type ResourceType } from '@argosy/kube';

import type { ListOptions } from '../client.ts';
import { listCall } from './api-calls.ts';
import type { ReadJson } from './http-call.ts';

/** Objects per answer when the caller wants all: answers stay small, and so does what either side holds at once. */
const PAGE = 500;

/** All pages of a list, or the one page asked for. A list whose pages expire meanwhile is read again in one piece. */
export const listAll = async <T extends KubeObject>(
  read: ReadJson,
  resource: ResourceType<T>,
  options: ListOptions,
): Promise<KubeList<T>> => {
  if (options.limit !== undefined || options.continue !== undefined) return listPage(read, resource, options);
  const items: T[] = [];
  let page = await listPage(read, resource, { ...options, limit: PAGE });
  try {
    while (page.metadata.continue) {
      items.push(...page.items);
      page = await listPage(read, resource, { ...options, limit: PAGE, continue: page.metadata.continue });
    }
  } catch (thrown) {
    if (isApiError(thrown, 'Expired', 'Gone')) return listPage(read, resource, options);
    throw thrown;
  }
  return items.length === 0 ? page : { ...page, items: [...items, ...page.items] };
};

/** Items of a list carry no kind of their own on some servers: it is put back. */
const listPage = async <T extends KubeObject>(
  read: ReadJson,
  resource: ResourceType<T>,
  options: ListOptions,
): Promise<KubeList<T>> => {
  const list = await read<KubeList<T>>(listCall(resource, options));
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  return {
    ...list,
    items: (list.items ?? []).map((item) => (item.kind ? item : { ...item, apiVersion, kind: resource.kind })),
  };
};
