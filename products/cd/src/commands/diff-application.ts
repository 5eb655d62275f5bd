/**
 * `app diff`: what a sync would change, object by object. @spec CD-CLI, CD-DIFF-24
 * @upstream argo-cd cmd/argocd/commands/app.go#findAndPrintDiff
 */
import { Failure, isObject } from '@argosy/base';
import { dump } from 'js-yaml';

import type { ManagedResource } from '../compare/managed-resources.ts';
import { unifiedDiff } from './line-diff.ts';

/** What the verb needs. */
export interface DiffDeps {
  readonly print: (line: string) => void;
  /** Asks the platform: `GET /api/v1/applications/{name}/managed-resources`. */
  readonly ask: (path: string) => Promise<{ readonly status: number; readonly body: unknown }>;
  /** Namespace of the application. */
  readonly namespace: string;
}

/** Prints the differences; 0 when there are none, 1 when there are, 20 when there is no such application. */
export const diffApplication = async (deps: DiffDeps, name: string): Promise<0 | 1 | 20> => {
  const path = `/api/v1/applications/${encodeURIComponent(name)}/managed-resources?appNamespace=${encodeURIComponent(deps.namespace)}`;
  const { status, body } = await deps.ask(path);
  if (status === 404) {
    deps.print(
      `application "${name}" not found in namespace ${deps.namespace}; "argosy app list" shows those there are`,
    );
    return 20;
  }
  const message = isObject(body) && typeof body['message'] === 'string' ? body['message'] : undefined;
  if (status !== 200 || !isObject(body) || !Array.isArray(body['items']))
    throw new Failure(`cannot compare ${name}: ${message ?? `the platform answered ${status}`}`, {
      code: 'NotCompared',
    });
  const different = (body['items'] as readonly ManagedResource[]).filter((item) => item.modified);
  for (const item of different) for (const line of describeItem(item)) deps.print(line);
  return different.length > 0 ? 1 : 0;
};

const describeItem = (item: ManagedResource): readonly string[] => [
  '',
  `===== ${item.group}/${item.kind} ${item.namespace}/${item.name} ======`,
  ...unifiedDiff(
    toYaml(item.normalizedLiveState),
    item.requiresPruning === true ? '' : toYaml(item.predictedLiveState),
  ),
];

/** Keys are sorted: the order of fields is no difference. */
const toYaml = (text: string): string => {
  const state = JSON.parse(text) as unknown;
  return state === null ? '' : dump(state, { lineWidth: -1, sortKeys: true, noRefs: true });
};
