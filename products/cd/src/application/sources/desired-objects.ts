/**
 * What an application should be: its sources, rendered for whom they are, ready to compare with the cluster.
 * @spec CD-APP-04, CD-DIFF-24
 */
import { fail, ok, type Result } from '@argosy/base';
import { formatFieldError, formatKey, type KubeObject, type ObjectKey } from '@argosy/kube';

import { APPLICATION, type Application } from '../../api/application.ts';
import { compareApplication } from '../../compare/compare-application.ts';
import { toManagedResources, type ManagedResource } from '../../compare/managed-resources.ts';
import type { Projects } from '../../project/projects.ts';
import type { RepositoryCatalog } from '../../repository/repository-catalog.ts';
import type { RenderContext } from '../../source/render-source.ts';
import { instanceNameOf } from '../tracking/instance-name.ts';
import type { LiveObjects } from '../tracking/live-objects.ts';
import { prepareDistinct, type Prepared } from './prepare-manifests.ts';
import type { Sources } from './sources.ts';

/** What is asked of an application's sources. */
export interface DesiredObjects {
  /** The state of its sources. Never throws: what went wrong is in the state. */
  resolve(key: ObjectKey, application: Application): ReturnType<Sources['resolve']>;
  /** Objects as they are applied: with namespace and tracking, each once. */
  prepare(key: ObjectKey, application: Application, objects: readonly KubeObject[]): Prepared;
  /** Each object as it is, as it should be and as a sync would make it; the error says why sources do not render. */
  compare(key: ObjectKey, application: Application): Promise<Result<readonly ManagedResource[]>>;
}

/** What is known of the cluster, and where sources come from. */
export interface DesiredDeps {
  readonly live: LiveObjects;
  readonly catalog: Pick<RepositoryCatalog, 'settings'>;
  readonly projects: Pick<Projects, 'judge'>;
  readonly sources: Sources;
  readonly controlNamespace: string;
  readonly kubeVersion?: string;
}

/** A specification that is wrong stays so until it is changed, which is seen at once. */
const UNCHANGED_MS = 180_000;
const NAMESPACE = 'default';
const PROJECT = 'default';

/** Asks for the sources of applications. */
export const createDesiredObjects = (deps: DesiredDeps): DesiredObjects => {
  const { live, controlNamespace: control } = deps;
  const prepare: DesiredObjects['prepare'] = (key, { spec }, objects) =>
    prepareDistinct(objects, {
      app: instanceNameOf(key, control),
      namespace: spec?.destination.namespace || NAMESPACE,
      resourceFor: (apiVersion, kind) => live.resourceFor(apiVersion, kind),
    });
  /** Clusters that serve the kind by its schema alone let through what only we refuse. */
  const resolve: DesiredObjects['resolve'] = async (key, application) => {
    const { status: _status, ...asked } = application;
    const invalid = (APPLICATION.validate?.(asked) ?? []).map(formatFieldError);
    const problems = invalid.length > 0 ? invalid : deps.projects.judge(application);
    if (problems.length === 0)
      return deps.sources.resolve(formatKey(key), application, contextOf(deps, key, application));
    const message = problems.join('; ');
    return { state: { kind: 'failed', message, condition: 'InvalidSpecError' }, recheckMs: UNCHANGED_MS };
  };
  return {
    resolve,
    prepare,
    compare: async (key, application) => {
      const { state } = await resolve(key, application);
      if (state.kind !== 'ready') return fail(state.message);
      const desired = prepare(key, application, state.objects).objects;
      const liveObjects = live.of(instanceNameOf(key, control), desired);
      const comparison = compareApplication({ spec: application.spec, desired, live: liveObjects });
      return ok(toManagedResources(comparison, application.spec?.ignoreDifferences));
    },
  };
};

const contextOf = (deps: DesiredDeps, key: ObjectKey, { spec }: Application): RenderContext => ({
  appName: key.name,
  instanceName: instanceNameOf(key, deps.controlNamespace),
  project: spec?.project || PROJECT,
  namespace: spec?.destination.namespace || NAMESPACE,
  apiVersions: deps.live.apiVersions(),
  settings: deps.catalog.settings(),
  ...(deps.kubeVersion !== undefined && { kubeVersion: deps.kubeVersion }),
});
